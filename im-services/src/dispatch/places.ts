import type { AccessInit, ReportReplyInit, ReportRequest } from "./generated/dispatch.codec.ts"

/** Where one access is, as clients are told. */
export interface Address {
  tcp: string
  ws: string
  region: string
}

/** Where a client is, as far as that is known. */
export interface Whereabouts {
  region: string
  carrier: string
}

const GONE_MS = 6_000
const MOST_ACCESSES = 1_000
const MOST_ADDRESSES = 5
/** So much of its capacity counts as chance: who asks at the same time is not sent to the same access. */
const CHANCE = 0.1
/** Another region costs more than any load; another carrier's network less than that, and more than half a full access. */
const OTHER_REGION = 10
const OTHER_CARRIER = 0.6

interface Known extends Address {
  carrier: string
  connections: number
  capacity: number
  heardAt: number
  /** Unix ms; 0: it stays. */
  drainUntil: number
  /** It was told to empty itself, and not yet that it may stay. */
  empties: boolean
}

const loadOf = ({ connections, capacity }: Known): number => connections / Math.max(1, capacity)

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

  /** What the access is to do; nothing when there is no room for another. */
  report(request: ReportRequest): ReportReplyInit {
    const { run, tcp, ws, region, carrier, connections, capacity } = request
    const before = this.known.get(run)
    if (request.draining) {
      this.known.delete(run)
      return {}
    }
    if (before === undefined && this.known.size >= MOST_ACCESSES) {
      this.forget()
      if (this.known.size >= MOST_ACCESSES) return {}
    }
    const now = this.now()
    const drainUntil = before?.drainUntil ?? 0
    this.known.set(run, {
      tcp,
      ws,
      region,
      carrier,
      connections,
      capacity,
      heardAt: now,
      drainUntil,
      empties: drainUntil > 0,
    })
    if (drainUntil === 0) return {}
    const others = this.best({ region, carrier })
    const drainSec = Math.max(1, Math.ceil((drainUntil - now) / 1_000))
    return { drainSec, tcp: others.map((one) => one.tcp), ws: others.map((one) => one.ws) }
  }

  /** It is named no more, and told to be empty within so long; 0: it stays, and is named again when it has heard so. False: there is no such access. */
  drain(run: string, sec: number): boolean {
    this.forget()
    const known = this.known.get(run)
    if (known === undefined) return false
    known.drainUntil = sec === 0 ? 0 : this.now() + sec * 1_000
    return true
  }

  all(): AccessInit[] {
    this.forget()
    return [...this.known].map(([run, { tcp, ws, region, carrier, connections, capacity, heardAt, drainUntil }]) => ({
      ...{ run, tcp, ws, region, carrier, connections, capacity, heardAt, drainUntil },
    }))
  }

  /** Those that have room, the best first: of the region, then of the carrier and with the least load. */
  best({ region, carrier }: Whereabouts): Address[] {
    this.forget()
    const costOf = (one: Known): number =>
      loadOf(one) +
      this.random() * CHANCE +
      (one.region === region ? 0 : OTHER_REGION) +
      (carrier === "" || one.carrier === carrier ? 0 : OTHER_CARRIER)
    return [...this.known.values()]
      .filter((one) => loadOf(one) < 1 && one.drainUntil === 0 && !one.empties)
      .map((one) => ({ one, cost: costOf(one) }))
      .sort((a, b) => a.cost - b.cost)
      .slice(0, MOST_ADDRESSES)
      .map(({ one: { tcp, ws, region: of } }) => ({ tcp, ws, region: of }))
  }

  private forget(): void {
    const before = this.now() - GONE_MS
    for (const [run, { heardAt }] of this.known) if (heardAt < before) this.known.delete(run)
  }
}
