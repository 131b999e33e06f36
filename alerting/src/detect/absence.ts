/**
 * Who has fallen silent. In: what the collector said about the newest point of everybody, at each look. Out: who is silent and who
 * reports. Pure but for the memory that is handed in.
 *
 * Silence is only counted while the collector could be asked and had fresh data from somebody: not knowing is never silence.
 */
import type { Group } from "@ossagent/wire"

export interface Present {
  key: string
  group: Group
  /** First point of the run without a longer gap, and newest point; Unix ms. */
  runStart: number
  lastAt: number
  /** Ran long enough to be missed. */
  proven: boolean
}

export type Seen = Pick<Present, "key" | "group" | "lastAt">

export interface AbsenceSettings {
  absenceSec: number
  /** Somebody is missed only after a run of at least this long. */
  minRunSec: number
}

export interface AbsenceMemory {
  known: Map<string, Present>
  /** Since when every look was good; null while they are not. */
  healthySince: number | null
}

export interface AbsenceAnswer {
  /** `silentSec` counts from the last point. */
  silent: { present: Present; silentSec: number }[]
  alive: Present[]
  /** Without a recent point, but not watched for long enough to say that they are silent. */
  unsure: Present[]
  /** Proven ones whose memory changed in a way worth storing. */
  changed: Present[]
}

export const createAbsenceMemory = (known: Iterable<Present> = []): AbsenceMemory => ({
  known: new Map([...known].map((present) => [present.key, present])),
  healthySince: null,
})

/** One good look. Call {@link loseSight} instead when the collector did not answer, had nothing fresh, or the looker slept. */
export function look(
  memory: AbsenceMemory,
  seen: readonly Seen[],
  now: number,
  settings: AbsenceSettings,
): AbsenceAnswer {
  memory.healthySince ??= now
  const limitMs = settings.absenceSec * 1000
  const changed: Present[] = []
  for (const present of memory.known.values()) keepOutOfFuture(present, now)
  for (const one of seen) {
    const present = remember(memory, one, now, settings)
    if (present?.proven) changed.push(present)
  }
  const answer: AbsenceAnswer = { silent: [], alive: [], unsure: [], changed }
  for (const present of memory.known.values()) {
    const watchedFrom = Math.max(present.lastAt, memory.healthySince)
    if (now - present.lastAt < limitMs) answer.alive.push(present)
    else if (!present.proven) memory.known.delete(present.key)
    else if (now - watchedFrom < limitMs) answer.unsure.push(present)
    else answer.silent.push({ present, silentSec: (now - present.lastAt) / 1000 })
  }
  return answer
}

/** A clock that was set back must not make anybody present until it comes round again. */
function keepOutOfFuture(present: Present, now: number): void {
  present.lastAt = Math.min(present.lastAt, now)
  present.runStart = Math.min(present.runStart, now)
}

/** Nothing can be said: silence is counted anew from the next good look. */
export function loseSight(memory: AbsenceMemory): void {
  memory.healthySince = null
}

/** The new memory of somebody where it changed more than its newest point, else null. */
function remember(memory: AbsenceMemory, one: Seen, now: number, settings: AbsenceSettings): Present | null {
  const limitMs = settings.absenceSec * 1000
  const before = memory.known.get(one.key)
  if (before ? one.lastAt <= before.lastAt : now - one.lastAt >= limitMs) return null
  const runs = before !== undefined && one.lastAt - before.lastAt < limitMs
  const runStart = runs ? before.runStart : one.lastAt
  const proven = (before?.proven ?? false) || one.lastAt - runStart >= settings.minRunSec * 1000
  const present = { ...one, runStart, proven }
  memory.known.set(one.key, present)
  return runs && proven === before.proven ? null : present
}
