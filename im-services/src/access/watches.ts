/**
 * Tells mailbox for whom there are connections here, and keeps it told: each new session at once, all of a SET when its mailbox is
 * another run or knows fewer than it should, those that sent a heartbeat once a turn. Every answer says who is behind; they are notified.
 */

import type { MailboxRoute } from "../mailbox/route.ts"
import type { Log } from "./host.ts"
import type { Points } from "./points.ts"
import type { Session } from "./session.ts"
import type { SessionTable } from "./table.ts"

const MOST_A_CALL = 500
/** Beats in a row with fewer watched users than there are, until all are told again; less would catch those on their way. */
const MOST_SHORT_BEATS = 3

interface WatchesOptions {
  route: MailboxRoute
  table: SessionTable
  points: Points
  /** How mailbox reaches this access, and which run of it this is. */
  access: string
  run: string
  log: Log
}

interface Waiting {
  session: Session
  told: ((behind: boolean) => void) | null
}

interface SetState {
  /** Of its mailbox; empty: not known yet. */
  run: string
  shortBeats: number
  telling: boolean
  /** Sessions to be told of in the next call. */
  waiting: Waiting[]
}

export class Watches {
  private readonly options: WatchesOptions
  private readonly sets: SetState[]
  private scheduled = false
  private compared = new Set<Session>()
  private gone = new Set<number>()
  private stopped = false

  constructor(options: WatchesOptions) {
    this.options = options
    this.sets = Array.from({ length: options.route.sets }, () => ({
      run: "",
      shortBeats: 0,
      telling: false,
      waiting: [],
    }))
  }

  /** Whether something is new for this session; true when mailbox cannot tell, so that the client asks itself. */
  add(session: Session): Promise<boolean> {
    this.gone.delete(session.uid)
    return new Promise((told) => this.enqueue({ session, told }))
  }

  /** The session's client is alive: what it has is compared with the next turn. */
  compareSoon(session: Session): void {
    this.compared.add(session)
  }

  remove(session: Session, wasLast: boolean): void {
    this.compared.delete(session)
    if (wasLast) this.gone.add(session.uid)
  }

  /** Once a second: heartbeats compared, users that left taken back, beats to all SETs. */
  turn(): void {
    for (const session of this.compared) this.enqueue({ session, told: null })
    this.compared.clear()
    this.unwatch()
    for (const set of this.sets.keys()) void this.beat(set)
  }

  stop(): void {
    this.stopped = true
  }

  private enqueue(waiting: Waiting): void {
    this.stateOf(waiting.session.uid).waiting.push(waiting)
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      for (const [set, state] of this.sets.entries()) {
        const all = state.waiting
        state.waiting = []
        for (let at = 0; at < all.length; at += MOST_A_CALL) void this.watch(set, all.slice(at, at + MOST_A_CALL))
      }
    })
  }

  /** Never rejects. */
  private async watch(set: number, batch: readonly Waiting[]): Promise<void> {
    const { route, access, run, points } = this.options
    const watchers = batch.map(({ session }) => ({ uid: session.uid, key: session.key }))
    try {
      const reply = await route.clientOfSet(set).watch({ access, run, watchers })
      this.heardOf(set, reply.run)
      for (const [at, { session, told }] of batch.entries()) {
        const behind = reply.behind[at] ?? true
        if (told !== null) told(behind)
        else if (behind && session.notifiedAt === 0) {
          points.foundBehind.inc()
          session.notify(Number.MAX_SAFE_INTEGER, 0)
        }
      }
    } catch (error) {
      this.trouble(error)
      for (const { told } of batch) told?.(true)
    }
  }

  private async beat(set: number): Promise<void> {
    const { route, access, run } = this.options
    const state = this.sets[set] as SetState
    try {
      const reply = await route.clientOfSet(set).beat({ access, run, set })
      this.heardOf(set, reply.run)
      const short = !state.telling && reply.watched < this.countOf(set)
      state.shortBeats = short ? state.shortBeats + 1 : 0
      if (state.shortBeats >= MOST_SHORT_BEATS) await this.tellAll(set)
    } catch (error) {
      this.trouble(error)
    }
  }

  /** Another run of a SET's mailbox knows nobody of ours. */
  private heardOf(set: number, run: string): void {
    const state = this.sets[set] as SetState
    if (state.run === run) return
    const first = state.run === ""
    state.run = run
    if (!first) void this.tellAll(set)
  }

  private async tellAll(set: number): Promise<void> {
    const state = this.sets[set] as SetState
    if (state.telling || this.stopped) return
    state.telling = true
    state.shortBeats = 0
    const sessions = this.sessionsOf(set)
    this.options.points.rewatched.inc(sessions.length)
    for (let at = 0; at < sessions.length; at += MOST_A_CALL) {
      const batch = sessions.slice(at, at + MOST_A_CALL).filter(({ state: now }) => now === "in")
      await this.watch(
        set,
        batch.map((session) => ({ session, told: null })),
      )
    }
    state.telling = false
  }

  private unwatch(): void {
    if (this.gone.size === 0) return
    const { route, table, access } = this.options
    const bySet = new Map<number, number[]>()
    for (const uid of this.gone) {
      if (table.has(uid)) continue
      const set = route.setOf(uid)
      bySet.set(set, [...(bySet.get(set) ?? []), uid])
    }
    this.gone.clear()
    for (const [set, uids] of bySet) {
      route
        .clientOfSet(set)
        .unwatch({ access, uids })
        .catch((error: unknown) => this.trouble(error))
    }
  }

  private sessionsOf(set: number): Session[] {
    const { route, table } = this.options
    return [...table.uids()].filter((uid) => route.setOf(uid) === set).flatMap((uid) => [...table.of(uid)])
  }

  private countOf(set: number): number {
    const { route, table } = this.options
    let count = 0
    for (const uid of table.uids()) if (route.setOf(uid) === set) count++
    return count
  }

  private stateOf(uid: number): SetState {
    return this.sets[this.options.route.setOf(uid)] as SetState
  }

  /** A lost call is made good by the next beat; only its number is of interest. */
  private trouble(error: unknown): void {
    if (this.stopped) return
    this.options.points.troubles.inc()
    this.options.log.debug({ err: error }, "mailbox does not answer")
  }
}
