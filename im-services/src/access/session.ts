import {
  CHAT_METHODS,
  COMMAND,
  type CommandInit,
  decodeObeyedRequest,
  decodeSyncRequest,
  encodeCommand,
  type Frame,
  MOST_BYTES_KNOWN,
  NOTIFY,
  REFUSED,
  REPLY,
  toFrame,
  toKinds,
  toSyncKey,
  trySyncKey,
} from "@ossagent/im-client/protocol"
import { type CallOptions, toUserPriority } from "@ossagent/svrkit/rpc"
import { type Bucket, takeToken } from "../bucket.ts"
import type { PageReply } from "../mailbox/generated/mailbox.codec.ts"
import type { Generation } from "./adapt/generation.ts"
import type { UserEvent } from "./events.ts"
import { type Refusal, toFailure, toRefusal } from "./failure.ts"
import type { AccessHost } from "./host.ts"
import { toHash } from "./meter/hash.ts"
import type { Meter } from "./meter/meter.ts"
import { countDelivery, countObeyed, type VersionPoints } from "./points.ts"
import type { Asker, Route } from "./route.ts"
import { ROUTES } from "./routes.ts"
import { toSigned } from "./throttle/sign.ts"
import type { Turning } from "./wheel.ts"
import type { Wire, WireEvents } from "./wire.ts"

const { hello: HELLO, login: LOGIN, register: REGISTER, heartbeat: HEARTBEAT, sync: SYNC } = CHAT_METHODS
const OBEYED = CHAT_METHODS.obeyed
/** Waits for somebody else: the time that it takes is no time of ours. */
const SHAKE = CHAT_METHODS.shake
const NAMES = new Map<number, string>(Object.entries(CHAT_METHODS).map(([name, { number }]) => [number, name]))
const NONE_OFF: ReadonlySet<string> = new Set()
const NOTHING = new Uint8Array(0)
const NEW = Uint8Array.of(1)
/** The same for everybody: with its length, and without. */
const NOTIFIES = { tcp: toFrame(NOTIFY, 0, NEW, true), ws: toFrame(NOTIFY, 0, NEW, false) }
/** Out of Node's pool: bytes of its own for a small frame cost more than all else of it. */
const allocate = (size: number): Uint8Array => Buffer.allocUnsafe(size)
/** Requests of one connection that are not answered; a page counts as 16. */
const MOST_IN_FLIGHT = 64
const PAGE_WEIGHT = 16
/** Bytes that a client may leave untaken before it is not read from. */
const SLOW_AT_BYTES = 256 * 1024
/** Hello, Login and Register of one connection. */
const MOST_ENTRIES = 10
/** A client's clock is believed this far. */
const PLAUSIBLE_MS = 60_000

/** Why a session reads nothing. */
const ASKED = 1
const BUSY = 2
const SLOW = 4
const FLOOD = 8

/** One client's connection: who it is, what it asked, whether something is new for it. Holds no queue. */
export class Session implements WireEvents, Turning, Asker, Bucket {
  readonly wire: Wire
  uid = 0
  device = 0
  state: "new" | "in" | "over" = "new"
  points: VersionPoints
  /** What the client has, by its last key or the page that it was sent. */
  epoch = 0
  seq = 0
  /** Newest number that was told of while the client could not be told. */
  newest = 0
  /** When the client was told that something is new and has not asked since, Unix ms; 0: it was not. */
  notifiedAt = 0
  onlineAt = 0
  /** Turn of the wheel in which bytes last came. */
  heardTurn: number
  slowTurn = 0
  leftTurn = 0
  sibling: Session | null = null
  /** What its commands are signed with; empty: nothing. */
  commandKey: Uint8Array = NOTHING
  private commandNumber = 0
  /** Since when it is to be gone, Unix ms; 0: it may stay. */
  heldAt = 0
  /** Null: nobody counts what it does. */
  meter: Meter | null = null
  /** What its client can show. */
  generation: Generation = 3
  /** Requests that its version may not make. */
  off: ReadonlySet<string> = NONE_OFF
  slot = -1
  at = -1
  tokens: number
  filledAt: number
  private readonly host: AccessHost
  private waitsFor = 0
  private inFlight = 0
  private syncs = 0
  private entries = 0
  private out: Uint8Array[] | null = null

