/** How one look at the collector went: it answered with fresh data, with nothing fresh, or not at all. */
export type LookResult = "fresh" | "stale" | "none"

export interface CollectorMemory {
  lastLookAt: number | null
  troubleSince: number | null
}

export type CollectorState =
  | { usable: true; why: "answers" | "nothing is known yet" }
  | { usable: false; why: "does not answer" | "has no fresh data"; forSec: number }
  | { usable: false; why: "the watch itself was away"; forSec: 0 }

export const createCollectorMemory = (): CollectorMemory => ({ lastLookAt: null, troubleSince: null })

/**
 * Whether the collector's answers may be judged.
 *
 * @param anybodyKnown false as long as nobody ever reported: an empty collector is then no trouble
 * @param maxLookGapSec a longer pause between two looks, or a look before the last one, means that this process was asleep or stopped, or
 *   that its clock was set
 */
export function toCollectorState(
  memory: CollectorMemory,
  result: LookResult,
  now: number,
  { anybodyKnown, maxLookGapSec }: { anybodyKnown: boolean; maxLookGapSec: number },
): CollectorState {
  const gapMs = memory.lastLookAt === null ? 0 : now - memory.lastLookAt
  const slept = gapMs < 0 || gapMs > maxLookGapSec * 1000
  memory.lastLookAt = now
  if (slept) memory.troubleSince = null
  if (result === "fresh" || (result === "stale" && !anybodyKnown)) {
    memory.troubleSince = null
    if (slept) return { usable: false, why: "the watch itself was away", forSec: 0 }
    return { usable: true, why: result === "fresh" ? "answers" : "nothing is known yet" }
  }
  memory.troubleSince ??= now
  const forSec = (now - memory.troubleSince) / 1000
  return { usable: false, why: result === "none" ? "does not answer" : "has no fresh data", forSec }
}
