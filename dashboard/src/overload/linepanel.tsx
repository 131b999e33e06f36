"use client"
import type { Dimension, Filter } from "@ossagent/wire"
import Link from "next/link"
import { useMemo, useState } from "react"
import { metricHref } from "../catalog/links.ts"
import { Legend } from "../chart/legend.tsx"
import { toLines, toRows, toStats } from "../chart/lines.ts"
import { TimeChart } from "../chart/timechart.tsx"
import { type ShownStat, unitName } from "../number/unit.ts"
import { Failure, Panel, Skeleton } from "../piece/panel.tsx"
import { useRange } from "../question/use-range.ts"
import { useTimeRange } from "../time/provider.tsx"
import { formatRange, toWindow } from "../time/range.ts"

const HEIGHT = 180
const ALL: readonly Filter[] = []

interface LinePanelProps {
  title: string
  metric: string
  stat: ShownStat
  unit: string
  split: readonly Dimension[]
  filters?: readonly Filter[]
  /** False: it is known that there is nothing, and not asked for. */
  wanted?: boolean
  /** What it means that there is nothing. */
  nothing: string
}

/** One metric over the page's range, a line for each of `split`. */
export function LinePanel({ title, metric, stat, unit, split, filters = ALL, wanted = true, nothing }: LinePanelProps) {
  const [range, , zoom] = useTimeRange()
  const [focus, setFocus] = useState<string | null>(null)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const asked = useMemo(
    () => ({ metric, stats: toStats([stat]), split: [...split], filters: [...filters], top: 6 }),
    [metric, stat, split, filters],
  )
  const { answer, error, refresh } = useRange(wanted ? asked : null, range, { points: 180 })
  const lines = useMemo(() => (answer ? toLines(answer, [stat]) : []), [answer, stat])
  const rows = useMemo(() => (answer ? toRows(answer.t, lines) : []), [answer, lines])
  const { from, to } = toWindow(range, Date.now())
  const empty = !wanted || lines.every(({ values }) => values.every((value) => !value))
  const toggle = (key: string): void =>
    setHidden((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]))
  return (
    <Panel aria-label={title} className="min-w-0 overflow-hidden">
      <header className="flex items-baseline justify-between gap-3 px-4 pt-2.5">
        <h2 className="font-semibold text-[15px]">
          <Link
            prefetch={false}
            href={metricHref(metric, { split: split.join(","), range: formatRange(range) })}
            className="hover:text-accent hover:underline"
          >
            {title}
          </Link>
        </h2>
        <span className="text-ink-3 text-xs">{unitName(unit, stat)}</span>
      </header>
      {error && !answer && (
        <div className="p-4">
          <Failure error={error} onRetry={refresh} />
        </div>
      )}
      {wanted && !answer && !error && <Skeleton className="m-4 h-40" />}
      {(answer || !wanted) && empty && <p className="px-4 py-14 text-center text-[13px] text-ink-3">{nothing}</p>}
      {answer && !empty && (
        <>
          <TimeChart
            {...{ rows, lines, unit, stat, from, to, focus, hidden }}
            height={HEIGHT}
            label={title}
            onZoom={zoom}
            syncId="overload"
          />
          <Legend lines={lines} unit={unit} hidden={hidden} onToggle={toggle} onFocus={setFocus} />
        </>
      )}
    </Panel>
  )
}
