"use client"
import type { LatestAnswer, LatestQuestion } from "@ossagent/wire"
import useSWR from "swr"
import { ask } from "../question/ask.ts"
import { formatRange, type TimeRange, toWindow } from "../time/range.ts"

const EVERY_MS = 5_000
const LONGEST_SEC = 86_400
const OWN = ["rpc.server.calls", "rpc.server.shed", "rpc.server.overload_level", "rpc.server.overload_wait"]
const HELD = ["rpc.client.shed"]

/** Sums over the range, a day of it at most: of services, of what their callers held back, and both by method and priority. */
export interface Sheds {
  services: LatestAnswer
  held: LatestAnswer
  shedBy: LatestAnswer
  heldBy: LatestAnswer
}

export function useSheds(range: TimeRange) {
  const { data, error, mutate } = useSWR<Sheds, Error>(
    ["sheds", formatRange(range)],
    async () => {
      const { from, to } = toWindow(range, Date.now())
      const windowSec = Math.max(1, Math.min(LONGEST_SEC, Math.round((to - from) / 1_000)))
      const latest = (metrics: string[], split: LatestQuestion["split"]) =>
        ask("latest", {
          metrics,
          split,
          windowSec,
          to: Math.ceil(to),
          stats: metrics === OWN ? ["sum", "min", "max"] : ["sum"],
        })
      const [services, held, shedBy, heldBy] = await Promise.all([
        latest(OWN, ["service", "subsystem"]),
        latest(HELD, ["service", "label.to"]),
        latest(["rpc.server.shed"], ["service", "subsystem", "label.method", "label.priority"]),
        latest(HELD, ["label.to", "label.method", "label.priority"]),
      ])
      return { services, held, shedBy, heldBy }
    },
    { refreshInterval: range.kind === "last" ? EVERY_MS : 0, keepPreviousData: true },
  )
  return { sheds: data ?? null, error: error ?? null, refresh: () => void mutate() }
}
