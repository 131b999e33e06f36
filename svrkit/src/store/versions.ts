const STEPS = 1_024

/**
 * Versions from a hybrid clock: Unix ms times 1,024, always above the last one and above what the caller has seen, so that a clock that
 * goes wrong or back costs order between writers and nothing else. Within a ms they begin at random: two processes seldom meet.
 */
export function createVersions(now: () => number = Date.now, random: () => number = Math.random) {
  let last = 0
  /** @param above what the new version must exceed; at most 2^53 − 2 */
  return (above = 0): number => {
    const clock = Math.floor(now()) * STEPS + Math.floor(random() * STEPS)
    last = Math.max(clock, last + 1, above + 1)
    if (!Number.isSafeInteger(last)) throw new RangeError(`cannot write: no version above ${above} is left`)
    return last
  }
}
export type Versions = ReturnType<typeof createVersions>
