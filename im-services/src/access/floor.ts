import type { AccessHost, Log } from "./host.ts"
import { Session } from "./session.ts"
import type { SessionTable } from "./table.ts"
import type { Wire } from "./wire.ts"

/** From a connection's beginning to its Hello, Login or Register, and after a Register, s. */
const NEW_SEC = 5
/** Until a client that was told and did not ask is told again. */
const NOTIFY_AGAIN_MS = 30_000

interface FloorOptions {
  table: SessionTable
  mostConnections: number
  idleSec: number
  slowSec: number
  log: Log
}

/** All connections of an access, of both transports, and what time does to them. */
export class Floor {
  private readonly host: AccessHost
  private readonly options: FloorOptions
  private readonly fresh = new Set<Session>()
  /** Connections. */
  count = 0
  /** Nobody is let in any more. */
  closing = false
  /** It was emptied, and is to stay so. */
  drained = false

  constructor(host: AccessHost, options: FloorOptions) {
    this.host = host
    this.options = options
  }

  /** A session for a wire; null when there is no place, then the wire is cut. */
  tryOpen(wire: Wire): Session | null {
    const why = this.toRefusal(wire)
    if (why !== null) {
      this.host.points.refused.with({ reason: why }).inc()
      wire.destroy()
      return null
    }
    this.count++
    const session = new Session(wire, this.host)
    this.fresh.add(session)
    return session
  }

  private toRefusal(wire: Wire): string | null {
    if (this.closing) return "closing"
    if (this.drained) return "drained"
    if (this.count >= this.options.mostConnections) return "full"
    return this.host.isBlocked(wire.address) ? "hammering" : null
  }

  /** The session is somebody's from here on; one of the same device, or one too many, goes for it. */
  seat(session: Session): void {
    this.fresh.delete(session)
    this.host.wheel.add(session, this.options.idleSec)
    this.options.table.add(session)?.leave("replaced")
  }

  closed(session: Session, known: boolean, why: string): void {
    const { points, watches, wheel, slow, flooding } = this.host
    this.count--
    points.closed.with({ reason: why }).inc()
    this.fresh.delete(session)
    slow.delete(session)
    flooding.delete(session)
    wheel.remove(session)
    if (!known) return
    this.options.table.remove(session)
    watches.remove(session, !this.options.table.has(session.uid))
  }

  /** Once a second. */
  turn(): void {
    const { wheel, watches, slow } = this.host
    for (const session of wheel.advance()) this.wake(session)
    for (const session of this.fresh) {
      if (wheel.turn - session.heardTurn <= NEW_SEC) continue
      session.end({
        code: "not_logged_in",
        message: `cannot wait longer than ${NEW_SEC} s for Hello, Login or Register`,
      })
    }
    for (const session of slow) if (wheel.turn - session.slowTurn > this.options.slowSec) this.cut(session, "slow")
    this.releaseFlooding()
    this.notifyAgain()
    this.cutLeaving()
    watches.turn()
  }

  private wake(session: Session): void {
    const { wheel } = this.host
    const left = session.heardTurn + this.options.idleSec - wheel.turn
    if (left > 0) wheel.add(session, left)
    else session.leave("idle")
  }

  private releaseFlooding(): void {
    const all = [...this.host.flooding]
    this.host.flooding.clear()
    for (const session of all) session.calm()
  }

  private notifyAgain(): void {
    const before = this.host.now() - NOTIFY_AGAIN_MS
    const old = [...this.host.dirty].filter(({ notifiedAt }) => notifiedAt < before)
    for (const session of old) session.notifyAgain()
  }

  /** They had from one turn to the next to take what was written last. */
  private cutLeaving(): void {
    for (const session of this.host.leaving) {
      if (session.leftTurn < this.host.wheel.turn) session.wire.destroy()
    }
  }

  private cut(session: Session, why: string): void {
    session.leave(why)
    session.wire.destroy()
  }

  *all(): Generator<Session> {
    yield* this.fresh
    for (const uid of this.options.table.uids()) yield* this.options.table.of(uid)
  }
}
