import { connect, type Socket } from "node:net"
import type { Timer } from "@ossagent/agent"
import { CodecError, decode } from "../codec/index.ts"
import { readFailure, readNumber, word, writeCall, writeHeld, writeNumber } from "./call-frame.ts"
import type { ClientPoints } from "./client-points.ts"
import { RpcError } from "./errors.ts"
import { FrameError, KIND, MOST_HANDSHAKE_BYTES } from "./frame.ts"
import {
  createNonce,
  helloFrame,
  type Introduction,
  isProof,
  proofFrame,
  prove,
  readChallenge,
  readRefusal,
  readWelcome,
} from "./handshake.ts"
import { Link } from "./link.ts"
import type { Pending } from "./pending.ts"
import { TargetLevel } from "./target-level.ts"

const REPLY_HEAD = 5
const MOST_UNANSWERED = 20
const LAST_ID = 0xffff_fff0

export interface LaneSettings {
  /** Between pings, in ms; a target that answers nothing for as long after one is left. */
  pingMs: number
  connectMs: number
  /** Wait before the first new try of a connection; doubles up to `mostBackoffMs`. */
  backoffMs: number
  mostBackoffMs: number
  /** Bytes waiting for the target at which no further call is given to this connection. */
  fullAtBytes: number
  mostFrameBytes: number
}

export interface LaneHost {
  service: string
  credential: { name: string; token: string }
  settings: LaneSettings
  points: ClientPoints
  /** Whether another target can be called: the last one is not left for being slow. */
  hasOther: (lane: Lane) => boolean
  /** Room has come: calls that wait may go. */
  room: () => void
  reply: (pending: Pending, value: unknown, sizeBytes: number) => void
  failed: (pending: Pending, error: RpcError) => void
  random: () => number
  trouble: (message: string) => void
}

/** One connection to one target: connects, proves, sends calls, watches the target's health, and comes back with patience. */
export class Lane {
  readonly address: string
  /** What the target lets in, as it told last. */
  readonly target = new TargetLevel()
  /** From a call's sending to its reply. */
  readonly duration: Timer
  private readonly host: LaneHost
  private link: Link | null = null
  private state: "down" | "connecting" | "up" | "leaving" | "stopped" = "down"
  private readonly calls = new Map<number, Pending>()
  private nextId = 1
  private mostInFlight = 0
  private backoffMs: number
  private wasEjected = false
  private timer: NodeJS.Timeout | null = null
  private pingTimer: NodeJS.Timeout | null = null
  private pingAt = 0
  /** Calls in a row whose deadline passed without any answer in between. */
  private unanswered = 0
  private pingDue = 0
  private said: Introduction | null = null
  private connectFrom = 0

  constructor(address: string, host: LaneHost) {
    this.address = address
    this.host = host
    this.backoffMs = host.settings.backoffMs
    this.duration = host.points.targetDuration.with({ target: address })
    this.open()
  }

  get up(): boolean {
    return this.state === "up"
  }

  get inFlight(): number {
    return this.calls.size
  }

  /** Whether it takes a further call now. */
  get free(): boolean {
    return (
      this.state === "up" &&
      this.calls.size < this.mostInFlight &&
      (this.link as Link).unsentBytes < this.host.settings.fullAtBytes
    )
  }

  private open(): void {
    this.state = "connecting"
    this.connectFrom = performance.now()
    const at = this.address.lastIndexOf(":")
    const socket: Socket = connect({ host: this.address.slice(0, at), port: Number(this.address.slice(at + 1)) })
    const link = new Link(socket, MOST_HANDSHAKE_BYTES, this.host.points, {
      frame: (kind, bytes, from, to) => this.frame(kind, bytes, from, to),
      closed: (error) => {
        if (this.link === link) this.closed(error)
      },
      drained: () => this.host.room(),
    })
    this.link = link
    const { service, credential, settings } = this.host
    this.timer = setTimeout(() => link.close(new Error("the target did not answer in time")), settings.connectMs)
    this.said = { service, name: credential.name, clientNonce: createNonce(), serverNonce: new Uint8Array(0) }
    link.send(helloFrame({ nonce: this.said.clientNonce, service, name: credential.name }))
  }

  private frame(kind: number, bytes: Buffer, from: number, to: number): void {
    if (this.state === "connecting") this.shake(kind, bytes, from, to)
    else if (kind === KIND.reply) this.reply(bytes, from, to)
    else if (kind === KIND.failure) this.failure(bytes, from, to)
    else if (kind === KIND.pong)
      this.host.points.ping.with({ target: this.address }).record(performance.now() - this.pingAt)
    else if (kind === KIND.level) this.target.hear(readNumber(bytes, from, to), performance.now())
    else if (kind === KIND.goaway) this.leave()
    else if (kind >= KIND.hello || kind === KIND.call)
      throw new FrameError("unknown_kind", `cannot take a frame of kind ${kind} from a target`)
  }

