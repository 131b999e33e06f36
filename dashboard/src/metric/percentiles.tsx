"use client"
import type { LatestAnswer, Stat } from "@ossagent/wire"
import useSWR from "swr"
import { formatValue, type ShownStat } from "../number/unit.ts"
import { Failure, Panel, SkeletonRows } from "../piece/panel.tsx"
import { ask } from "../question/ask.ts"
import { formatSpan } from "../time/clock.ts"
import { formatRange, type TimeRange, toWindow } from "../time/range.ts"
import type { View } from "./view.ts"

const STATS: Stat[] = ["count", "avg", "min", "p50", "p75", "p90", "p95", "p99", "p999", "max"]
const MOST_SEC = 86_400
const MOST_ROWS = 100

/** How long it took, over the whole range in one: a row for each group, the busiest first. */
export function Percentiles({
  metric,
  view,
  range,
  unit,
}: {
  metric: string
  view: View
  range: TimeRange
  unit: string
}) {
  const { filters, split } = view
  const { data, error, mutate } = useSWR<LatestAnswer, Error>(
    ["percentiles", metric, formatRange(range), JSON.stringify([filters, split])],
    () => {
      const { from, to } = toWindow(range, Date.now())
      const windowSec = Math.max(1, Math.min(MOST_SEC, Math.round((to - from) / 1_000)))
      return ask("latest", {
        metrics: [metric],
        filters,
        split,
        windowSec,
        to: Math.floor(to),
        stats: STATS,
        limit: 10_000,
      })
    },
    { refreshInterval: range.kind === "last" ? 10_000 : 0, keepPreviousData: true },
  )
  const rows = (data?.group ?? [])
    .map((group, i) => ({ name: Object.values(group).join(" · ") || "all", i }))
    .sort((a, b) => (data?.values.count?.[b.i] ?? 0) - (data?.values.count?.[a.i] ?? 0))
    .slice(0, MOST_ROWS)
  return (
    <Panel aria-label="Percentiles" className="overflow-hidden">
      <h2 className="px-4 py-2.5 font-semibold text-[15px]">
        Percentiles{" "}
        <span className="font-normal text-ink-3 text-xs">
          over {data ? formatSpan(data.to - data.from) : "the range"}, at most 2.2 % off
        </span>
      </h2>
      {error && <Failure error={error} onRetry={() => void mutate()} />}
      {!data && !error && <SkeletonRows count={2} />}
      {data && (
        <div className="overflow-x-auto">
          <table data-testid="percentiles" className="w-full text-[13px]">
            <thead className="text-ink-3 text-xs">
              <tr>
                <th className="px-4 py-1.5 text-left font-medium">Group</th>
                {STATS.map((stat) => (
                  <th key={stat} className="px-3 py-1.5 text-right font-medium">
                    {stat === "p999" ? "p99.9" : stat}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, i }) => (
                <tr key={name} className="border-line border-t">
                  <td className="max-w-72 truncate px-4 py-1" title={name}>
                    {name}
                  </td>
                  {STATS.map((stat) => (
                    <td key={stat} className="px-3 py-1 text-right whitespace-nowrap">
                      {formatValue(data.values[stat]?.[i], unit, stat as ShownStat)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}
