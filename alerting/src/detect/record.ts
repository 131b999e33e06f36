/**
 * How far the newest points lie beyond everything that the series ever did: mean, spread and logarithm of the spread of windows of
 * several lengths, and how far it left the range of the same time of other days. The measure is how far earlier records lay apart.
 */
import { F, FEATURES, type HistoryState, RECENT_MASK, WINDOWS } from "./state.ts"
import { countOf, countPoint, enter, largestOf, leastOf, meanOf, seenOf, type TopList } from "./toplist.ts"

export const RECORD = {
  /** Points of a feature before its records count, of the season's excess before its. */
  warmUp: 100,
  seasonWarmUp: 1_000,
  /** Points after which half of a novelty counts. */
  half: 500,
  rangeShare: 0.3,
  seasonRangeShare: 0.1,
  seasonWeight: 4,
  seasonDays: 4,
  excessMemory: 0.25,
  most: 20,
  /** A novelty above this is an event; for so many points after it only one that much larger is. */
  event: 0.2,
  quietPoints: 100,
  bigger: 1.5,
  hush: 0.01,
}
const SEASON_FEATURE = FEATURES - 1
const NEVER = 2

const listOf = ({ recordLists }: HistoryState, feature: number, side: 0 | 1): TopList =>
  recordLists[2 * feature + side] as TopList

/** Novelty of the newest point, which `recent` holds already; learns it. 0 when nothing is new. */
export function observeRecord(state: HistoryState, value: number): number {
  let most = 0
  let feature = 0
  for (const window of WINDOWS) {
    if ((state.numbers[F.seen] as number) < 2 * window) {
      feature += window === 1 ? 1 : 3
      continue
    }
    const mean = toMean(state, window)
    most = Math.max(most, observeFeature(state, feature++, mean, RECORD.warmUp, 0))
    if (window === 1) continue
    const spread = toDeviation(state, window, mean)
    most = Math.max(most, observeFeature(state, feature++, spread, RECORD.warmUp, 0))
    const order = Math.log(spread + 1e-6 * Math.abs(mean) + 1e-12)
    most = Math.max(most, observeFeature(state, feature++, order, RECORD.warmUp, 0))
  }
  return hush(state.numbers, Math.max(most, observeExcess(state, value)))
}

function toMean({ recent, numbers: n }: HistoryState, window: number): number {
  const newest = (n[F.seen] as number) - 1
  let sum = 0
  for (let i = 0; i < window; i++) sum += recent[(newest - i) & RECENT_MASK] as number
  return sum / window
}

function toDeviation({ recent, numbers: n }: HistoryState, window: number, mean: number): number {
  const newest = (n[F.seen] as number) - 1
  let squares = 0
  for (let i = 0; i < window; i++) {
    const off = (recent[(newest - i) & RECENT_MASK] as number) - mean
    squares += off * off
  }
  return Math.sqrt(squares / window)
}

/** How far the point lies outside the range of the same time of other days, smoothed over a few points. */
function observeExcess(state: HistoryState, value: number): number {
  const n = state.numbers
  if ((n[F.days] as number) < RECORD.seasonDays) return 0
  const excess = Math.max(0, value - (n[F.high] as number)) - Math.max(0, (n[F.low] as number) - value)
  n[F.excess] = (n[F.excess] as number) + RECORD.excessMemory * (excess - (n[F.excess] as number))
  const more = RECORD.seasonRangeShare * toRange(state, 0)
  return RECORD.seasonWeight * observeFeature(state, SEASON_FEATURE, n[F.excess] as number, RECORD.seasonWarmUp, more)
}

function observeFeature(state: HistoryState, feature: number, value: number, warmUp: number, more: number): number {
  const high = listOf(state, feature, 0)
  const low = listOf(state, feature, 1)
  const up = Math.fround(value)
  const novelty = Math.max(toNovelty(high, up, low, warmUp, more), toNovelty(low, -up, high, warmUp, more))
  const n = state.numbers[F.seen] as number
  countPoint(high)
  countPoint(low)
  enter(high, up, n, NEVER)
  enter(low, -up, n, NEVER)
  return novelty
}

/** How far a value lies beyond the largest of `list`; `other` holds the negated values of the same feature. */
function toNovelty(list: TopList, value: number, other: TopList, warmUp: number, more: number): number {
  const seen = seenOf(list)
  if (seen < warmUp || countOf(list) === 0) return 0
  const record = largestOf(list)
  if (value <= record) return 0
  const scale = meanOf(list) - leastOf(list) + RECORD.rangeShare * (record + largestOf(other)) + more
  const novelty = scale > 0 ? (value - record) / scale : RECORD.most
  return (Math.min(novelty, RECORD.most) * seen) / (seen + RECORD.half)
}

/** From the smallest to the largest value that a feature ever had. */
function toRange(state: HistoryState, feature: number): number {
  const high = listOf(state, feature, 0)
  return countOf(high) > 0 ? largestOf(high) + largestOf(listOf(state, feature, 1)) : 0
}

/** An event is told once: what follows it counts little unless it is larger still. */
function hush(n: Float64Array, novelty: number): number {
  const seen = n[F.seen] as number
  const quiet = (n[F.quietAt] as number) > 0 && seen - (n[F.quietAt] as number) < RECORD.quietPoints
  if (novelty > 0 && quiet && novelty < RECORD.bigger * (n[F.quietScore] as number)) return RECORD.hush * novelty
  if (novelty > RECORD.event) {
    n[F.quietAt] = seen
    n[F.quietScore] = novelty
  }
  return novelty
}