  private shake(kind: number, bytes: Buffer, from: number, to: number): void {
    const said = this.said as Introduction
    const { token } = this.host.credential
    if (kind === KIND.challenge && said.serverNonce.length === 0) {
      said.serverNonce = readChallenge(bytes, from, to)
      this.link?.send(proofFrame(prove("client", token, said)))
    } else if (kind === KIND.welcome && said.serverNonce.length > 0) {
      const welcome = readWelcome(bytes, from, to)
      if (!isProof(welcome.proof, "server", token, said)) {
        const why = `${this.address} does not know the token: it is not the service it claims to be`
        this.link?.close(new RpcError("unauthorized", why))
        return
      }
      this.welcomed(welcome.mostInFlight)
    } else if (kind === KIND.refusal) {
      const { code, message } = readRefusal(bytes, from, to)
      this.link?.close(new RpcError(code, `${this.address} refused the connection: ${message}`))
    } else throw new FrameError("out_of_order", `cannot take a frame of kind ${kind} during the handshake`)
  }

  private welcomed(mostInFlight: number): void {
    clearTimeout(this.timer as NodeJS.Timeout)
    this.state = "up"
    this.target.forget()
    this.nextId = 1
    this.unanswered = 0
    this.mostInFlight = mostInFlight
    const link = this.link as Link
    link.reader.mostBytes = this.host.settings.mostFrameBytes
    this.host.points.connect.with({ target: this.address }).record(performance.now() - this.connectFrom)
    if (this.wasEjected) this.host.points.readmissions.with({ target: this.address }).inc()
    this.wasEjected = false
    const { pingMs } = this.host.settings
    this.pingDue = performance.now() + pingMs
    this.pingTimer = setInterval(() => this.ping(link), pingMs)
    this.pingTimer.unref()
    this.host.room()
  }

  /** A ping every so often; nothing heard since the last one: the target stands still, or the way to it does. */
  private ping(link: Link): void {
    const now = performance.now()
    const { pingMs } = this.host.settings
    // We stood still ourselves: what the target has sent is still to be read.
    const stalled = now > this.pingDue + pingMs
    this.pingDue = now + pingMs
    if (!stalled && this.pingAt > 0 && link.heardAt < this.pingAt) {
      link.close(new Error(`the target answered nothing for ${Math.round(now - link.heardAt)} ms`))
      return
    }
    this.pingAt = now
    this.tellHeld(now)
    writeNumber(link.out, KIND.ping, 0)
    link.touch()
  }

  /** Whether the target would take a call of this key. */
  admits(key: number, now: number): boolean {
    return this.target.admits(key, now)
  }

  /** A call of this key was not sent, for it would be refused. */
  holdBack(key: number): void {
    this.target.holdBack(key)
  }

  get level(): number {
    return this.target.level
  }

  private tellHeld(now: number): void {
    const held = this.target.takeHeld(now)
    if (held !== null) writeHeld((this.link as Link).out, held)
  }

  /** Sends a call. Throws RpcError for a request that cannot be sent. */
  send(pending: Pending): void {
    const link = this.link as Link
    const now = performance.now()
    this.tellHeld(now)
    const id = this.nextId++
    const before = link.out.length
    let size: number
    const { method, priority, user, version } = pending
    try {
      const meta = { id, method: method.number, priority, user, remainingMs: pending.deadlineAt - now, version }
      size = writeCall(link.out, meta, method.request, pending.request)
    } catch (error) {
      if (error instanceof CodecError || error instanceof TypeError)
        throw new RpcError("bad_request", `${method.name}: ${error.message}`)
      throw error
    }
    if (size - 4 > this.host.settings.mostFrameBytes) {
      link.out.rewind(before)
      throw new RpcError(
        "too_large",
        `${method.name}: the request has ${size} bytes, a frame takes ${this.host.settings.mostFrameBytes}`,
      )
    }
    pending.points.requestSize.record(size)
    pending.lane = this
    pending.id = id
    pending.sentAt = now
    this.calls.set(id, pending)
    link.touch()
    if (id > LAST_ID) this.leave()
  }

