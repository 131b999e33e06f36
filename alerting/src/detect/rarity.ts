import {
  countOf,
  countPoint,
  enter,
  forget,
  isRunning,
  leastOf,
  meanOf,
  type Shape,
  seenOf,
  type TopList,
} from "./toplist.ts"

/** How excursions of one view and side are remembered: the sixteen largest of the last ten days. */
export const RARITY = { memoryDays: 10, tailFloor: 0.2, unit: 2, holds: 0.5 }
export const RARITY_SHAPE: Shape = { size: 16, runPoints: 10, forgets: true }
/** Entries from which a tail is judged. */
const LEAST_ENTRIES = 4
const FORGET_EVERY = 64

export interface Moment {
  /** Number of the point. */
  n: number
  /** Rarity beyond which an excursion is remembered as no larger, so that a fault does not widen the band. */
  cap: number
  pointsADay: number
}

/**
 * How rare an excursion of size `z` is: minus the decimal logarithm of how many such are expected a day. Remembers it.
 */
export function observeExcursion(list: TopList, z: number, { n, cap, pointsADay }: Moment): number {
  countPoint(list)
  const least = toLeast(list)
  const base = toBaseRarity(list, pointsADay)
  const tail = z > least || isRunning(list, n) ? toTail(list, least) : 1
  const rarity = z <= least ? base - 1 : base + (z - least) / tail / Math.LN10
  if (n % FORGET_EVERY === 0 && !isRunning(list, n)) forgetOld(list, n - RARITY.memoryDays * pointsADay)
  const edge = rarity > cap ? least + Math.max(0, cap - base) * Math.LN10 * tail : z
  enter(list, Math.fround(Math.min(z, edge)), n, RARITY.holds)
  return rarity
}

/** The size whose rarity is `rarity`. */
export function toSize(list: TopList, rarity: number, pointsADay: number): number {
  const least = toLeast(list)
  return least + Math.max(0, rarity - toBaseRarity(list, pointsADay)) * Math.LN10 * toTail(list, least)
}

function forgetOld(list: TopList, since: number): void {
  if (since > 0) forget(list, since)
}

const toLeast = (list: TopList): number => (countOf(list) > 0 ? leastOf(list) : 0)

const toBaseRarity = (list: TopList, pointsADay: number): number =>
  -Math.log10(Math.max(1, countOf(list)) / Math.min(Math.max(1, seenOf(list)) / pointsADay, RARITY.memoryDays))

/** How far excursions reach beyond the least one; of few it is a guess on the safe side. */
function toTail(list: TopList, least: number): number {
  const floor = RARITY.tailFloor * Math.max(Math.abs(least), RARITY.unit)
  return countOf(list) < LEAST_ENTRIES ? Math.max(least, 1) : meanOf(list) - least + floor
}
