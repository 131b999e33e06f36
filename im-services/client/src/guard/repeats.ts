import { MOST_REPEATS } from "../protocol/ops.ts"

const HOUR_MS = 3_600_000
const MOST_KEPT = 1_000

/** Counts requests that are alike: a client that asks the same without end is stopped in the client. */
export class Repeats {
  private readonly counts = new Map<number, { count: number; since: number }>()
  private readonly most: number

  constructor(most = MOST_REPEATS) {
    this.most = most
  }

  /** In how many ms it may be made; 0: now, and it is counted. Requests are told apart by a hash of 32 bits. */
  take(op: number, body: Uint8Array, now: number): number {
    const hash = toHash(op, body)
    let kept = this.counts.get(hash)
    if (kept === undefined || now - kept.since >= HOUR_MS) {
      this.makeRoom(now)
      kept = { count: 0, since: now }
      this.counts.delete(hash)
      this.counts.set(hash, kept)
    }
    if (kept.count >= this.most) return kept.since + HOUR_MS - now
    kept.count++
    return 0
  }

  /** Beyond 1,000 kinds the one that was first is forgotten. */
  private makeRoom(now: number): void {
    for (const [hash, { since }] of this.counts) {
      if (this.counts.size < MOST_KEPT && now - since < HOUR_MS) return
      this.counts.delete(hash)
    }
  }
}

/** FNV-1a. */
function toHash(op: number, body: Uint8Array): number {
  let hash = Math.imul(0x811c9dc5 ^ op, 0x01000193)
  for (const byte of body) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
