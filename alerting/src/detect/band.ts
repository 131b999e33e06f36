import { F } from "./state.ts"

export interface HistoryOptions {
  /** True for counts of events a step: their own randomness (square root of the count) is never an alarm. */
  counts: boolean
  direction: "up" | "down" | "both"
  /** Deviations below these are no alarm, whatever the spread: absolute, and as a share of what was expected. */
  minAbsolute: number
  minRelative: number
  /** Points before the first verdict. */
  warmUp: number
}

export interface Seasons {
  day: number
  week: number
}

/** Half-width of the band in units of ordinary deviation: at least this many. */
export const LEAST_WIDTH = 6
/** The band is this much wider than the distance that only {@link TAIL_SHARE} of the points pass. */
const TAIL_MARGIN = 1.15
export const TAIL_SHARE = 0.003
export const TINY = 1e-9

/** One unit of ordinary deviation: robust spread, and for counts the randomness that any count has. */
export function toUnit(n: Float64Array, expected: number, counts: boolean): number {
  const spread = Math.max(n[F.spreadFast] as number, n[F.spreadSlow] as number)
  const poisson = counts ? 0.8 * Math.sqrt(Math.max(expected, 1)) : 0
  return Math.max(spread, poisson, TINY + 1e-4 * Math.abs(expected))
}

/** Half-width of the band in those units: wider for a series that strays by itself. */
export const toWidth = (n: Float64Array): number => Math.max(LEAST_WIDTH, TAIL_MARGIN * (n[F.tail] as number))
