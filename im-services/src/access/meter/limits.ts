import { MOST_REPEATS } from "@ossagent/im-client/protocol"
import { FEATURES, type Feature } from "./feature.ts"

/** Of one feature; counts as in feature.ts, by window: 10 s, a minute, an hour. */
export interface Limit {
  /** More than this no person and no client of ours makes, whatever others do. */
  absolute: readonly [number, number, number]
  /** Up to this nothing is looked at: the minute, the hour. */
  floor: readonly [number, number]
  /** So far beyond 999 of 1,000 active minutes of others: the more, the further people are from each other. */
  timesOthers: number
}

/**
 * The client itself stops at 105 identical requests an hour and at 80 MB an hour (Mars, stn anti_avalanche and flow_limit). The other figures
 * are from the model of normal use in docs/throttle.md: two times and more of what its busiest people reach.
 */
export const LIMITS: Readonly<Record<Feature, Limit>> = {
  asks: { absolute: [120, 150, 1_800], floor: [30, 700], timesOthers: 2.5 },
  bytes: { absolute: [700_000, 1_200_000, 12_000_000], floor: [150_000, 2_000_000], timesOthers: 2 },
  idle: { absolute: [20, 30, 300], floor: [12, 120], timesOthers: 2 },
  same: {
    absolute: [30, 40, MOST_REPEATS],
    floor: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    timesOthers: 2,
  },
  connects: { absolute: [20, 25, 400], floor: [18, 240], timesOthers: 2 },
}

export const ABSOLUTE: readonly Limit["absolute"][] = FEATURES.map((name) => LIMITS[name].absolute)
export const FLOORS: readonly Limit["floor"][] = FEATURES.map((name) => LIMITS[name].floor)
export const TIMES_OTHERS: readonly number[] = FEATURES.map((name) => LIMITS[name].timesOthers)
