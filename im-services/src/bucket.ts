import { BoundedMap } from "./bounded-map.ts"

/** Tokens that come back with time. */
export interface Bucket {
  tokens: number
  /** Unix ms. */
  filledAt: number
}

/** Takes one token of a bucket that holds `burst` and gains `perSec`; answers in how many ms there is one, 0 when it was taken. */
export function takeToken(bucket: Bucket, perSec: number, burst: number, now: number): number {
  bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) * perSec) / 1_000)
  bucket.filledAt = now
  if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / perSec) * 1_000)
  bucket.tokens--
  return 0
}

const MOST_KEYS = 10_000

/** A bucket for each key; beyond 10,000 keys the one that was used longest ago is forgotten. */
export class Buckets {
  private readonly buckets = new BoundedMap<string, Bucket>(MOST_KEYS)
  private readonly perSec: number
  private readonly burst: number

  constructor(perSec: number, burst: number) {
    this.perSec = perSec
    this.burst = burst
  }

  /** As `takeToken`. */
  take(key: string, now: number): number {
    const bucket = this.buckets.get(key) ?? { tokens: this.burst, filledAt: now }
    this.buckets.set(key, bucket)
    return takeToken(bucket, this.perSec, this.burst, now)
  }
}

/** How many are let in each second: few after a start, half as many again with each second, up to a bound. */
export class Ramp {
  private readonly from: number
  private readonly to: number
  private readonly startedAt: number
  private readonly bucket: Bucket

  constructor(from: number, to: number, now: number) {
    this.from = from
    this.to = to
    this.startedAt = now
    this.bucket = { tokens: from, filledAt: now }
  }

  /** As `takeToken`. */
  take(now: number): number {
    const seconds = Math.min(60, (now - this.startedAt) / 1_000)
    const perSec = Math.min(Math.max(this.from, this.to), this.from * 1.5 ** seconds)
    return takeToken(this.bucket, perSec, perSec, now)
  }
}