  /** The answer is not wanted any more. */
  cancel(pending: Pending): void {
    if (!this.calls.delete(pending.id) || this.link === null || this.link.closed) return
    writeNumber(this.link.out, KIND.cancel, pending.id)
    this.link.touch()
    this.roomier()
  }

  private reply(bytes: Buffer, from: number, to: number): void {
    const pending = this.take(bytes, from, to)
    if (pending === undefined) return
    let value: unknown
    try {
      value = decode(pending.method.reply, bytes, from + REPLY_HEAD, to)
    } catch (error) {
      this.host.failed(pending, new RpcError("bad_reply", `${pending.method.name}: ${(error as Error).message}`))
      return
    }
    this.host.reply(pending, value, to - from - REPLY_HEAD)
  }

  private failure(bytes: Buffer, from: number, to: number): void {
    const pending = this.take(bytes, from, to)
    if (pending !== undefined) this.host.failed(pending, readFailure(bytes, from + REPLY_HEAD, to))
  }

  private take(bytes: Buffer, from: number, to: number): Pending | undefined {
    if (to - from < REPLY_HEAD) throw new FrameError("malformed", "cannot read a reply: its head is cut short")
    const id = word(bytes, from)
    this.target.confirm(bytes[from + 4] !== 0, performance.now())
    const pending = this.calls.get(id)
    if (pending === undefined) {
      this.host.points.late.inc()
      return undefined
    }
    this.calls.delete(id)
    this.settled()
    return pending
  }

  /** A call's deadline passed here. Where none at all is answered any more, the target hangs though its pings are answered. */
  missed(pending: Pending): void {
    this.cancel(pending)
    if (++this.unanswered >= MOST_UNANSWERED && this.state === "up" && this.host.hasOther(this)) {
      this.link?.close(new Error(`the target answered none of ${this.unanswered} calls before their deadlines`))
    }
  }

  private settled(): void {
    this.backoffMs = this.host.settings.backoffMs
    this.unanswered = 0
    this.roomier()
  }

  private roomier(): void {
    if (this.state === "leaving" && this.calls.size === 0) this.link?.finish()
    else if (this.state === "up") this.host.room()
  }

  /** The target is about to stop: what was asked of it is waited for, and nothing more is asked. */
  private leave(): void {
    if (this.state !== "up") return
    this.host.points.goaways.with({ target: this.address }).inc()
    this.state = "leaving"
    if (this.calls.size === 0) this.link?.finish()
  }

  private closed(error: Error | null): void {
    clearTimeout(this.timer as NodeJS.Timeout)
    clearInterval(this.pingTimer as NodeJS.Timeout)
    const before = this.state
    this.pingAt = 0
    this.link = null
    if (before === "stopped") return
    this.state = "down"
    const { points, trouble } = this.host
    const why = error?.message ?? "it ended the connection"
    if (error instanceof FrameError) points.frameErrors.with({ why: error.why }).inc()
    if (before === "connecting") {
      points.connectFailures.with({ target: this.address, why: reasonOf(error) }).inc()
      trouble(`cannot reach ${this.host.service} at ${this.address}: ${why}`)
    } else if (before === "up") {
      points.ejections.with({ target: this.address }).inc()
      trouble(`lost ${this.host.service} at ${this.address}: ${why}`)
    }
    this.wasEjected ||= before === "up" || before === "leaving"
    this.again()
    const lost = [...this.calls.values()]
    this.calls.clear()
    for (const pending of lost) {
      const retry = pending.method.idempotent
      this.host.failed(
        pending,
        new RpcError("connection_lost", `${pending.method.name} at ${this.address} may have run or not: ${why}`, {
          retry,
        }),
      )
    }
  }

  /** Waits longer each time, half of it by chance, so that callers do not come back all at once. */
  private again(): void {
    const waitMs = this.backoffMs * (0.5 + this.host.random() / 2)
    this.backoffMs = Math.min(this.host.settings.mostBackoffMs, this.backoffMs * 2)
    this.timer = setTimeout(() => this.open(), waitMs)
    this.timer.unref()
  }

  stop(): void {
    const { link } = this
    this.state = "stopped"
    clearTimeout(this.timer as NodeJS.Timeout)
    clearInterval(this.pingTimer as NodeJS.Timeout)
    const left = [...this.calls.values()]
    this.calls.clear()
    link?.finish()
    for (const pending of left) this.host.failed(pending, new RpcError("stopped", "this client was stopped"))
  }
}

function reasonOf(error: Error | null): string {
  if (error instanceof RpcError) return error.code
  if (error instanceof FrameError) return `frame ${error.why}`
  return (error as NodeJS.ErrnoException | null)?.code ?? "other"
}
