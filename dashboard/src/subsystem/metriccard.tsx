"use client"
import type { CatalogEntry, Dimension } from "@ossagent/wire"
import Link from "next/link"
import { memo, useMemo, useRef } from "react"
import { metricHref } from "../catalog/links.ts"
import { type Line, summarize, toLines, toRows, toStats } from "../chart/lines.ts"
import { TimeChart } from "../chart/timechart.tsx"
import { LineSwatch } from "../chart/tooltip.tsx"
import { formatValue, USUAL_STATS, unitName } from "../number/unit.ts"
import { useInView } from "../piece/in-view.ts"
import { Skeleton } from "../piece/panel.tsx"
import { useRange } from "../question/use-range.ts"
import { formatRange, type TimeRange, toWindow } from "../time/range.ts"

interface MetricCardProps {
  entry: CatalogEntry
  range: TimeRange
  /** How lines are told apart; timers then show their p99 alone. */
  split: Dimension | null
  version: string | null
  onZoom: (from: number, to: number) => void
}

const TOP = 5
const HEIGHT = 150
const SHOWN = 4

/** One metric of the subsystem; asks nothing until it comes near the screen, and follows live only while it is there. */
export const MetricCard = memo(function MetricCard({ entry, range, split, version, onZoom }: MetricCardProps) {
  const ref = useRef<HTMLElement>(null)
  const { inView, seen } = useInView(ref)
  const { metric, kind, unit, service, subsystem } = entry
  const usual = USUAL_STATS[kind]
  const stats = useMemo(() => (split && usual.length > 1 ? usual.slice(-1) : usual), [split, usual])
  const asked = useMemo(
    () => ({
      metric,
      stats: toStats(stats),
      filters: [
        { dim: "service" as const, op: "in" as const, values: [service] },
        { dim: "subsystem" as const, op: "in" as const, values: [subsystem] },
        ...(version ? [{ dim: "version" as const, op: "in" as const, values: [version] }] : []),
      ],
      split: split ? [split] : [],
      top: TOP,
    }),
    [metric, stats, service, subsystem, version, split],
  )
  const { answer, error } = useRange(seen ? asked : null, range, { points: 180, live: inView })
  const lines = useMemo(() => (answer ? toLines(answer, stats) : []), [answer, stats])
  const rows = useMemo(() => (answer ? toRows(answer.t, lines) : []), [answer, lines])
  const { from, to } = toWindow(range, Date.now())
  const query = {
    service,
    subsystem,
    split: split ?? undefined,
    version: version ?? undefined,
    range: formatRange(range),
  }
  return (
    <section
      ref={ref}
      data-testid="metric-card"
      data-metric={metric}
      aria-label={metric}
      className="min-w-0 rounded-lg border border-line bg-surface shadow-card"
    >
      <header className="flex items-baseline justify-between gap-3 px-4 pt-2.5">
        <h3 className="min-w-0 truncate font-medium text-[13px]">
          <Link
            href={metricHref(metric, query)}
            prefetch={false}
            className="hover:text-accent hover:underline"
            title={metric}
          >
            {metric}
          </Link>
        </h3>
        <span className="shrink-0 text-ink-3 text-xs">{unitName(unit, stats[0] ?? "avg") || kind}</span>
      </header>
      <Figures lines={lines} unit={unit} />
      {error && !answer ? (
        <p
          role="alert"
          className="flex items-center justify-center px-4 text-center text-bad text-xs"
          style={{ height: HEIGHT }}
        >
          {error.message}
        </p>
      ) : answer && seen ? (
        <TimeChart
          rows={rows}
          lines={lines}
          unit={unit}
          stat={stats[0] ?? "avg"}
          from={from}
          to={to}
          height={HEIGHT}
          label={`${metric} of ${service} / ${subsystem}`}
          onZoom={onZoom}
          syncId="subsystem"
          service={service}
        />
      ) : (
        <div className="px-4 pb-3" style={{ height: HEIGHT }}>
          <Skeleton className="h-full" />
        </div>
      )}
    </section>
  )
})

/** The newest values; the first few lines. */
function Figures({ lines, unit }: { lines: readonly Line[]; unit: string }) {
  return (
    <p className="flex h-6 items-baseline gap-x-3 overflow-hidden px-4 text-xs">
      {lines.slice(0, SHOWN).map((line) => (
        <span key={line.key} className="inline-flex min-w-0 items-baseline gap-1 whitespace-nowrap">
          {lines.length > 1 && <LineSwatch line={line} />}
          {lines.length > 1 && <span className="max-w-28 truncate text-ink-3">{line.label}</span>}
          <span className={lines.length > 1 ? "font-medium" : "font-semibold text-[15px]"}>
            {formatValue(summarize(line.values).last, unit, line.stat)}
          </span>
        </span>
      ))}
      {lines.length > SHOWN && <span className="text-ink-3">+{lines.length - SHOWN}</span>}
    </p>
  )
}
