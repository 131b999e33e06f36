/**
 * One SET of mailboxes: the only writer of its store. Appends and changes wait in line, go out in one transaction at a time, and become
 * visible in the order of their numbers. `claim` → `serve` (batches) → lost or deposed → `claim` again, with an empty memory.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { ContactState, Topic } from "@ossagent/im-client/protocol"
import { RpcError } from "@ossagent/svrkit/rpc"
import type pg from "pg"
import { type ChangeRow, commitBatch, DeposedError, type MessageRow, nameOf } from "./commit.ts"
import { Contacts } from "./contacts.ts"
import { type Evaluated, evaluate, type Known, needsOf, type Result, subjectName, type Task } from "./evaluate.ts"
import { type AppendRequest, type ChangeItem, Stored } from "./generated/mailbox.codec.ts"
import { createLatest, type Latest } from "./latest.ts"
import { openPool } from "./open.ts"
import { BEAT_MS, type Ownership, renew, tryClaim } from "./owner.ts"
import type { SetPoints } from "./points.ts"
import { RECALLED, readIdentities, readStates, type StoredState } from "./read.ts"
import { RecentMemory } from "./recent.ts"
import { ensureSchema } from "./schema.ts"
import { unavailable } from "./unavailable.ts"

const MOST_WAITING = 20_000
const MOST_ROWS = 1_000
const CLAIM_MS = 400
const MOST_CONTACTS = 200_000

/** Rising numbers, from the sequence service: the last of `counts[i]` numbers for `uids[i]`. */
export type Allocate = (uids: readonly number[], counts: readonly number[]) => Promise<readonly number[]>

export interface SetOptions {
  url: string
  set: number
  sets: number
  run: string
  recentBytes: number
  allocate: Allocate
  /** Told of what is visible now. */
  onVisible: (visible: Evaluated) => void
  /** Told when watchers are forgotten: a new owner, or a new start. */
  onReset: () => void
  /** Highest term that is known from elsewhere; and says that a new one begins. */
  terms: { read: () => Promise<number>; write: (term: number) => Promise<void> }
  points: SetPoints
  log: { info: (facts: object, message: string) => void; warn: (facts: object, message: string) => void }
}

interface Waiting {
  task: Task
  rows: number
  since: number
  resolve: (results: Result[]) => void
  reject: (error: RpcError) => void
}

export class MailboxSet {
  readonly set: number
  readonly recent: RecentMemory
  readonly pool: pg.Pool
  readonly latest: Latest
  ownership: Ownership | null = null
  private readonly options: SetOptions
  private readonly contacts = new Contacts(MOST_CONTACTS)
  private waiting: Waiting[] = []
  private waitingRows = 0
  private wake: (() => void) | null = null
  private stopped = false
  private running: Promise<void> = Promise.resolve()

  constructor(options: SetOptions) {
    this.options = options
    this.set = options.set
    this.recent = new RecentMemory(options.recentBytes)
    const onFault = (error: Error) =>
      options.log.warn({ set: options.set, err: error }, "a connection to the store ended")
    this.pool = openPool({ ...options, onFault })
    this.latest = createLatest(this.pool, this.recent)
  }

  start(): void {
    this.running = this.run()
  }

  /** Finishes what waits, then lets the SET go. */
  async stop(): Promise<void> {
    this.stopped = true
    this.wake?.()
    await this.running
    await this.pool.end()
  }

  append(append: AppendRequest): Promise<Result[]> {
    return this.enqueue({ append, results: [] }, append.items.length)
  }

  putChanges(changes: readonly ChangeItem[]): Promise<Result[]> {
    return this.enqueue({ changes, results: [] }, changes.length)
  }

  /** Throws RpcError `no_set` while this process is not the owner. */
  owned(): Ownership {
    if (this.ownership === null)
      throw new RpcError("no_set", `SET ${this.set} is not served here now`, { retry: true, retryAfterMs: 200 })
    return this.ownership
  }

  private enqueue(task: Task, rows: number): Promise<Result[]> {
    this.owned()
    if (this.waitingRows + rows > MOST_WAITING)
      throw new RpcError("unavailable", `SET ${this.set} has ${this.waitingRows} rows waiting`, {
        retry: true,
        retryAfterMs: 500,
      })
    return new Promise((resolve, reject) => {
      this.waiting.push({ task, rows, since: performance.now(), resolve, reject })
      this.waitingRows += rows
      this.wake?.()
    })
  }

