/**
 * How far the newest points lie beyond everything that the series ever did: mean, spread and logarithm of the spread of windows of
 * several lengths, and how far it left the range of the same time of other days. The measure is how far earlier records lay apart.
 */
import { F, FEATURES, type HistoryState, RECENT, RECORD_SHAPE, WINDOWS } from "./state.ts"
import {
  countOf,
  countPoint,
  enter,
  largestOf,
  leastOf,
  meanOf,
  seenOf,
  type TopList,
  toListLength,
} from "./toplist.ts"

export const RECORD = {
  /** Points of a feature before its records count, of the season's excess before its. */
  warmUp: 100,
  seasonWarmUp: 1_000,
  /** Points after which half of a novelty counts. */
  half: 300,
  rangeShare: 0.3,
  seasonRangeShare: 0.1,
  seasonWeight: 3,
  seasonDays: 4,
  excessMemory: 0.25,
  most: 20,
  /** A novelty above this is an event; for so many points after it only one that much larger is. */
  event: 0.3,
  quietPoints: 100,
  bigger: 1.5,
  hush: 0.01,
}
const LEAST_ENTRIES = 1
const LIST = toListLength(RECORD_SHAPE)
const SEASON_FEATURE = FEATURES - 1
const NEVER = 2

const listOf = ({ records }: HistoryState, feature: number, side: 0 | 1): TopList => ({
  cells: records,
  at: (2 * feature + side) * LIST,
  shape: RECORD_SHAPE,
})

/** Novelty of the newest point, which `recent` holds already; learns it. 0 when nothing is new. */
export function observeRecord(state: HistoryState, value: number): number {
  let most = 0
  let feature = 0
  for (const window of WINDOWS) {
    if ((state.numbers[F.seen] as number) < 2 * window) {
      feature += window === 1 ? 1 : 3
      continue
    }
    const { mean, spread } = toMoments(state, window)
    most = Math.max(most, observeFeature(state, feature++, mean, RECORD.warmUp, 0))
    if (window === 1) continue
    most = Math.max(most, observeFeature(state, feature++, spread, RECORD.warmUp, 0))
    const order = Math.log(spread + 1e-6 * Math.abs(mean) + 1e-12)
    most = Math.max(most, observeFeature(state, feature++, order, RECORD.warmUp, 0))
  }
  return hush(state.numbers, Math.max(most, observeExcess(state, value)))
}

function toMoments({ recent, numbers: n }: HistoryState, window: number): { mean: number; spread: number } {
  const seen = n[F.seen] as number
  let sum = 0
  for (let i = 1; i <= window; i++) sum += recent[(seen - i) % RECENT] as number
  const mean = sum / window
  let squares = 0
  for (let i = 1; i <= window; i++) squares += ((recent[(seen - i) % RECENT] as number) - mean) ** 2
  return { mean, spread: Math.sqrt(squares / window) }
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
  const least = RECORD.rangeShare * toRange(state, feature) + more
  return Math.max(
    observeSide(state, listOf(state, feature, 0), Math.fround(value), warmUp, least),
    observeSide(state, listOf(state, feature, 1), Math.fround(-value), warmUp, least),
  )
}

function observeSide(state: HistoryState, list: TopList, value: number, warmUp: number, least: number): number {
  countPoint(list)
  const novelty = seenOf(list) > warmUp && countOf(list) >= LEAST_ENTRIES ? toNovelty(list, value, least) : 0
  enter(list, value, state.numbers[F.seen] as number, NEVER)
  return (Math.min(novelty, RECORD.most) * seenOf(list)) / (seenOf(list) + RECORD.half)
}

function toNovelty(list: TopList, value: number, least: number): number {
  const record = largestOf(list)
  if (value <= record) return 0
  const scale = meanOf(list) - leastOf(list) + least
  return scale > 0 ? (value - record) / scale : RECORD.most
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
