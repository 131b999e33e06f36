import type { Bottle } from "../generated/play.codec.ts"

/** Bottles of one shard; beyond, the oldest that nobody holds sinks. */
export const MOST_IN_SHARD = 100
/** A bottle that nobody answered sinks, ms. */
export const DRIFT_MS = 30 * 86_400_000
/** An answer asked for again is known for so long, ms. */
export const ANSWERED_MS = 3_600_000

const isAnswered = ({ answeredAt }: Bottle): boolean => answeredAt > 0
/** In nobody's hand, and not answered. */
export const isAfloat = (bottle: Bottle, now: number): boolean => !isAnswered(bottle) && bottle.until <= now
export const isHeldBy = (bottle: Bottle, uid: number, now: number): boolean =>
  !isAnswered(bottle) && bottle.holder === uid && bottle.until > now
export const isAnsweredBy = (bottle: Bottle, uid: number): boolean => isAnswered(bottle) && bottle.holder === uid

/** Without those that have sunk. */
const afterTide = (list: readonly Bottle[], now: number): Bottle[] =>
  list.filter((one) =>
    isAnswered(one) ? one.answeredAt > now - ANSWERED_MS : !isAfloat(one, now) || one.at > now - DRIFT_MS,
  )

/** With one more; null where this one was thrown before, or all that are there are in somebody's hand. */
export function withThrown(list: readonly Bottle[], thrown: Bottle, now: number): Bottle[] | null {
  if (list.some(({ uid, clientId }) => uid === thrown.uid && clientId === thrown.clientId)) return null
  const there = afterTide(list, now)
  if (there.length < MOST_IN_SHARD) return [...there, thrown]
  const sinks = there.findIndex((one) => isAfloat(one, now))
  return sinks < 0 ? null : [...there.toSpliced(sinks, 1), thrown]
}

/** In somebody's hand until then; null when it is not afloat, or this one's own. */
export const withHolder = (
  list: readonly Bottle[],
  id: number,
  { uid, until, now }: { uid: number; until: number; now: number },
): Bottle[] | null =>
  change(list, id, (one) => (isAfloat(one, now) && one.uid !== uid ? { ...one, holder: uid, until } : null))

/** Afloat again; null when it is not in this one's hand. */
export const withoutHolder = (list: readonly Bottle[], id: number, uid: number, now: number): Bottle[] | null =>
  change(list, id, (one) => (isHeldBy(one, uid, now) ? { ...one, holder: 0, until: 0 } : null))

/** Answered, and in no hand any more; null when it is not in this one's hand. */
export const withAnswer = (list: readonly Bottle[], id: number, uid: number, now: number): Bottle[] | null =>
  change(list, id, (one) => (isHeldBy(one, uid, now) ? { ...one, answeredAt: now } : null))

function change(list: readonly Bottle[], id: number, to: (one: Bottle) => Bottle | null): Bottle[] | null {
  const at = list.findIndex((one) => one.id === id)
  const changed = at < 0 ? null : to(list[at] as Bottle)
  return changed === null ? null : list.with(at, changed)
}
