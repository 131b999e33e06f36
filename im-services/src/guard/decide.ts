import type { Accusation, Throttle } from "./generated/guard.codec.ts"

/** How long somebody is kept off the network: the first time, the second …, min. */
export const LEVELS_MIN = [5, 15, 60, 240] as const
/** One level is forgotten for each so long that somebody was at liberty. */
export const FORGET_MS = 24 * 3_600_000
/** Times that a device may come in spite of its throttle: the command may have been lost. */
export const LEAST_DEFIED = 3
const MINUTE_MS = 60_000

export const stepMs = (level: number): number =>
  (LEVELS_MIN[Math.min(level, LEVELS_MIN.length - 1)] as number) * MINUTE_MS

/** When a throttle was, or will be, over. Unix ms. */
export const endOf = ({ until, releasedAt }: Pick<Throttle, "until" | "releasedAt">): number =>
  releasedAt > 0 ? Math.min(until, releasedAt) : until

export const isInForce = (one: Pick<Throttle, "until" | "releasedAt" | "dryRun">, now: number): boolean =>
  !one.dryRun && endOf(one) > now

export type Decision =
  | { throttle: false; why: "allowed" | "in force" | "out of date" }
  | { throttle: true; why: "first" | "again"; level: number; until: number }

/** How old an accusation may be: an access that could not reach guard keeps them meanwhile. */
const MOST_AGE_MS = 10 * MINUTE_MS

/** What comes of an accusation. `past`: earlier throttles of the same user's same device, oldest first. */
export function decide(
  accused: Pick<Accusation, "uid" | "at">,
  past: readonly Throttle[],
  { now, dryRun, allowed }: { now: number; dryRun: boolean; allowed: boolean },
): Decision {
  if (allowed) return { throttle: false, why: "allowed" }
  if (now - accused.at > MOST_AGE_MS) return { throttle: false, why: "out of date" }
  const last = past.filter((one) => one.dryRun === dryRun && one.releasedAt === 0).at(-1)
  if (last !== undefined && endOf(last) > now) return { throttle: false, why: "in force" }
  if (last === undefined) return { throttle: true, why: "first", level: 0, until: now + stepMs(0) }
  const forgotten = Math.floor((now - endOf(last)) / FORGET_MS)
  const level = Math.max(0, Math.min(LEVELS_MIN.length - 1, last.level + 1 - forgotten))
  return { throttle: true, why: "again", level, until: now + stepMs(level) }
}

/** A throttle whose device came in spite of it: whoever goes on, its whole time begins anew. */
export function defy(throttle: Throttle, count: number, now: number): Throttle {
  const defied = throttle.defied + count
  const until = defied > LEAST_DEFIED ? Math.max(throttle.until, now + stepMs(throttle.level)) : throttle.until
  return { ...throttle, defied, until }
}

/** What it would have taken meanwhile, at the pace at which it was caught. */
export function savedBytes(one: Throttle, now: number): number {
  if (one.dryRun) return 0
  const ms = Math.max(0, Math.min(now, endOf(one)) - one.from)
  return Math.round((one.bytesPerMin * ms) / MINUTE_MS)
}
