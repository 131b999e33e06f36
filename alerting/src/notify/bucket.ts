export interface BucketSettings {
  /** Mails in a row before the rate counts. */
  burst: number
  /** One more mail is allowed after this long. */
  refillSec: number
  /** How long held mails wait for company before they become a digest. */
  digestWaitSec: number
  /** Least distance of two digests to one recipient while its bucket is empty. */
  digestEverySec: number
}

/** The token bucket of one recipient. Times in Unix ms. */
export interface Bucket {
  tokens: number
  refilledAt: number
}

export type Taken = { send: true; bucket: Bucket } | { send: false; why: "over the rate"; bucket: Bucket }

/** Takes a token when there is one; the bucket that comes back is to be stored in both cases. */
export function takeToken(bucket: Bucket, now: number, settings: BucketSettings): Taken {
  const filled = refill(bucket, now, settings)
  if (filled.tokens < 1) return { send: false, why: "over the rate", bucket: filled }
  return { send: true, bucket: { ...filled, tokens: filled.tokens - 1 } }
}

/** A time in the future is that of a clock that was set back since: it counts as now, or mails would wait for it to come round. */
function refill({ tokens, refilledAt }: Bucket, now: number, { burst, refillSec }: BucketSettings): Bucket {
  const earned = Math.max(0, now - refilledAt) / (refillSec * 1000)
  return { tokens: Math.min(burst, tokens + earned), refilledAt: now }
}

export interface Held {
  count: number
  oldestAt: number
  lastDigestAt: number | null
}

/** Whether the held mails of one recipient become a digest now; `token` tells whether the bucket has one for it. */
export function isDigestDue(
  { count, oldestAt, lastDigestAt }: Held,
  token: boolean,
  now: number,
  settings: BucketSettings,
): boolean {
  if (count === 0 || isWithin(oldestAt, now, settings.digestWaitSec)) return false
  if (token || lastDigestAt === null) return true
  return !isWithin(lastDigestAt, now, settings.digestEverySec)
}

const isWithin = (at: number, now: number, sec: number): boolean => at <= now && now - at < sec * 1000