  private async run(): Promise<void> {
    let troubled = false
    while (!this.stopped) {
      const client = await this.tryOpen(troubled)
      troubled = client === null
      if (client === null) {
        await sleep(CLAIM_MS)
        continue
      }
      try {
        await this.serve(client)
      } catch (error) {
        this.options.log.warn({ set: this.set, err: error }, "the SET was lost, taking it again")
        troubled = true
      }
      this.forget()
      client.release(true)
    }
    this.fail("it is stopping")
  }

  /** A connection that owns the SET; null: not now. */
  private async tryOpen(quiet: boolean): Promise<pg.PoolClient | null> {
    const { set, sets, run, terms, log } = this.options
    let client: pg.PoolClient | null = null
    try {
      client = await this.pool.connect()
      await ensureSchema(client, set)
      const claim = await tryClaim(client, set, run, { sets, lastTerm: await terms.read() })
      if (claim.owned === null) {
        if (!quiet) log.info({ set, why: claim.why }, "the SET has another owner, standing by")
      } else {
        await terms.write(claim.owned.term)
        this.ownership = claim.owned
        this.options.onReset()
        log.info({ set, term: claim.owned.term }, "the SET is served here")
        return client
      }
    } catch (error) {
      if (!quiet) log.warn({ set, err: error }, "cannot take the SET, trying again")
    }
    client?.release(true)
    return null
  }

  private async serve(client: pg.PoolClient): Promise<void> {
    const owned = this.owned()
    let beatAt = performance.now()
    let hurry: NodeJS.Timeout | null = null
    try {
      while (true) {
        if (performance.now() - beatAt >= BEAT_MS) {
          if (!(await renew(client, owned))) throw new DeposedError(`SET ${this.set} was taken by another owner`)
          beatAt = performance.now()
        }
        if (this.waiting.length > 0) await this.commit(client, owned)
        else if (this.stopped) return
        else
          await new Promise<void>((resolve) => {
            this.wake = resolve
            hurry = setTimeout(resolve, BEAT_MS)
          })
        this.wake = null
        if (hurry !== null) clearTimeout(hurry)
        // What comes within one turn of the event loop goes together.
        await new Promise((resolve) => setImmediate(resolve))
      }
    } finally {
      this.wake = null
    }
  }

  private take(): Waiting[] {
    let rows = 0
    let end = 0
    while (end < this.waiting.length && (end === 0 || rows + (this.waiting[end] as Waiting).rows <= MOST_ROWS))
      rows += (this.waiting[end++] as Waiting).rows
    this.waitingRows -= rows
    return this.waiting.splice(0, end)
  }

