/** How long after a minute's or hour's end its points may still come before it is rolled up. */
const GRACE_MS = 5_000

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000

/**
 * The minutes (or hours) that end before this are rolled up once a batch that closed at `at` is stored. It depends on stored times
 * alone, so that a batch stored again after a crash gives the same rows.
 */
export const rolledBefore = (at: number, stepMs: number): number => Math.floor((at - GRACE_MS) / stepMs) * stepMs
