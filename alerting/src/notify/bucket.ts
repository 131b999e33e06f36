/** So many in a row, then one more each `refillSec`. */
export interface Window {
  burst: number
  refillSec: number
}

export interface RateLimits {
  /** All of them must have a token. The first is the one that people feel; later ones are those of a provider by hour and day. */
  windows: readonly Window[]
  /** Share of the last window's burst that only critical messages may use, 0–1. */
  reserve: number
  /** How long held messages wait for company before they become a digest. */
  digestWaitSec: number
  /** Least distance of two digests to one recipient while its bucket is empty; null: a digest always needs a token. */
  digestEverySec: number | null
}

/** The token bucket of one recipient in one window. Times in Unix ms. */
export interface Bucket {
  tokens: number
  refilledAt: number
}

export type Taken = { send: true; buckets: Bucket[] } | { send: false; why: "over the rate"; buckets: Bucket[] }

/** Takes a token of every window when all have one; the buckets that come back are to be stored in both cases. */
export function takeToken(buckets: readonly Bucket[], now: number, limits: RateLimits, critical = true): Taken {
  const filled = buckets.map((bucket, i) => refill(bucket, now, limits.windows[i] as Window))
  const last = limits.windows.length - 1
  const least = (i: number): number =>
    i === last && !critical ? 1 + limits.reserve * (limits.windows[i]?.burst ?? 0) : 1
  if (filled.some(({ tokens }, i) => tokens < least(i))) return { send: false, why: "over the rate", buckets: filled }
  return { send: true, buckets: filled.map((bucket) => ({ ...bucket, tokens: bucket.tokens - 1 })) }
}

/** A time in the future is that of a clock that was set back since: it counts as now, or messages would wait for it to come round. */
function refill({ tokens, refilledAt }: Bucket, now: number, { burst, refillSec }: Window): Bucket {
  const earned = Math.max(0, now - refilledAt) / (refillSec * 1000)
  return { tokens: Math.min(burst, tokens + earned), refilledAt: now }
}

export interface Held {
  count: number
  oldestAt: number
  lastDigestAt: number | null
}

/** Whether the held messages of one recipient become a digest now; `token` tells whether its buckets have one for it. */
export function isDigestDue(
  { count, oldestAt, lastDigestAt }: Held,
  token: boolean,
  now: number,
  { digestWaitSec, digestEverySec }: RateLimits,
): boolean {
  if (count === 0 || isWithin(oldestAt, now, digestWaitSec)) return false
  if (token) return true
  if (digestEverySec === null) return false
  return lastDigestAt === null || !isWithin(lastDigestAt, now, digestEverySec)
}

const isWithin = (at: number, now: number, sec: number): boolean => at <= now && now - at < sec * 1000
