"use client"
import type { Dimension, NewRule } from "@ossagent/wire"
import { useMemo } from "react"
import { type Line, toLines, toRows } from "../chart/lines.ts"
import { TimeChart } from "../chart/timechart.tsx"
import { useRange } from "../question/use-range.ts"
import { toWindow } from "../time/range.ts"

const HOUR = { kind: "last" as const, sec: 3_600 }
const TOP = 8

/** The last hour of what the rule would watch, with its threshold, and how much of it was bad. */
export function RulePreview({ rule, unit }: { rule: NewRule; unit: string }) {
  const { metric, stat, detection, threshold } = rule
  const key = JSON.stringify([rule.filters, rule.split])
  const asked = useMemo(() => {
    const [filters, split] = JSON.parse(key) as [NewRule["filters"], Dimension[]]
    return { metric, stats: [stat], filters, split: split.slice(0, 4), top: TOP, stepSec: 60 }
  }, [metric, stat, key])
  const { answer, error } = useRange(asked, HOUR, { live: false })
  const stats = useMemo(() => [stat], [stat])
  const lines = useMemo(() => (answer ? toLines(answer, stats) : []), [answer, stats])
  const rows = useMemo(() => (answer ? toRows(answer.t, lines) : []), [answer, lines])
  const { from, to } = toWindow(HOUR, Date.now())
  if (error) return <p className="text-ink-3 text-xs">No preview: {error.message}</p>
  const limit = detection === "threshold" ? threshold : undefined
  const band = limit && {
    lower: limit.op === "<" ? limit.value : null,
    upper: limit.op === ">" ? limit.value : null,
    from,
    to,
  }
  return (
    <section aria-label="Preview" className="rounded-md border border-line p-3">
      <p className="mb-1 text-[13px] text-ink-2">The last hour{limit && answer ? `: ${countBad(lines, limit)}` : ""}</p>
      <TimeChart
        rows={rows}
        lines={lines}
        unit={unit}
        stat={stat}
        from={from}
        to={to}
        height={150}
        label="Preview"
        band={band}
      />
    </section>
  )
}

function countBad(lines: readonly Line[], { op, value }: NonNullable<NewRule["threshold"]>): string {
  let bad = 0
  let all = 0
  for (const { values } of lines)
    for (const one of values) {
      if (one === null) continue
      all++
      if (op === ">" ? one > value : one < value) bad++
    }
  if (all === 0) return "nothing was recorded"
  return bad === 0 ? "not a minute was bad" : `${bad} of ${all} minutes were bad`
}
