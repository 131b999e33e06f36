"use client"
import type { Reports } from "@ossagent/wire"
import useSWR from "swr"
import { ask } from "../question/ask.ts"
import { useQuery, useTimeRange, useZone } from "../time/provider.tsx"
import { formatRange, type TimeRange, toWindow } from "../time/range.ts"
import { ownZone } from "../time/zones.tsx"

/** What people do shows over days. */
export const WEEK: TimeRange = { kind: "last", sec: 7 * 86_400 }
const EVERY_MS = 60_000

type Behaviour = "events" | "funnel" | "retention" | "activity"
type Rest<K extends Behaviour> = Omit<Reports[K]["question"], "from" | "to" | "service">

/** Asks one of the questions about behaviour over the page's time and service; null: not yet. */
export function useBehaviour<K extends Behaviour>(name: K, rest: Rest<K> | null) {
  const [query] = useQuery()
  const [range] = useTimeRange(WEEK)
  const service = query.get("service") ?? ""
  const { data, error, mutate } = useSWR<Reports[K]["answer"], Error>(
    rest && [name, JSON.stringify(rest), service, formatRange(range)],
    () => {
      const { from, to } = toWindow(range, Date.now())
      const asked = { from: Math.floor(from), to: Math.ceil(to), ...(service ? { service } : {}), ...rest }
      return ask(name, asked as unknown as Reports[K]["question"])
    },
    { refreshInterval: range.kind === "last" ? EVERY_MS : 0, keepPreviousData: true },
  )
  return { answer: data ?? null, error: error ?? null, refresh: () => void mutate() }
}

/** Whose days are counted: the browser's, or UTC where that was chosen. */
export function useDayZone(): string {
  const { zone } = useZone()
  return zone === "utc" ? "UTC" : ownZone()
}
