"use client"
import type { LatestAnswer } from "@ossagent/wire"
import { useMemo } from "react"
import useSWR from "swr"
import { useCatalog } from "../catalog/use-catalog.ts"
import { toStats } from "../chart/lines.ts"
import { toFacts } from "../metric/facts.ts"
import { type ShownStat, STATS_OF, statName, USUAL_STATS } from "../number/unit.ts"
import { Select } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { ask } from "../question/ask.ts"
import { useQuery } from "../time/provider.tsx"
import { MatrixTable } from "./matrixtable.tsx"
import { toMatrix } from "./table.ts"

const WINDOWS: [sec: number, name: string][] = [
  [60, "Last minute"],
  [300, "Last 5 minutes"],
  [900, "Last 15 minutes"],
  [3_600, "Last hour"],
  [21_600, "Last 6 hours"],
  [86_400, "Last day"],
]
const DAY_MS = 86_400_000
/** What people compare versions by, the first that exists. */
const FAVOURITES = ["http.server.duration", "process.cpu"]
const ROW_DIMS = ["service", "subsystem"] as const

/** One figure of every subsystem in every version, coloured by its change against the day before. */
export function MatrixPage() {
  const [query, change] = useQuery()
  const { entries, error } = useCatalog({}, 5_000)
  const names = useMemo(() => [...new Set((entries ?? []).map(({ metric }) => metric))].sort(), [entries])
  const metric = query.get("metric") ?? FAVOURITES.find((name) => names.includes(name)) ?? names[0] ?? null
  const facts = useMemo(() => toFacts((entries ?? []).filter((one) => one.metric === metric)), [entries, metric])
  const usual = facts ? (USUAL_STATS[facts.kind].at(-1) ?? "avg") : "avg"
  const asked = query.get("stat") as ShownStat | null
  const stat = facts && asked && STATS_OF[facts.kind].includes(asked) ? asked : usual
  const windowSec = WINDOWS.find(([sec]) => sec === Number(query.get("window")))?.[0] ?? 300
  return (
    <>
      <PageHead title="Version matrix" about="A fault of one version in one subsystem must not drown in the sum">
        <Select
          aria-label="Metric"
          className="!w-60"
          value={metric ?? ""}
          onChange={(event) => change({ metric: event.target.value, stat: null })}
        >
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
        <Select
          aria-label="Stat"
          className="!w-auto"
          value={stat}
          onChange={(event) => change({ stat: event.target.value })}
        >
          {(facts ? STATS_OF[facts.kind] : []).map((one) => (
            <option key={one} value={one}>
              {statName(one)}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Window"
          className="!w-auto"
          value={windowSec}
          onChange={(event) => change({ window: event.target.value })}
        >
          {WINDOWS.map(([sec, name]) => (
            <option key={sec} value={sec}>
              {name}
            </option>
          ))}
        </Select>
      </PageHead>
      {error && <Failure error={error} />}
      {entries?.length === 0 && <Empty icon="grid" title="Nothing has been recorded in the last day" />}
      {metric && facts && <Cells metric={metric} stat={stat} windowSec={windowSec} unit={facts.unit} />}
    </>
  )
}

function Cells({
  metric,
  stat,
  windowSec,
  unit,
}: {
  metric: string
  stat: ShownStat
  windowSec: number
  unit: string
}) {
  const { data, error, mutate } = useSWR<[LatestAnswer, LatestAnswer | null], Error>(
    ["matrix", metric, stat, windowSec],
    () => {
      const question = {
        metrics: [metric],
        stats: toStats([stat]),
        split: [...ROW_DIMS, "version" as const],
        windowSec,
        limit: 10_000,
      }
      const to = Date.now()
      const before = ask("latest", { ...question, to: to - DAY_MS }).catch(() => null)
      return Promise.all([ask("latest", { ...question, to }), before])
    },
    { refreshInterval: windowSec <= 300 ? 3_000 : 15_000, keepPreviousData: true },
  )
  const matrix = useMemo(
    () => data && toMatrix(data[0], data[1], { rowDims: ROW_DIMS, columnDim: "version", stat }),
    [data, stat],
  )
  if (error && !data) return <Failure error={error} onRetry={() => void mutate()} />
  return (
    <Panel aria-label="Matrix" className="overflow-hidden">
      {!matrix && <SkeletonRows />}
      {matrix?.rows.length === 0 && (
        <Empty icon="grid" title={`${metric} was not recorded in this window`}>
          Choose a longer window, or another metric.
        </Empty>
      )}
      {matrix && matrix.rows.length > 0 && <MatrixTable matrix={matrix} metric={metric} stat={stat} unit={unit} />}
    </Panel>
  )
}
