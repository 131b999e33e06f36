import type { ReportRequest } from "./generated/dispatch.codec.ts"

/** Where one access is, as clients are told. */
export interface Address {
  tcp: string
  ws: string
  region: string
}

const GONE_MS = 6_000
const MOST_ACCESSES = 1_000
const MOST_ADDRESSES = 5
/** So much of its capacity counts as chance: who asks at the same time is not sent to the same access. */
const CHANCE = 0.1

interface Known extends Address {
  load: number
  heardAt: number
}

/** The accesses that were heard of during the last six seconds. */
export class Places {
  private readonly known = new Map<string, Known>()
  private readonly now: () => number
  private readonly random: () => number

  constructor(now: () => number, random: () => number) {
    this.now = now
    this.random = random
  }

  get size(): number {
    return this.known.size
  }

  /** False when there is no room for another access. */
  report({ run, tcp, ws, region, connections, capacity, draining }: ReportRequest): boolean {
    if (draining) {
      this.known.delete(run)
      return true
    }
    if (!this.known.has(run) && this.known.size >= MOST_ACCESSES) {
      this.forget()
      if (this.known.size >= MOST_ACCESSES) return false
    }
    this.known.set(run, { tcp, ws, region, load: connections / Math.max(1, capacity), heardAt: this.now() })
    return true
  }

  /** Those that have room, the best first: of the region, then with the least load. */
  best(region: string): Address[] {
    this.forget()
    return [...this.known.values()]
      .filter(({ load }) => load < 1)
      .map((one) => ({ one, cost: one.load + this.random() * CHANCE + (one.region === region ? 0 : 10) }))
      .sort((a, b) => a.cost - b.cost)
      .slice(0, MOST_ADDRESSES)
      .map(({ one: { tcp, ws, region: of } }) => ({ tcp, ws, region: of }))
  }

  private forget(): void {
    const before = this.now() - GONE_MS
    for (const [run, { heardAt }] of this.known) if (heardAt < before) this.known.delete(run)
  }
}
