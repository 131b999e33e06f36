"use client"
import type { Alarm, Dimension, Filter } from "@ossagent/wire"
import { useMemo } from "react"
import { toLines, toRows, toStats } from "../chart/lines.ts"
import type { Mark } from "../chart/marks.ts"
import { TimeChart } from "../chart/timechart.tsx"
import { unitName } from "../number/unit.ts"
import { Failure, Panel, Skeleton } from "../piece/panel.tsx"
import { useRange } from "../question/use-range.ts"
import { useNow } from "../time/provider.tsx"
import { aroundAlarm } from "./words.ts"

const EVERY_MS = 10_000

/** What fired, half an hour before it did and since, with what was expected. */
export function AlarmChart({ alarm }: { alarm: Alarm }) {
  const now = useNow(EVERY_MS)
  const { from, to } = aroundAlarm(alarm, now || alarm.updatedAt)
  const range = useMemo(() => ({ kind: "between" as const, from, to: Math.max(to, from + 60_000) }), [from, to])
  const stats = useMemo(() => [alarm.stat], [alarm.stat])
  const key = JSON.stringify(alarm.group)
  const asked = useMemo(
    () => ({ metric: alarm.metric, stats: toStats(stats), filters: toFilters(JSON.parse(key)) }),
    [alarm.metric, stats, key],
  )
  const { answer, error, refresh } = useRange(now > 0 ? asked : null, range, { live: false })
  const lines = useMemo(() => (answer ? toLines(answer, stats) : []), [answer, stats])
  const rows = useMemo(() => (answer ? toRows(answer.t, lines) : []), [answer, lines])
  const band = { lower: alarm.lower, upper: alarm.upper, from: alarm.startedAt, to: alarm.resolvedAt ?? to }
  return (
    <Panel aria-label="Chart around the alarm" className="overflow-hidden">
      <header className="px-4 pt-3 pb-1">
        <h2 className="font-semibold text-[15px] break-all">{alarm.metric}</h2>
        <p className="text-ink-3 text-xs">
          {[alarm.stat, unitName(alarm.unit, alarm.stat)].filter(Boolean).join(", ")}
          {(alarm.lower !== null || alarm.upper !== null) && "; the band is what was expected"}
        </p>
      </header>
      {error && <Failure error={error} onRetry={refresh} />}
      {!answer && !error && <Skeleton className="m-4 h-64" />}
      {answer && (
        <TimeChart
          rows={rows}
          lines={lines}
          unit={alarm.unit}
          stat={alarm.stat}
          from={range.from}
          to={range.to}
          height={280}
          label={`${alarm.metric} around the alarm`}
          band={band}
          marks={marksOf(alarm)}
          service={alarm.group.service}
        />
      )}
    </Panel>
  )
}

const toFilters = (group: Record<string, string>): Filter[] =>
  Object.entries(group).map(([dim, value]) => ({ dim: dim as Dimension, op: "in", values: [value] }))

function marksOf({ startedAt, firedAt, acknowledgedAt, resolvedAt }: Alarm): Mark[] {
  const marks: Mark[] = [{ at: firedAt ?? startedAt, label: firedAt ? "fired" : "began", tone: "bad" }]
  if (acknowledgedAt) marks.push({ at: acknowledgedAt, label: "acknowledged", tone: "plain" })
  if (resolvedAt) marks.push({ at: resolvedAt, label: "resolved", tone: "ok" })
  return marks
}