  private async commit(client: pg.PoolClient, owned: Ownership): Promise<void> {
    const taken = this.take()
    const begunAt = performance.now()
    const { points } = this.options
    try {
      const evaluated = await this.prepare(taken.map(({ task }) => task))
      const preparedAt = performance.now()
      await this.write(client, owned, evaluated)
      const now = performance.now()
      points.batch(
        taken.reduce((sum, { rows }) => sum + rows, 0),
        { prepareMs: preparedAt - begunAt, commitMs: now - preparedAt },
      )
      for (const { task, resolve, since } of taken) {
        points.waited(now - since)
        resolve(task.results)
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      for (const { reject } of taken) reject(unavailable(`cannot store in SET ${this.set}: ${why}`))
      points.failed()
      if (!(error instanceof RpcError)) throw error
      await sleep(20)
    }
  }

  /** Numbers and what conditions need, in one go; then rows. Rejects with RpcError when no numbers are to be had: nothing is lost by that. */
  private async prepare(tasks: readonly Task[]): Promise<Evaluated> {
    const needs = needsOf(tasks)
    const uids = [...needs.counts.keys()]
    const unknown = needs.contacts.filter(({ uid, subject }) => this.contacts.get(uid, subject) === undefined)
    const [lasts, latest, states, targets] = await Promise.all([
      this.options.allocate(uids, [...needs.counts.values()]),
      this.latest.of(uids),
      readStates(this.pool, [...needs.states, ...unknown]),
      readIdentities(this.pool, needs.targets),
    ])
    const next = new Map(uids.map((uid, i) => [uid, (lasts[i] as number) - (needs.counts.get(uid) as number)]))
    for (const [i, uid] of uids.entries())
      if ((next.get(uid) as number) < (latest[i] as number))
        throw unavailable(`the numbers of ${uid} fell: ${(next.get(uid) as number) + 1} after ${latest[i]}`)
    const byName = new Map(states.map((state) => [subjectName(state), state]))
    for (const contact of unknown)
      this.contacts.set(contact.uid, contact.subject, byName.get(subjectName(contact))?.state ?? 0)
    const strangers = needs.contacts.filter(
      ({ uid, from }) => this.contactOf(byName, uid, from) !== ContactState.friend,
    )
    targets.push(...(await readIdentities(this.pool, strangers)))
    const evaluated = evaluate(tasks, {
      contact: (uid, peer) => this.contactOf(byName, uid, peer),
      states: byName,
      targets: new Map(targets.map((target) => [nameOf(target), target])),
      next: (uid) => {
        const seq = (next.get(uid) as number) + 1
        next.set(uid, seq)
        return seq
      },
      now: Date.now(),
    } satisfies Known)
    this.contacts.trim()
    return evaluated
  }

  private contactOf(states: ReadonlyMap<string, StoredState>, uid: number, peer: number): number {
    const known = this.contacts.get(uid, peer) ?? 0
    if (states.size === 0) return known
    return states.get(subjectName({ uid, topic: Topic.contact, subject: peer }))?.state ?? known
  }

  private async write(client: pg.PoolClient, owned: Ownership, evaluated: Evaluated): Promise<void> {
    const { batch, written } = evaluated
    const size = batch.messages.length + batch.changes.length
    if (size === 0) return
    const fresh = await commitBatch(client, owned.term, batch)
    if (fresh.size === written.length) return this.show(evaluated)
    await this.answerRepeated(written.filter(({ row }) => !fresh.has(row)))
    this.show({ ...evaluated, written: written.filter(({ row }) => fresh.has(row)) })
  }

  /** What was there already answers what it answered the first time, or that something else has its id. */
  private async answerRepeated(repeated: Evaluated["written"]): Promise<void> {
    const stored = await readIdentities(
      this.pool,
      repeated.map(({ row }) => row),
    )
    const byName = new Map(stored.map((one) => [nameOf(one), one]))
    this.options.points.repeated(repeated.length)
    for (const { row, result } of repeated) {
      const first = byName.get(nameOf(row))
      if (first === undefined) throw new Error(`cannot find the message ${nameOf(row)} that was there a moment ago`)
      const recalled = (first.flags & RECALLED) !== 0
      const sameText = recalled || row.body !== null || first.text === row.text
      const same = first.chat === row.chat && first.kind === row.kind && sameText
      Object.assign(
        result,
        same ? { outcome: Stored.repeated, seq: first.seq, at: first.at } : { outcome: Stored.sameId, seq: 0, at: 0 },
      )
    }
  }

  /** From here on readers see it. */
  private show(evaluated: Evaluated): void {
    const { written, changed, batch } = evaluated
    const bodies = new Map(batch.bodies.map(({ key, text }) => [Buffer.from(key).toString("hex"), text]))
    // Each user's messages are in the order of their numbers; so are the changes.
    if (changed.length === 0) for (const { row } of written) this.showMessage(row, bodies)
    else {
      const rows = [...written.map(({ row }) => row), ...changed].sort((a, b) => a.seq - b.seq)
      for (const row of rows) "topic" in row ? this.showChange(row) : this.showMessage(row, bodies)
    }
    this.options.onVisible(evaluated)
  }

  private showMessage(row: MessageRow, bodies: ReadonlyMap<string, string>): void {
    const text = row.body === null ? null : (bodies.get(Buffer.from(row.body).toString("hex")) ?? "")
    this.recent.commit(row.uid, text === null ? row : { ...row, text })
    if (row.ref !== 0) this.recent.blank(row.uid, row.ref, RECALLED)
  }

  private showChange(row: ChangeRow): void {
    this.recent.commit(row.uid, row)
    if (row.topic === Topic.contact) this.contacts.set(row.uid, row.subject, row.state)
  }

  private forget(): void {
    this.ownership = null
    this.recent.clear()
    this.contacts.clear()
    this.fail("its store is away")
  }

  private fail(why: string): void {
    for (const { reject } of this.waiting.splice(0)) reject(unavailable(`cannot store in SET ${this.set}: ${why}`))
    this.waitingRows = 0
  }
}
