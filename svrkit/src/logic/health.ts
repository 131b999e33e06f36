import type { LogicLimits } from "./limits.ts"
import type { Pulse } from "./pulse.ts"

/** In a row: a heap that the next collection empties is none that leaks. */
const HEAP_CHECKS = 5
const MIB = 1024 * 1024

/** Whether a version's thread is well, from its signs of life; looked at again and again. Times are of the monotonic clock, ms. */
export function createHealth(pulse: Pulse, limits: LogicLimits, bornAt: number) {
  const { blockMs, loadMs, heapBytes: limit } = limits
  let beat = { count: 0, at: bornAt }
  let heapChecks = 0
  const toBlocked = (now: number): string | null => {
    const count = pulse.beats()
    if (count !== beat.count) beat = { count, at: now }
    return now - beat.at > blockMs ? `its event loop did not turn for ${blockMs} ms` : null
  }
  const toGrown = (): string | null => {
    const bytes = pulse.heapBytes()
    heapChecks = bytes > limit ? heapChecks + 1 : 0
    if (heapChecks < HEAP_CHECKS) return null
    return `its memory grew to ${Math.round(bytes / MIB)} MiB, over ${Math.round(limit / MIB)} MiB`
  }
  return {
    /** It is loaded: from now on its loop must turn. */
    begin: (now: number): void => {
      beat = { count: pulse.beats(), at: now }
    },
    /** While it is loaded: why it is to be put out; null: not. */
    toLate: (now: number): string | null =>
      now - bornAt > loadMs ? `cannot be loaded: it was not ready within ${loadMs / 1_000} s` : null,
    /** Afterwards. */
    toFault: (now: number): string | null => toBlocked(now) ?? toGrown(),
  }
}
