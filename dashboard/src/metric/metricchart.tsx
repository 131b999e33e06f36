"use client"
import { useCallback, useMemo, useState } from "react"
import { Legend } from "../chart/legend.tsx"
import { AGO, type Line, type Row, toCsv, toLines, toRows, toStats } from "../chart/lines.ts"
import { TimeChart } from "../chart/timechart.tsx"
import { unitName } from "../number/unit.ts"
import { Button } from "../piece/button.tsx"
import { Empty, Failure, Panel, Skeleton } from "../piece/panel.tsx"
import { useRange } from "../question/use-range.ts"
import { useTell } from "../shell/notice.tsx"
import { formatSpan } from "../time/clock.ts"
import { useTimeRange } from "../time/provider.tsx"
import { toWindow } from "../time/range.ts"
import type { Facts } from "./facts.ts"
import { RowTable } from "./rowtable.tsx"
import { useMarks } from "./use-marks.ts"
import { statsFor, type View } from "./view.ts"

const HEIGHT = 360

interface MetricChartProps {
  metric: string
  facts: Facts
  view: View
  onChange: (change: Partial<View>) => void
}

/** The big chart with its legend, or the same as a table. */
export function MetricChart({ metric, facts, view, onChange }: MetricChartProps) {
  const [range, , zoom] = useTimeRange()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [focus, setFocus] = useState<string | null>(null)
  const stats = useMemo(() => statsFor(facts.kind, view.stats), [facts.kind, view.stats])
  const { filters, split, top, compare, stepSec } = view
  const asked = useMemo(
    () => ({ metric, stats: toStats(stats), filters, split, top, compare, ...(stepSec ? { stepSec } : {}) }),
    [metric, stats, filters, split, top, compare, stepSec],
  )
  const { answer, error, refresh } = useRange(asked, range, { points: 300 })
  const lines = useMemo(() => (answer ? toLines(answer, stats, compare) : []), [answer, stats, compare])
  const rows = useMemo(() => (answer ? toRows(answer.t, lines) : []), [answer, lines])
  const toggle = useCallback((key: string) => setHidden((before) => toggled(before, key)), [])
  const fired = useMarks(metric, filters)
  const stat = stats[0] ?? "avg"
  const { from, to } = toWindow(range, Date.now())
  const marks = fired.filter(({ at }) => at >= from && at <= to)
  const missing = answer ? compare.filter((ago) => lines.every((line) => line.ago !== ago)) : []
  const empty = answer !== null && lines.every(({ values }) => values.every((value) => value === null))
  return (
    <Panel aria-label="Chart" className="overflow-hidden">
      <header className="flex flex-wrap items-center justify-between gap-2 px-4 pt-2.5 pb-1">
        <p className="text-ink-3 text-xs">
          {[unitName(facts.unit, stat), answer && `step ${formatSpan(answer.stepSec * 1_000)}`]
            .filter(Boolean)
            .join(" · ")}
          {missing.length > 0 && ` · nothing was recorded ${missing.map((ago) => AGO[ago]).join(" or ")}`}
          {answer && answer.leftOff > 0 && ` · ${answer.leftOff} smaller lines left off`}
        </p>
        <Actions metric={metric} rows={rows} lines={lines} view={view} onChange={onChange} />
      </header>
      {error && !answer && (
        <div className="px-4 pb-2">
          <Failure error={error} onRetry={refresh} />
        </div>
      )}
      {!answer && !error && <Skeleton className="m-4 h-80" />}
      {empty && (
        <Empty icon="chart" title="Nothing was recorded in this range">
          Choose a longer range, or take a filter away.
        </Empty>
      )}
      {answer && !empty && view.table && <RowTable rows={rows} lines={lines} unit={facts.unit} />}
      {answer && !empty && !view.table && (
        <>
          <TimeChart
            rows={rows}
            lines={lines}
            unit={facts.unit}
            stat={stat}
            from={from}
            to={to}
            height={HEIGHT}
            label={metric}
            focus={focus}
            hidden={hidden}
            onZoom={zoom}
            marks={marks}
            service={serviceOf(filters)}
          />
          <Legend lines={lines} unit={facts.unit} hidden={hidden} onToggle={toggle} onFocus={setFocus} />
        </>
      )}
    </Panel>
  )
}

/** The one service that the chart is of, where it is of one. */
function serviceOf(filters: View["filters"]): string | undefined {
  const only = filters.find(({ dim, op, values }) => dim === "service" && op === "in" && values.length === 1)
  return only?.values[0]
}

function toggled(before: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(before)
  if (!next.delete(key)) next.add(key)
  return next
}

interface ActionsProps extends Pick<MetricChartProps, "metric" | "view" | "onChange"> {
  rows: readonly Row[]
  lines: readonly Line[]
}

function Actions({ metric, rows, lines, view, onChange }: ActionsProps) {
  const tell = useTell()
  function download(): void {
    const url = URL.createObjectURL(new Blob([toCsv(rows, lines)], { type: "text/csv" }))
    const link = document.createElement("a")
    link.href = url
    link.download = `${metric.replace(/[^\w.-]+/g, "_")}.csv`
    link.click()
    URL.revokeObjectURL(url)
  }
  async function copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(window.location.href)
      tell("The link to this view is on the clipboard")
    } catch {
      tell("The browser does not let the page copy: take the link from the address bar", true)
    }
  }
  return (
    <div className="flex flex-wrap gap-1">
      <Button look="quiet" icon={view.table ? "chart" : "table"} onClick={() => onChange({ table: !view.table })}>
        {view.table ? "Chart" : "Table"}
      </Button>
      <Button look="quiet" icon="download" onClick={download} disabled={lines.length === 0}>
        CSV
      </Button>
      <Button look="quiet" icon="link" onClick={() => void copyLink()}>
        Copy link
      </Button>
    </div>
  )
}
