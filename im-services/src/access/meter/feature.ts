/**
 * meter: what one device of one user costs, in constant memory. Requests come in from sessions (`metering.ts`), are added to a `Meter`, and
 * a `judge` says, of its figures, of its own past and of the others of its version (`crowd.ts`), whether that is a person's client.
 */

/** What is counted of a device. Requests that answer a notify and bring something are the server's doing, and not counted. */
export const FEATURES = ["asks", "bytes", "idle", "same", "connects"] as const
export type Feature = (typeof FEATURES)[number]
export const FEATURE_COUNT = FEATURES.length

/** Time constants of the counts, s: a count is the sum of what was added, each part shrunk by e for each time constant of its age. */
export const WINDOWS = [10, 60, 3_600] as const
export const WINDOW_COUNT = WINDOWS.length
export const SHORT = 0
export const MINUTE = 1
export const HOUR = 2

/** Where a count stands among a meter's counts. */
export const placeOf = (feature: number, window: number): number => feature * WINDOW_COUNT + window