  constructor(wire: Wire, host: AccessHost) {
    this.wire = wire
    this.host = host
    this.points = host.points.nobody
    this.points[wire.transport]++
    this.heardTurn = host.wheel.turn
    this.tokens = host.burst
    this.filledAt = host.now()
  }

  heard(sizeBytes: number): void {
    this.heardTurn = this.host.wheel.turn
    this.points.bytesIn.inc(sizeBytes)
  }

  take(frame: Frame): boolean {
    if (this.state === "over") return false
    this.points.framesIn.inc()
    if (frame.op > 63) this.bad(`cannot take a frame of op ${frame.op} from a client`, "bad_request")
    else if (this.state === "new") this.enter(frame)
    else this.request(frame)
    return this.waitsFor === 0 && (this.state as string) !== "over"
  }

  bad(why: string, code: "bad_request" | "too_large"): void {
    this.end({ code, message: why })
  }

  private enter(frame: Frame): void {
    if (frame.op !== HELLO.number && frame.op !== LOGIN.number && frame.op !== REGISTER.number) {
      this.end({ code: "not_logged_in", message: "cannot take a request before Hello, Login or Register" })
    } else if (++this.entries > MOST_ENTRIES) {
      this.end({ code: "slow_down", message: "cannot take further tries on this connection", retryAfterMs: 5_000 })
    } else {
      this.wait(ASKED)
      void this.host.enter(this, frame).then(() => this.goOn(ASKED))
    }
  }

  private request(frame: Frame): void {
    const { op, id, body } = frame
    const waitMs = takeToken(this, this.host.perSec, this.host.burst, this.host.now())
    if (waitMs > 0) {
      this.refuse(id, { code: "slow_down", message: "too many requests on this connection", retryAfterMs: 1_000 })
      this.wait(FLOOD)
      this.host.flooding.add(this)
    } else if (this.heldAt > 0 && op !== OBEYED.number) {
      this.refuse(id, { code: "throttled", message: "cannot serve you: this device is to stay off the network" })
    } else if (this.off.size > 0 && this.off.has(NAMES.get(op) ?? "")) {
      this.count(body.length)
      this.refuse(id, {
        code: "feature_off",
        message: `cannot do ${NAMES.get(op)}: it is switched off for your version`,
      })
    } else if (op === OBEYED.number) this.obeyed(id, body)
    else if (op === HEARTBEAT.number) {
      this.count(body.length)
      this.reply(id, NOTHING)
      this.host.watches.compareSoon(this)
    } else if (op === SYNC.number) void this.sync(id, body)
    else {
      const route = ROUTES.get(op)
      if (route !== undefined) void this.run(route, frame)
      else if (op >= HELLO.number && op <= REGISTER.number)
        this.refuse(id, { code: "bad_request", message: "cannot log in a second time on one connection" })
      else this.refuse(id, { code: "unknown_op", message: `cannot do request ${op}: this server does not know it` })
    }
  }

  private async run(route: Route, { op, id, body }: Frame): Promise<void> {
    const from = performance.now()
    this.begin(1)
    this.count(body.length)
    try {
      const reply = await route(this.host.backends, this, body)
      if (this.meter !== null) this.host.metering?.weighed(this.meter, reply.length)
      this.reply(id, reply)
    } catch (error) {
      this.fail(id, error)
    }
    if (op !== SHAKE.number) this.points.access.record(performance.now() - from)
    this.done(1)
  }

