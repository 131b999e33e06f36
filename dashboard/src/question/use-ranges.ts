"use client"
import type { RangeAnswer } from "@ossagent/wire"
import { useMemo } from "react"
import useSWR from "swr"
import { mergeLive } from "../live/merge.ts"
import { useLiveMany } from "../live/provider.tsx"
import { formatRange, type TimeRange, toWindow } from "../time/range.ts"
import { chooseStep } from "../time/step.ts"
import { ask } from "./ask.ts"
import { type RangeAsk, refreshMs, toLiveAsk } from "./use-range.ts"

/** Several questions over the same stretch of time, as one: the answers in the order of the questions, null where one failed. */
export function useRanges(asks: readonly RangeAsk[], range: TimeRange, points: number) {
  const follows = range.kind === "last"
  const stepSec = chooseStep(toWindow(range, Date.now()), Date.now(), points)
  const key = asks.length === 0 ? null : ["ranges", formatRange(range), stepSec, JSON.stringify(asks)]
  const { data, error, mutate } = useSWR<(RangeAnswer | null)[], Error>(
    key,
    async () => {
      const { from, to } = toWindow(range, Date.now())
      const whole = { from: Math.floor(from), to: Math.ceil(to), stepSec }
      const settled = await Promise.allSettled(asks.map((one) => ask("range", { ...one, ...whole })))
      const reasons = settled.filter((one) => one.status === "rejected")
      if (reasons.length === settled.length) throw reasons[0]?.reason
      return settled.map((one) => (one.status === "fulfilled" ? one.value : null))
    },
    { refreshInterval: follows ? refreshMs(stepSec) : 0, keepPreviousData: true, revalidateOnFocus: follows },
  )
  const live = useLiveMany(useMemo(() => (follows ? asks.map(toLiveAsk) : []), [asks, follows]))
  const answers = useMemo(() => {
    const since = Date.now() - (range.kind === "last" ? range.sec * 1_000 : 0)
    return asks.map((one, i) => {
      const answer = data?.find((found) => found?.metric === one.metric && isFor(found, data, asks, i)) ?? null
      return answer && follows ? mergeLive(answer, live[i] ?? null, since, one.top) : answer
    })
  }, [data, asks, live, follows, range])
  return { answers, loaded: data !== undefined, error: error ?? null, refresh: () => void mutate() }
}

/** While a longer list of questions is under way the older answers stay: they are at their old places. */
function isFor(found: RangeAnswer, data: (RangeAnswer | null)[], asks: readonly RangeAsk[], i: number): boolean {
  const same = asks.slice(0, i).filter((one) => one.metric === asks[i]?.metric).length
  const places = data.filter((one) => one?.metric === found.metric)
  return places.indexOf(found) === same
}
