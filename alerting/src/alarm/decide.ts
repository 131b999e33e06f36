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
}

/** What to do with an alarm after one look, and why. */
export type Decision =
  | { act: "nothing"; why: "no alarm and not bad" }
  | { act: "open"; state: "pending"; why: "bad, not for long enough" }
  | { act: "open"; state: "firing"; why: "bad, fires at once" }
  | { act: "fire"; why: "bad for long enough" }
  | { act: "keep"; goodSince: null; why: "still bad" | "not good enough" }
  | { act: "keep"; goodSince: number; why: "good, not for long enough" }
  | { act: "drop"; why: "good again before it fired" }
  | { act: "resolve"; why: "good for long enough" }

/**
 * The state machine pending → firing → acknowledged → resolved for one look at one thing. Acknowledging does not stop it from
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
  if (now - goodSince >= timing.keepFiringSec * 1000) return { act: "resolve", why: "good for long enough" }
  return { act: "keep", goodSince, why: "good, not for long enough" }
}

function decideNew(verdict: Verdict, timing: Timing): Decision {
  if (verdict !== "bad") return { act: "nothing", why: "no alarm and not bad" }
  if (timing.forSec > 0) return { act: "open", state: "pending", why: "bad, not for long enough" }
  return { act: "open", state: "firing", why: "bad, fires at once" }
}

function decidePending(memory: Memory, verdict: Verdict, now: number, timing: Timing): Decision {
  if (verdict !== "bad") return { act: "drop", why: "good again before it fired" }
  if (now - memory.startedAt >= timing.forSec * 1000) return { act: "fire", why: "bad for long enough" }
  return { act: "keep", goodSince: null, why: "still bad" }
}

/** Whether people are told of a change, and why. */
export type Telling =
  | { notify: true; why: "fires" | "resolved" | "no longer silenced" }
  | { notify: false; why: "pending" | "silenced" | "nobody was told that it fired" | "no change for people" }

export interface Change {
  to: AlarmState
  silenced: boolean
  /** Whether somebody was told, or is going to be told, that this alarm fires. */
  told: boolean
  /** Set when a silence over a firing alarm has ended. */
  silenceEnded?: boolean
}

export function toTelling({ to, silenced, told, silenceEnded }: Change): Telling {
  if (to === "pending") return { notify: false, why: "pending" }
  if (to === "acknowledged") return { notify: false, why: "no change for people" }
  if (to === "resolved" && !told) return { notify: false, why: "nobody was told that it fired" }
  if (to === "resolved") return { notify: true, why: "resolved" }
  if (silenced) return { notify: false, why: "silenced" }
  return { notify: true, why: silenceEnded ? "no longer silenced" : "fires" }
}
