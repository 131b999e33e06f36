import { BoundedMap } from "../bounded-map.ts"

const MOST_KEPT = 100_000

/** A token bucket's size, and after how long one token comes back. */
export interface BucketSize {
  burst: number
  refillMs: number
}

/** Of one name from one address, of one name from everywhere, of one address for all names. */
const PAIR: BucketSize = { burst: 10, refillMs: 60_000 }
const NAME: BucketSize = { burst: 100, refillMs: 60_000 }
const ADDRESS: BucketSize = { burst: 100, refillMs: 6_000 }

/** Answers after how many ms a try may be made; 0: now, and a token is taken. */
export interface Tries {
  take: (name: string, address: string, now: number) => number
  /** The password was right: the tokens go back. */
  giveBack: (name: string, address: string, now: number) => void
}

/**
 * Counts wrong passwords. A token is taken before the password is looked at, so tries at one time count too. Kept are the 100,000 buckets
 * used last: whoever would push one out needs that many others, and has an own bucket for their address.
 */
export function createTries(): Tries {
  const buckets = new Buckets(MOST_KEPT)
  const sizes = (name: string, address: string): [string, BucketSize][] => {
    const both: [string, BucketSize][] = [[`n ${name}`, NAME]]
    if (address !== "") both.push([`p ${name} ${address}`, PAIR], [`a ${address}`, ADDRESS])
    return both
  }
  return {
    take: (name, address, now) => {
      const all = sizes(name, address)
      const waitMs = Math.max(...all.map(([key, size]) => buckets.waitMs(key, size, now)))
      if (waitMs === 0) for (const [key, size] of all) buckets.add(key, size, now, -1)
      return waitMs
    },
    giveBack: (name, address, now) => {
      for (const [key, size] of sizes(name, address)) buckets.add(key, size, now, 1)
    },
  }
}

/** Token buckets by key; those that are forgotten count as full. */
export class Buckets {
  private readonly kept: BoundedMap<string, { tokens: number; at: number }>

  constructor(most: number) {
    this.kept = new BoundedMap(most)
  }

  /** Until a token is there, ms; 0: there is one. */
  waitMs(key: string, size: BucketSize, now: number): number {
    const tokens = this.tokens(key, size, now)
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * size.refillMs)
  }

  add(key: string, size: BucketSize, now: number, by: number): void {
    this.kept.set(key, { tokens: Math.min(size.burst, this.tokens(key, size, now) + by), at: now })
  }

  private tokens(key: string, { burst, refillMs }: BucketSize, now: number): number {
    const bucket = this.kept.get(key)
    if (bucket === undefined) return burst
    return Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / refillMs)
  }
}
