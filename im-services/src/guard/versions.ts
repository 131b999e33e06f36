import type { Agent } from "@ossagent/agent"
import type { Throttle, VersionUse } from "./generated/guard.codec.ts"
import { findSuspects, type Suspect, type VersionState } from "./suspect.ts"

const RECENT_MS = 10 * 60_000
/** An access that has not been heard of for so long counts no more. */
const GONE_MS = 10_000
const MOST_RUNS = 1_000
/** Versions that have a series; a further one that stands out is on the page alone. */
const MOST_WARNED = 200
/** A rate's time constant: what one beat says is smoothed over a minute. */
const SMOOTH_SEC = 60

interface Heard {
  at: number
  uses: Map<string, { users: number; asksPerMin: number; bytesPerMin: number }>
}

/** What clients of each version do, over all accesses, and which version stands out. */
export class Versions {
  suspects: Suspect[] = []
  private readonly heard = new Map<string, Heard>()
  private readonly now: () => number
  /** Until when each is told of, Unix ms: for a while after it stood out, that it does so no more. */
  private readonly warned = new Map<string, number>()

  constructor(agent: Agent, now: () => number) {
    this.now = now
    const gauge = agent.gauge("im.guard.version_suspect", { unit: "1" })
    agent.onFlush(() => {
      for (const { version } of this.suspects)
        if (this.warned.size < MOST_WARNED || this.warned.has(version)) this.warned.set(version, now() + RECENT_MS)
      for (const [version, until] of this.warned) {
        if (until < now()) this.warned.delete(version)
        else gauge.with({ version }).set(this.isSuspect(version) ? 1 : 0)
      }
    })
  }

  isSuspect(version: string): boolean {
    return this.suspects.some((one) => one.version === version)
  }

  /** `sec`: that the counts are of. */
  take(run: string, uses: readonly VersionUse[], sec: number): void {
    const known = this.heard.get(run)
    if (known === undefined && this.heard.size >= MOST_RUNS) return
    const old = known?.uses ?? new Map()
    const weight = known === undefined ? 1 : 1 - Math.exp(-sec / SMOOTH_SEC)
    const fresh: Heard = { at: this.now(), uses: new Map() }
    for (const { version, users, asks, bytes } of uses) {
      const before = old.get(version) ?? { asksPerMin: 0, bytesPerMin: 0 }
      const smooth = (was: number, amount: number): number => was + weight * ((amount * 60) / Math.max(sec, 0.1) - was)
      const asksPerMin = smooth(before.asksPerMin, asks)
      fresh.uses.set(version, { users, asksPerMin, bytesPerMin: smooth(before.bytesPerMin, bytes) })
    }
    this.heard.set(run, fresh)
  }

  /** Looks at all versions anew. `throttles`: newest first. */
  turn(throttles: readonly Throttle[]): void {
    const now = this.now()
    for (const [run, { at }] of this.heard) if (at < now - GONE_MS) this.heard.delete(run)
    // Whom a person has released was no thief.
    const counts = ({ from, releasedAt }: Throttle): boolean => from > now - RECENT_MS && releasedAt === 0
    this.suspects = findSuspects(this.states(throttles.filter(counts)))
  }

  private states(recent: readonly Throttle[]): VersionState[] {
    const states = new Map<string, VersionState>()
    const of = (version: string): VersionState => {
      const state = states.get(version) ?? { version, users: 0, throttled: 0, asksPerMin: 0, bytesPerMin: 0 }
      states.set(version, state)
      return state
    }
    for (const { uses } of this.heard.values()) {
      for (const [version, use] of uses) {
        const state = of(version)
        for (const key of ["users", "asksPerMin", "bytesPerMin"] as const) state[key] += use[key]
      }
    }
    const seen = new Set<string>()
    for (const { uid, version } of recent) {
      if (seen.has(`${uid} ${version}`)) continue
      seen.add(`${uid} ${version}`)
      of(version).throttled++
    }
    return [...states.values()]
  }
}
