"use client"
import Link from "next/link"
import { memo, useRef } from "react"
import { metricHref, placeHref } from "../catalog/links.ts"
import { Sparkline } from "../chart/sparkline.tsx"
import { formatValue } from "../number/unit.ts"
import { Badge } from "../piece/badge.tsx"
import { useInView } from "../piece/in-view.ts"
import { Skeleton } from "../piece/panel.tsx"
import { askKey, type Figure, type FigureAsk } from "../place/figures.ts"
import { type Health, SILENT_MS } from "../place/health.ts"
import type { PlaceSummary } from "../place/summary.ts"
import { useRange } from "../question/use-range.ts"
import { formatAgo } from "../time/clock.ts"
import { formatRange, type TimeRange } from "../time/range.ts"
import { figureValues } from "./values.ts"

interface CardProps {
  place: PlaceSummary
  asks: ReadonlyMap<string, FigureAsk>
  health: Health
  now: number
  range: TimeRange
}

const BORDER = {
  critical: "border-bad/60",
  warning: "border-warn/60",
  info: "border-info/60",
  silent: "border-line-strong border-dashed",
  healthy: "border-line",
}

const POINTS = 90

/** One subsystem: how it is, and the figures that matter there. Asks nothing until it comes near the screen. */
export function PlaceCard({ place, asks, health, now, range }: CardProps) {
  const ref = useRef<HTMLElement>(null)
  const { inView, seen } = useInView(ref)
  const { service, subsystem, versions, lastSeen, figures } = place
  const stale = now > 0 && now - lastSeen > SILENT_MS
  return (
    <article
      ref={ref}
      data-testid="place-card"
      data-place={`${service}/${subsystem}`}
      data-health={health.state}
      aria-label={`${service} / ${subsystem}`}
      className={`flex flex-col rounded-lg border bg-surface shadow-card ${BORDER[health.state]}`}
    >
      <header className="flex items-start justify-between gap-3 px-4 pt-3 pb-2">
        <div className="min-w-0">
          <Link
            href={placeHref(service, subsystem)}
            prefetch={false}
            className="font-semibold hover:text-accent hover:underline"
          >
            {service} <span className="font-normal text-ink-3">/ {subsystem}</span>
          </Link>
          <p className="truncate text-ink-3 text-xs">
            {versions.length > 0 && (
              <>
                version {versions.slice(0, 3).join(", ")}
                {versions.length > 3 && ` +${versions.length - 3}`} ·{" "}
              </>
            )}
            {now > 0 && <>seen {formatAgo(lastSeen, now)}</>}
          </p>
        </div>
        {health.alarms.length > 0 ? (
          <Link
            prefetch={false}
            href={`/alarms?service=${encodeURIComponent(service)}&subsystem=${encodeURIComponent(subsystem)}`}
          >
            <HealthBadge health={health} />
          </Link>
        ) : (
          <HealthBadge health={health} />
        )}
      </header>
      <div className="grid flex-1 grid-cols-2 gap-px overflow-hidden rounded-b-lg border-line border-t bg-line sm:grid-cols-3">
        {figures.map((figure) => (
          <FigureTile
            key={`${figure.label}${figure.stat}`}
            figure={figure}
            service={service}
            subsystem={subsystem}
            all={(seen && asks.get(askKey(figure.metric))) || null}
            failed={(seen && figure.filter && asks.get(askKey(figure.metric, figure.filter))) || null}
            live={inView}
            range={range}
            stale={stale}
          />
        ))}
        {figures.length % 2 === 1 && <div className="bg-surface sm:hidden" />}
        {figures.length % 3 === 1 && <div className="hidden bg-surface sm:col-span-2 sm:block" />}
        {figures.length % 3 === 2 && <div className="hidden bg-surface sm:block" />}
      </div>
    </article>
  )
}

const HealthBadge = ({ health }: { health: Health }) => (
  <Badge tone={health.tone} icon={health.icon}>
    {health.text}
  </Badge>
)

interface TileProps {
  figure: Figure
  service: string
  subsystem: string
  /** The questions that answer it; null: do not ask yet. */
  all: FigureAsk | null
  failed: FigureAsk | null
  live: boolean
  range: TimeRange
  /** Nothing has come for a while: what is shown was true once. */
  stale: boolean
}

const FigureTile = memo(function FigureTile({ figure, service, subsystem, range, stale, live, ...asks }: TileProps) {
  const { metric, unit, label } = figure
  const all = useRange(asks.all, range, { points: POINTS, live, early: true })
  const failed = useRange(asks.failed, range, { points: POINTS, live })
  const values = figureValues(figure, { service, subsystem }, { all: all.answer, failed: failed.answer })
  const isRatio = figure.filter !== undefined
  const stat = isRatio ? "avg" : figure.stat
  const last = values?.findLast((value) => value !== null) ?? null
  const bad = isRatio && (last ?? 0) > 0.01
  const query = { service, subsystem, stat: figure.stat, range: formatRange(range) }
  const href = metricHref(metric, isRatio ? { ...query, "label.status": figure.filter?.values.join(",") } : query)
  return (
    <Link
      href={href}
      prefetch={false}
      title={stale ? `${metric}: silent, the last value` : metric}
      data-testid="figure"
      data-metric={metric}
      className="group flex min-w-0 flex-col gap-0.5 bg-surface px-3 pt-2 pb-1.5 outline-offset-[-2px] hover:bg-sunken/50"
    >
      <span className="truncate text-ink-3 text-xs group-hover:text-ink-2">{label}</span>
      {values === null && all.error ? (
        <span role="alert" title={all.error.message} className="text-[15px] text-ink-3">
          –
        </span>
      ) : values === null ? (
        <Skeleton className="my-1 h-4 w-14" />
      ) : (
        <span
          data-testid="figure-value"
          className={`font-semibold text-[15px] ${stale ? "text-ink-3" : bad ? "text-bad" : ""}`}
        >
          {formatValue(last, unit, stat)}
        </span>
      )}
      <Sparkline values={values ?? []} color={stale ? "var(--ink-3)" : bad ? "var(--bad)" : undefined} />
    </Link>
  )
})
