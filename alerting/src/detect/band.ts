export interface HistoryOptions {
  /** Seconds between points. */
  stepSec: number
  /** True for counts of events a step: their own randomness (square root of the count) is never an alarm. */
  counts: boolean
  direction: "up" | "down" | "both"
  /** Deviations below these are no alarm, whatever the spread: absolute, and as a share of what was expected. */
  minAbsolute: number
  minRelative: number
  /** Points before the first verdict. */
  warmUp: number
}

/** An excursion: where it was expected, how far one unit of ordinary deviation is, and the point or mean that was looked at. */
export interface Excursion {
  view: string
  expected: number
  unit: number
  seen: number
  /** Minus the decimal logarithm of how many such are expected a day. */
  rarity: number
}
