import { BoundedMap } from "../../bounded-map.ts"

const MOST_ADDRESSES = 10_000
/** Refusals of one address, shrinking by e each minute, beyond which it is not even listened to. */
const MOST_REFUSALS = 30
const MINUTE_MS = 60_000
const BLOCK_MS = 30_000

interface Refused {
  count: number
  at: number
  blockedUntil: number
}

/**
 * Addresses from which those who are to stay away come again and again: refusing them costs a connection each, so for half a minute at a
 * time not even that. Beyond 10,000 addresses the one that was refused longest ago is forgotten.
 */
export class Hammer {
  private readonly refused = new BoundedMap<string, Refused>(MOST_ADDRESSES)

  refuse(address: string, now: number): void {
    const known = this.refused.get(address)
    const before = known === undefined ? 0 : known.count * Math.exp(-(now - known.at) / MINUTE_MS)
    const count = before + 1
    const blockedUntil = count > MOST_REFUSALS ? now + BLOCK_MS : (known?.blockedUntil ?? 0)
    this.refused.set(address, { count, at: now, blockedUntil })
  }

  isBlocked(address: string, now: number): boolean {
    return (this.refused.get(address)?.blockedUntil ?? 0) > now
  }
}
