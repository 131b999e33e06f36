import { USERS } from "./admission.ts"

const HOUR_MS = 3_600_000

/**
 * The priority of a user within one hour, 0–127, 0 the most important: all calls on behalf of a user are let in or refused alike, and nobody is
 * unlucky for long (DAGOR §4.2.2). `now`: Unix ms. By user and not by session: a new log-in must not change anybody's luck.
 */
export function toUserPriority(user: number, now: number): number {
  const hour = Math.floor(now / HOUR_MS)
  let hash = Math.imul((user ^ Math.floor(user / 2 ** 32)) >>> 0, 0x9e3779b1) ^ Math.imul(hour + 1, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return ((hash ^ (hash >>> 16)) >>> 0) % USERS
}
