import type { ReportReply } from "../dispatch/generated/dispatch.codec.ts"
import type { Floor } from "./floor.ts"
import type { Session } from "./session.ts"

/** Clients go within this part of the time; those that do not are ended in the rest. */
const SPREAD = 0.75

/**
 * An access that is to be empty by some time, and goes on running: its clients are sent elsewhere, each at a time of its own, and whoever
 * is still there near the end is ended as soon as nothing is under way. What they had not been answered they ask for again.
 */
export class Draining {
  /** Unix ms; 0: it stays. */
  private until = 0
  private from = 0
  private told = new WeakSet<Session>()
  private readonly floor: Floor
  private readonly now: () => number

  constructor(floor: Floor, now: () => number) {
    this.floor = floor
    this.now = now
  }

  /** What dispatch answered to a report. */
  take({ drainSec, tcp, ws }: Pick<ReportReply, "drainSec" | "tcp" | "ws">): void {
    if (drainSec === 0) {
      this.until = 0
      this.floor.drained = false
      return
    }
    const now = this.now()
    if (this.until === 0) {
      this.from = now
      this.told = new WeakSet()
      this.until = now + drainSec * 1_000
    }
    this.tell({ tcp, ws })
    if (now >= this.from + (this.until - this.from) * SPREAD) this.endIdle(now)
  }

  /** Those that came meanwhile, because they know of no other place, are told too. */
  private tell(places: { tcp: string[]; ws: string[] }): void {
    const now = this.now()
    const waitMs = Math.max(0, Math.round((this.until - this.from) * SPREAD - (now - this.from)))
    for (const session of [...this.floor.all()]) {
      if (session.state !== "in" || this.told.has(session)) continue
      this.told.add(session)
      const addresses = places[session.wire.transport]
      session.command({ reconnect: true, waitMs, addresses, why: "this access is emptied" })
    }
  }

  private endIdle(now: number): void {
    const over = now >= this.until - 1_000
    this.floor.drained = true
    for (const session of [...this.floor.all()]) if (over || !session.busy) session.leave("drained")
  }
}
