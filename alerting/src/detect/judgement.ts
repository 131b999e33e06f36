import type { HistoryOptions } from "./band.ts"
import type { News } from "./incident.ts"
import { type Scales, toEdges } from "./shock.ts"
import { toQuantile } from "./sorted.ts"
import { F, type HistoryState } from "./state.ts"

export interface Judgement {
  /** 0–1: 0.99 is the edge of the band, 0.9 half way to it, 0 within the warm-up. More than 0.99 only for what the series never did. */
  score: number
  /** Minus the decimal logarithm of how many such excursions are expected a day; -1 while that is not known. */
  rarity: number
  expected: number
  lower: number
  upper: number
  /** Whether this point is news: an incident opens, grows far worse, or is still on after a gap. */
  news: News
  /** Whether an incident of at most two hours is under way and this point is still off. */
  off: boolean
  /** From the least to the most of the same quarter of an hour of the last days; null before there are days enough. */
  sameTime: (Range & { days: number }) | null
  /** Where most points of the last hour lay. */
  lastHour: Range
  /** Why the score is what it is. */
  why:
    | "warming up"
    | "within the band"
    | "outside the band"
    | "too small to matter"
    | "not this direction"
    | "not newer"
    | "on its way back"
}

interface Range {
  low: number
  high: number
}

/** A judgement that says nothing but that the value came. */
export const toQuiet = (value: number, why: Judgement["why"]): Judgement => ({
  score: 0,
  rarity: -1,
  expected: value,
  lower: value,
  upper: value,
  news: "none",
  off: false,
  sameTime: null,
  lastHour: { low: value, high: value },
  why,
})

/** What is expected of the next point: around the season where there is one, else around the last points. Not judged yet. */
export function toJudgement(
  state: HistoryState,
  scales: Scales,
  { edge, options }: { edge: number; options: HistoryOptions },
): Judgement {
  const seasonal = !Number.isNaN(scales.season)
  const edges = toEdges(state, seasonal ? "season" : "shock", options, edge)
  const expected = seasonal ? scales.season : scales.near
  const unit = seasonal ? scales.seasonUnit : scales.unit
  const floor = scales.middle < 0 || expected < 0 ? Number.NEGATIVE_INFINITY : 0
  return {
    score: 0,
    rarity: -1,
    expected,
    lower: Math.max(floor, expected - edges.less * unit),
    upper: expected + edges.more * unit,
    news: "none",
    off: false,
    sameTime: toSameTime(state.numbers),
    lastHour: { low: toQuantile(state.long, 0.1), high: toQuantile(state.long, 0.9) },
    why: "within the band",
  }
}

function toSameTime(n: Float64Array): Judgement["sameTime"] {
  const low = n[F.low] as number
  return Number.isNaN(low) ? null : { low, high: n[F.high] as number, days: n[F.days] as number }
}
