/** Time, as a parameter. */
export interface Clock {
  /** Unix ms. */
  now(): number
  /** Runs it once after `ms`; the returned function takes that back. */
  after(ms: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
