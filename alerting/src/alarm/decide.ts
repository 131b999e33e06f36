import type { AlarmState } from "@ossagent/wire"

/** What one look said: `between` lies between the clear value and the threshold. */
export type Verdict = "bad" | "between" | "good"

/** What an open alarm remembers for the next decision. Times in Unix ms. */
export interface Memory {
  state: Exclude<AlarmState, "resolved">
  startedAt: number
  /** Since when it has been good again; null while it is not. */
  goodSince: number | null
}

export interface Timing {
  forSec: number
  keepFiringSec: number
  /** How often this very thing fired and resolved within the last {@link FLAP_WITHIN_MS}. */
  flaps: number
}

/** With so many firings within this time it is flapping: people hear of it once, and then not before it is calm. */
export const FLAP_WITHIN_MS = 60 * 60_000
const FLAPS = 3
const CALM_SEC = 15 * 60

/** What to do with an alarm after one look, and why. */
export type Decision =
  | { act: "nothing"; why: "no alarm and not bad" }
  | { act: "open"; state: "pending"; why: "bad, not for long enough" }
  | { act: "open"; state: "firing"; why: "bad, fires at once" }
  | { act: "open"; state: "flapping"; why: Flapping }
  | { act: "fire"; state: "firing"; why: "bad for long enough" }
  | { act: "fire"; state: "flapping"; why: Flapping }
  | { act: "keep"; goodSince: null; why: "still bad" | "not good enough" }
  | { act: "keep"; goodSince: number; why: "good, not for long enough" }
  | { act: "drop"; why: "good again before it fired" }
  | { act: "resolve"; why: "good for long enough" }

type Flapping = `fires for the ${number}th time within an hour`

/**
 * The state machine pending → firing → acknowledged → resolved, with flapping in the place of firing, for one look at one thing. Acknowledging does not stop it from
 * resolving. A look that could not be made must not be passed in: not knowing changes nothing.
 *
 * @param memory the open alarm, or null when there is none
 */
export function decide(memory: Memory | null, verdict: Verdict, now: number, timing: Timing): Decision {
  if (!memory) return decideNew(verdict, timing)
  if (memory.state === "pending") return decidePending(memory, verdict, now, timing)
  if (verdict === "bad") return { act: "keep", goodSince: null, why: "still bad" }
  if (verdict === "between") return { act: "keep", goodSince: null, why: "not good enough" }
  const goodSince = Math.min(memory.goodSince ?? now, now) // a clock that was set back must not hold it up
  const calmSec = memory.state === "flapping" ? Math.max(CALM_SEC, timing.keepFiringSec) : timing.keepFiringSec
  if (now - goodSince >= calmSec * 1000) return { act: "resolve", why: "good for long enough" }
  return { act: "keep", goodSince, why: "good, not for long enough" }
}

function decideNew(verdict: Verdict, timing: Timing): Decision {
  if (verdict !== "bad") return { act: "nothing", why: "no alarm and not bad" }
  if (timing.forSec > 0) return { act: "open", state: "pending", why: "bad, not for long enough" }
  if (timing.flaps >= FLAPS) return { act: "open", state: "flapping", why: toFlapping(timing) }
  return { act: "open", state: "firing", why: "bad, fires at once" }
}

function decidePending(memory: Memory, verdict: Verdict, now: number, timing: Timing): Decision {
  if (verdict !== "bad") return { act: "drop", why: "good again before it fired" }
  if (now - memory.startedAt >= timing.forSec * 1000)
    return timing.flaps >= FLAPS
      ? { act: "fire", state: "flapping", why: toFlapping(timing) }
      : { act: "fire", state: "firing", why: "bad for long enough" }
  return { act: "keep", goodSince: null, why: "still bad" }
}

const toFlapping = ({ flaps }: Timing): Flapping => `fires for the ${flaps + 1}th time within an hour`
