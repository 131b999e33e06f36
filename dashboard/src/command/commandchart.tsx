"use client"
import type { Dimension, Filter } from "@ossagent/wire"
import { useCallback, useMemo, useState } from "react"
import { Legend } from "../chart/legend.tsx"
import { toLines, toRows } from "../chart/lines.ts"
import { TimeChart } from "../chart/timechart.tsx"
import { Empty, Failure, Panel, Skeleton } from "../piece/panel.tsx"
import { useRange } from "../question/use-range.ts"
import { formatSpan } from "../time/clock.ts"
import { useTimeRange } from "../time/provider.tsx"
import { toWindow } from "../time/range.ts"
import { chooseStep } from "../time/step.ts"

const UNIT = "{command}"
const STATS = ["sum"] as const
const MINUTE_SEC = 60

interface ChartProps {
  metric: string
  title: string
  about: string
  split: Dimension
  filters: Filter[]
}

/** A counter as a curve of whole minutes; over long ranges of longer steps. */
export function CommandChart({ metric, title, about, split, filters }: ChartProps) {
  const [range, , zoom] = useTimeRange()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [focus, setFocus] = useState<string | null>(null)
  const now = Date.now()
  const stepSec = Math.max(MINUTE_SEC, chooseStep(toWindow(range, now), now, 240))
  const asked = useMemo(
    () => ({ metric, stats: [...STATS], filters, split: [split], top: 10, stepSec }),
    [metric, filters, split, stepSec],
  )
  const { answer, error, refresh } = useRange(asked, range)
  const lines = useMemo(() => (answer ? toLines(answer, STATS) : []), [answer])
  const rows = useMemo(() => (answer ? toRows(answer.t, lines) : []), [answer, lines])
  const toggle = useCallback((key: string) => {
    setHidden((before) => {
      const next = new Set(before)
      if (!next.delete(key)) next.add(key)
      return next
    })
  }, [])
  const { from, to } = toWindow(range, now)
  const empty = answer !== null && lines.every(({ values }) => values.every((value) => value === null))
  return (
    <Panel aria-label={title} className="overflow-hidden">
      <header className="px-4 pt-2.5 pb-1">
        <h2 className="font-semibold text-[15px]">{title}</h2>
        <p className="text-ink-3 text-xs">
          {about}
          {stepSec > MINUTE_SEC && `; over this range one point is ${formatSpan(stepSec * 1_000)}`}
        </p>
      </header>
      {error && !answer && (
        <div className="px-4 pb-3">
          <Failure error={error} onRetry={refresh} />
        </div>
      )}
      {!answer && !error && <Skeleton className="m-4 h-48" />}
      {empty && (
        <Empty icon="chart" title="None in this range">
          Drain an access, throttle somebody or switch a feature off, and the command appears here. Or choose a longer
          range.
        </Empty>
      )}
      {answer && !empty && (
        <>
          <TimeChart
            {...{ rows, lines, from, to, focus, hidden }}
            unit={UNIT}
            stat="sum"
            height={200}
            label={title}
            onZoom={zoom}
            syncId="commands"
          />
          <Legend lines={lines} unit={UNIT} hidden={hidden} onToggle={toggle} onFocus={setFocus} />
        </>
      )}
    </Panel>
  )
}
