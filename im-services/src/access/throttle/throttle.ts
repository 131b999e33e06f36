/**
 * throttle: those whom the meter accuses go to guard (`news.ts`), what guard decides comes back with each beat (`guard/holds.ts`). Whoever is
 * held is commanded off the network, has a few seconds to obey, and is refused: at its request, at its Hello, at the door of its address.
 */

import { stepMs } from "../../guard/decide.ts"
import { type Held, Holds } from "../../guard/holds.ts"
import type { Verdict } from "../meter/judge.ts"
import type { Meter } from "../meter/meter.ts"
import { Metering } from "../meter/metering.ts"
import type { Session } from "../session.ts"
import type { SessionTable } from "../table.ts"
import { Hammer } from "./hammer.ts"
import { GuardNews } from "./news.ts"
import { type UsePoints, VersionUses } from "./uses.ts"

/** From a command until whoever goes on is put out. */
export const OBEY_MS = 5_000
const LEAST_RETRY_MS = 1_000
/** Accused that are held here when guard does not answer; beyond, the oldest is let be: who goes on is accused again. */
const MOST_WAITING = 1_000

interface ThrottleParts {
  table: SessionTable
  mostMeters: number
  points: UsePoints
  now: () => number
  random: () => number
}

export class Throttle {
  readonly holds = new Holds()
  readonly hammer = new Hammer()
  readonly metering: Metering
  readonly news: GuardNews
  /** Asks guard at once; set when the beat begins. */
  wake = (): void => undefined
  private readonly uses = new VersionUses()
  private readonly parts: ThrottleParts
  /** Were commanded away. */
  private readonly held = new Set<Session>()
  /** Accused, and not known to guard yet. */
  private waiting: Meter[] = []

  constructor(parts: ThrottleParts) {
    this.parts = parts
    const { now, table } = parts
    this.news = new GuardNews(now, () => this.uses.take(table))
    this.metering = new Metering({
      most: parts.mostMeters,
      now,
      accuse: (meter, verdict) => this.accuse(meter, verdict),
      onUse: (version, asks, bytes) => this.uses.add(version, asks, bytes),
    })
  }

  find(uid: number, device: number, version: string): Held | null {
    return this.holds.find({ uid, device, version }, this.parts.now())
  }

  /** Came in spite of it: how long it is told to stay away, ms. */
  refused(held: Held, who: { uid: number; device: number }, address: string): number {
    const now = this.parts.now()
    this.hammer.refuse(address, now)
    if (held.id > 0) this.news.defy(who.uid, who.device)
    return Math.max(LEAST_RETRY_MS, held.until - now)
  }

  isBlocked(address: string): boolean {
    return this.hammer.isBlocked(address, this.parts.now())
  }

  /** Guard has the accusations; sessions that something new concerns are told. */
  heard(anew: boolean): void {
    if (this.news.isMore) this.wake()
    else {
      this.waiting = []
      this.holds.forgetOwn()
    }
    if (!anew) return
    for (const session of this.all()) this.tell(session)
  }

  /** Guard is away: the accused are held for the shortest time, until it says otherwise. */
  alone(): void {
    const accused = this.waiting
    this.waiting = []
    if (!this.holds.known || this.holds.dryRun) return
    const until = this.parts.now() + stepMs(0)
    for (const { uid, device } of accused) {
      if (this.holds.isAllowed(uid)) continue
      this.holds.hold(uid, device, { id: 0, until, why: "decided while guard was away" })
      for (const session of this.parts.table.of(uid)) this.tell(session)
    }
  }

  /** Once a second: those who did not obey are put out. */
  turn(): void {
    const now = this.parts.now()
    for (const session of this.held) {
      if (session.state === "over") this.held.delete(session)
      else if (now - session.heldAt > OBEY_MS) this.putOut(session)
    }
  }

  /** A session that is held now is commanded away, and told what its version may not do. */
  tell(session: Session): void {
    if (session.state !== "in") return
    this.tellFeatures(session)
    const held = this.find(session.uid, session.device, session.version)
    if (held === null || session.heldAt > 0) return
    const now = this.parts.now()
    session.heldAt = now
    session.meter?.forgive()
    this.held.add(session)
    // Of a version that is held as a whole not all come back at once.
    const later = held.id === 0 ? this.parts.random() * 60 : 0
    session.command({ offlineSec: Math.ceil((held.until - now) / 1_000 + later), why: "throttled" })
  }

  private tellFeatures(session: Session): void {
    const off = this.holds.offFor(session.version)
    const same = off.size === session.off.size && [...off].every((name) => session.off.has(name))
    if (same) return
    session.off = off
    session.command({ features: true, featureOff: [...off] })
  }

  private putOut(session: Session): void {
    this.held.delete(session)
    const held = this.find(session.uid, session.device, session.version)
    if (held === null) {
      session.heldAt = 0
      return
    }
    const retryAfterMs = this.refused(held, session, session.wire.address)
    session.end({
      code: "throttled",
      message: "cannot serve you: this device is to stay off the network",
      retryAfterMs,
    })
  }

  private accuse(meter: Meter, { why, evidence }: Verdict & { throttle: true }): void {
    if (this.holds.isAllowed(meter.uid)) return
    this.parts.points.accused.with({ version: meter.version, why }).inc()
    this.news.accuse(meter, why, evidence)
    if (this.waiting.push(meter) > MOST_WAITING) this.waiting.shift()
    this.wake()
  }

  private *all(): Generator<Session> {
    for (const uid of this.parts.table.uids()) yield* this.parts.table.of(uid)
  }
}