  /** Nothing is told while a page is under way; what is newer than the page is told after it. */
  private async sync(id: number, body: Uint8Array): Promise<void> {
    const from = performance.now()
    this.begin(PAGE_WEIGHT)
    this.syncs++
    const { notifiedAt } = this
    this.setNotified(0)
    try {
      const { key, mostBytes } = decodeSyncRequest(body)
      this.setKey(key)
      const { uid, device, options } = this
      const asked = { ...options, priority: SYNC.priority }
      const page = await this.host.backends.mailbox.clientOf(uid).sync({ uid, device, key, mostBytes }, asked)
      if (this.meter !== null) this.host.metering?.paged(this.meter, page.seq, body.length + page.page.length)
      this.reply(id, this.generation === 3 ? page.page : await this.fit(page.page))
      this.points.access.record(performance.now() - from)
      this.given(page, notifiedAt)
    } catch (error) {
      this.count(body.length)
      this.fail(id, error)
    }
    this.syncs--
    this.done(PAGE_WEIGHT)
    if (this.newest > this.seq) this.notify(this.newest, 0)
    this.newest = 0
  }

  /** Takes the key that the client asked with for what it has. */
  setKey(key: Uint8Array): void {
    const { epoch, seq } = trySyncKey(key) ?? { epoch: 0, seq: 0 }
    this.epoch = epoch
    this.seq = seq
  }

  get key(): Uint8Array {
    return this.seq === 0 && this.epoch === 0 ? NOTHING : toSyncKey(this)
  }

  private given({ seq, oldestAt, messages }: PageReply, notifiedAt: number): void {
    this.seq = seq
    const now = Date.now()
    if (notifiedAt > 0) this.points.synced.record(now - notifiedAt)
    // What was taken before this client came waited for the client, and not for us.
    if (messages > 0 && oldestAt >= this.onlineAt) countDelivery(this.points, Math.max(0, now - oldestAt), messages)
  }

  get options(): CallOptions {
    return { version: this.points.version, user: toUserPriority(this.uid, this.host.now()) }
  }

  sent(at: number): void {
    const tookMs = Date.now() - at
    if (tookMs >= 0 && tookMs < PLAUSIBLE_MS) this.points.clientAccess.record(tookMs)
  }

  said(chat: number, text: string): void {
    if (this.meter !== null) this.host.metering?.said(this.meter, toHash(chat, text))
  }

  fit(page: Uint8Array): Uint8Array | Promise<Uint8Array> {
    if (this.generation === 3) return page
    this.host.points.adapted.with({ generation: String(this.generation) }).inc()
    return this.host.adapt(page, this)
  }

  did(event: UserEvent, request: unknown): void {
    this.host.tellEvent(event, this, request)
  }

  /** A request of its own accord. */
  private count(sizeBytes: number): void {
    if (this.meter !== null) this.host.metering?.asked(this.meter, sizeBytes)
  }

  private obeyed(id: number, body: Uint8Array): void {
    this.count(body.length)
    try {
      countObeyed(this.host.points, this.version, decodeObeyedRequest(body))
      this.reply(id, NOTHING)
    } catch (error) {
      this.fail(id, error)
    }
  }

  /** Of the client, as it is counted. */
  get version(): string {
    return this.points.version
  }

  /** It has asked and was not answered yet. */
  get busy(): boolean {
    return this.inFlight > 0 || (this.waitsFor & ASKED) !== 0
  }

  /** Tells the client that something is new, once until it asks. `committedAt`: Unix ms, 0: not known. */
  notify(seq: number, committedAt: number): void {
    if (this.state !== "in") return
    if ((this.waitsFor & ASKED) !== 0 || this.syncs > 0) this.newest = Math.max(this.newest, seq)
    else if (this.notifiedAt === 0) {
      this.send(NOTIFIES[this.wire.transport])
      this.points.notifies.inc()
      this.setNotified(Date.now())
      if (committedAt > 0) this.points.notify.record(Math.max(0, this.notifiedAt - committedAt))
    }
  }

  /** The client was told long ago and has not asked: it is told again. */
  notifyAgain(): void {
    this.setNotified(0)
    this.notify(this.newest, 0)
  }

  private setNotified(at: number): void {
    if (at > 0) this.host.dirty.add(this)
    else if (this.notifiedAt > 0) this.host.dirty.delete(this)
    this.notifiedAt = at
  }

  /** Asked too much a while ago, and is read again. */
  calm(): void {
    this.goOn(FLOOD)
  }

