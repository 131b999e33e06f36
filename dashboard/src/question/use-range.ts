"use client"
import type { RangeAnswer, RangeQuestion } from "@ossagent/wire"
import { useMemo } from "react"
import useSWR from "swr"
import { mergeLive } from "../live/merge.ts"
import { useLiveSeconds } from "../live/provider.tsx"
import { formatRange, type TimeRange, toWindow } from "../time/range.ts"
import { chooseStep } from "../time/step.ts"
import { ask } from "./ask.ts"

export type RangeAsk = Omit<RangeQuestion, "from" | "to">

export interface RangeState {
  answer: RangeAnswer | null
  error: Error | null
  /** A question is under way and what is shown is older. */
  loading: boolean
  refresh: () => void
}

interface RangeOptions {
  /** About how many points a line has. */
  points?: number
  live?: boolean
}

/** The answer over a stretch of time, kept fresh: asked again as steps complete, with live seconds on top when it ends now. */
export function useRange(
  asked: RangeAsk | null,
  range: TimeRange,
  { points = 240, live = true }: RangeOptions = {},
): RangeState {
  const stretch = formatRange(range)
  const follows = range.kind === "last"
  const stepSec = asked?.stepSec ?? chooseStep(toWindow(range, Date.now()), Date.now(), points)
  const key = asked === null ? null : ["range", stretch, stepSec, JSON.stringify(asked)]
  const { data, error, isValidating, mutate } = useSWR<RangeAnswer, Error>(
    key,
    () => {
      const { from, to } = toWindow(range, Date.now())
      return ask("range", { ...(asked as RangeAsk), from: Math.floor(from), to: Math.ceil(to), stepSec })
    },
    { refreshInterval: follows ? refreshMs(stepSec) : 0, keepPreviousData: true, revalidateOnFocus: follows },
  )
  const follow = live && follows && asked !== null && stepSec <= 300
  const seconds = useLiveSeconds(follow ? toLiveAsk(asked) : null)
  const answer = useMemo(() => {
    if (!data || !follow || data.metric !== asked?.metric) return data ?? null
    return mergeLive(data, seconds, Date.now() - (range.kind === "last" ? range.sec * 1_000 : 0), asked.top)
  }, [data, seconds, follow, asked?.metric, asked?.top, range])
  return { answer, error: error ?? null, loading: isValidating, refresh: () => void mutate() }
}

/** Live seconds bridge the time between two questions. */
export const refreshMs = (stepSec: number): number => Math.min(Math.max(stepSec * 1_000, 10_000), 60_000)

export function toLiveAsk({ metric, stats, filters, split, top }: RangeAsk) {
  return { metric, stats, filters, split, top }
}
