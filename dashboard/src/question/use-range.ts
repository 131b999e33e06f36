"use client"
import type { RangeAnswer, RangeQuestion } from "@ossagent/wire"
import { useEffect, useMemo, useRef } from "react"
import useSWR from "swr"
import { type LiveSeconds, mergeLive } from "../live/merge.ts"
import { useLiveSeconds } from "../live/provider.tsx"
import { formatRange, type TimeRange, toWindow } from "../time/range.ts"
import { chooseStep } from "../time/step.ts"
import { ask } from "./ask.ts"

type RangeAsk = Omit<RangeQuestion, "from" | "to">

interface RangeState {
  answer: RangeAnswer | null
  error: Error | null
  /** A question is under way and what is shown is older. */
  loading: boolean
  refresh: () => void
}

interface RangeOptions {
  /** About how many points a line has. */
  points?: number
  /** Kept fresh: what is not on the screen need not be. */
  live?: boolean
  /** The newest seconds alone are better than nothing: they come from memory, long before the answer. */
  early?: boolean
}

/** The answer over a stretch of time, kept fresh: asked again as steps complete, with live seconds on top when it ends now. */
export function useRange(
  asked: RangeAsk | null,
  range: TimeRange,
  { points = 240, live = true, early = false }: RangeOptions = {},
): RangeState {
  const stretch = formatRange(range)
  const follows = range.kind === "last"
  const stepSec = asked?.stepSec ?? chooseStep(toWindow(range, Date.now()), Date.now(), points)
  const fresh = follows && live
  const askedAt = useRef(0)
  const key = asked === null ? null : ["range", stretch, stepSec, JSON.stringify(asked)]
  const { data, error, isValidating, mutate } = useSWR<RangeAnswer, Error>(
    key,
    () => {
      askedAt.current = Date.now()
      const { from, to } = toWindow(range, Date.now())
      return ask("range", { ...(asked as RangeAsk), from: Math.floor(from), to: Math.ceil(to), stepSec })
    },
    { refreshInterval: fresh ? refreshMs(stepSec) : 0, keepPreviousData: true, revalidateOnFocus: fresh },
  )
  useEffect(() => {
    // it was away from the screen and what is held has aged
    if (fresh && askedAt.current > 0 && Date.now() - askedAt.current > refreshMs(stepSec)) void mutate()
  }, [fresh, stepSec, mutate])
  const follow = live && follows && asked !== null && stepSec <= 300
  const seconds = useLiveSeconds(follow ? toLiveAsk(asked) : null)
  const answer = useMemo(() => {
    const base = data ?? (early && follow && seconds ? toEmpty(asked.metric, seconds, stepSec) : null)
    if (!base || !follow || base.metric !== asked.metric) return base
    return mergeLive(base, seconds, Date.now() - (range.kind === "last" ? range.sec * 1_000 : 0), asked.top)
  }, [data, seconds, follow, early, asked, stepSec, range])
  return { answer, error: error ?? null, loading: isValidating, refresh: () => void mutate() }
}

const toEmpty = (metric: string, { kind, unit }: LiveSeconds, stepSec: number): RangeAnswer => ({
  metric,
  kind,
  unit,
  stepSec,
  t: [],
  series: [],
  leftOff: 0,
  tierSec: 1,
})

/** Live seconds bridge the time between two questions. */
const refreshMs = (stepSec: number): number => Math.min(Math.max(stepSec * 1_000, 10_000), 60_000)

function toLiveAsk({ metric, stats, filters, split, top }: RangeAsk) {
  return { metric, stats, filters, split, top }
}