  /** Signed for the device as soon as it has a key. */
  command(command: CommandInit): void {
    const now = this.host.now()
    this.commandNumber = Math.max(now, this.commandNumber + 1)
    const signed = this.commandKey.length > 0
    const bytes = signed ? toSigned(command, this, { number: this.commandNumber, now }) : encodeCommand(command)
    for (const kind of toKinds(command)) this.host.points.commandSent.with({ version: this.version, kind }).inc()
    this.send(toFrame(COMMAND, 0, bytes, this.wire.withLength))
  }

  reply(id: number, body: Uint8Array): void {
    this.send(toFrame(REPLY, id, body, this.wire.withLength, allocate))
  }

  refuse(id: number, why: Refusal): void {
    this.host.points.refused.with({ reason: why.code }).inc()
    this.send(toFrame(REFUSED, id, toFailure(why), this.wire.withLength))
  }

  fail(id: number, error: unknown): void {
    const why = toRefusal(error)
    if (why.fault) this.host.fault(error)
    this.refuse(id, why)
  }

  /** Says why, then ends the connection. */
  end(why: Refusal): void {
    if (this.state === "over") return
    this.refuse(0, why)
    this.leave(why.code)
  }

  /** Ends the connection when what was written has gone out, at the latest with the next turns of the wheel. */
  leave(why: string): void {
    if (this.state === "over") return
    this.flush()
    this.close(why)
    this.wire.end()
    this.leftTurn = this.host.wheel.turn + 1
    this.host.leaving.add(this)
  }

  /** Known from here on: who it is, and that it may send larger frames. */
  enterAs(uid: number, device: number, version: string): void {
    const { transport } = this.wire
    this.points[transport]--
    this.points = this.host.points.of(version)
    this.points[transport]++
    this.uid = uid
    this.device = device
    this.generation = this.host.generationOf(version)
    this.state = "in"
    this.onlineAt = Date.now()
    this.wire.mostBytes = MOST_BYTES_KNOWN
  }

  private begin(weight: number): void {
    this.inFlight += weight
    if (this.inFlight >= MOST_IN_FLIGHT) this.wait(BUSY)
  }

  private done(weight: number): void {
    this.inFlight -= weight
    if (this.inFlight < MOST_IN_FLIGHT) this.goOn(BUSY)
  }

  private wait(why: number): void {
    if (this.waitsFor === 0) this.wire.pause()
    this.waitsFor |= why
  }

  /** That reason is over; reads on when there is no other. */
  private goOn(why: number): void {
    if ((this.waitsFor & why) === 0) return
    this.waitsFor &= ~why
    if (this.waitsFor === 0 && this.state !== "over") this.wire.resume()
  }

  /** What is written within one turn of the event loop goes out in one piece. */
  private send(frame: Uint8Array): void {
    if (this.state === "over") return
    this.points.framesOut.inc()
    if (this.out !== null) this.out.push(frame)
    else {
      this.out = [frame]
      this.host.flushSoon(this)
    }
  }

  flush(): void {
    const { out } = this
    if (out === null) return
    this.out = null
    let size = 0
    for (const { length } of out) size += length
    this.points.bytesOut.inc(size)
    this.wire.write(out)
    if (this.wire.unwritten < SLOW_AT_BYTES || (this.waitsFor & SLOW) !== 0) return
    this.wait(SLOW)
    this.slowTurn = this.host.wheel.turn
    this.host.slow.add(this)
    this.host.points.slowClients.inc()
  }

  drained(): void {
    if ((this.waitsFor & SLOW) === 0) return
    this.host.slow.delete(this)
    this.goOn(SLOW)
  }

  /** The connection has ended by itself. */
  closed(): void {
    this.host.leaving.delete(this)
    this.close("gone")
  }

  private close(why: string): void {
    if (this.state === "over") return
    const known = this.state === "in"
    this.state = "over"
    this.out = null
    this.points[this.wire.transport]--
    this.setNotified(0)
    this.host.closed(this, known, why)
  }
}
