import type { Socket } from "node:net"
import { ALL } from "../admit/admission.ts"
import type { Codec } from "../codec/index.ts"
import { readCall, readHeld, readNumber, writeFailure, writeNumber, writeReply } from "./call-frame.ts"
import type { Dispatcher } from "./dispatcher.ts"
import { RpcError } from "./errors.ts"
import { FrameError, KIND, MOST_HANDSHAKE_BYTES } from "./frame.ts"
import {
  challengeFrame,
  createNonce,
  type Hello,
  type Introduction,
  isProof,
  prove,
  readHello,
  readProof,
  refusalFrame,
  welcomeFrame,
} from "./handshake.ts"
import { Link } from "./link.ts"
import type { ReplyTo, ServerCall } from "./server-call.ts"
import type { ServerPoints } from "./server-points.ts"

export interface SessionLimits {
  /** Of a frame, in bytes. */
  mostFrameBytes: number
  /** Calls of one connection that are not answered yet. */
  mostInFlight: number
  /** Bytes a caller may leave untaken before nothing more is read from it. */
  pauseAtBytes: number
  /** Bytes a caller may leave untaken before its connection ends. */
  closeAtBytes: number
  /** How long a caller may take nothing while bytes wait for it. */
  stuckMs: number
  handshakeMs: number
}

/** What a session needs of its server. */
export interface SessionHost {
  limits: SessionLimits
  /** The token of a name; undefined for one that is not known. */
  tokenOf: (name: string) => string | undefined
  dispatcherOf: (service: string) => { dispatcher: Dispatcher; points: ServerPoints } | undefined
  points: ServerPoints
  closed: (session: Session, why: string) => void
  trouble: (session: Session, error: Error) => void
}

/** One caller's connection at the server: proves who it is, takes its calls, sends the answers. */
export class Session implements ReplyTo {
  peer: string
  readonly overNetwork = true
  ready = false
  private readonly link: Link
  private readonly host: SessionHost
  private dispatcher: Dispatcher | null = null
  private points: ServerPoints
  private readonly calls = new Map<number, ServerCall>()
  private lastId = 0
  private toldLevel = ALL
  private said: { introduction: Introduction; token: string | undefined } | null = null
  private handshakeTimer: NodeJS.Timeout | null
  private stuckTimer: NodeJS.Timeout | null = null
  private paused = false
  private leaving = false
  private closeWhy = "gone"

  constructor(socket: Socket, host: SessionHost) {
    this.host = host
    this.points = host.points
    this.peer = `${socket.remoteAddress}:${socket.remotePort}`
    this.link = new Link(socket, MOST_HANDSHAKE_BYTES, host.points, {
      frame: (kind, bytes, from, to) => this.frame(kind, bytes, from, to),
      closed: (error) => this.closed(error),
      drained: () => this.drained(),
    })
    this.handshakeTimer = setTimeout(
      () => this.refuse("unauthorized", "the handshake took too long", "timeout"),
      host.limits.handshakeMs,
    )
  }

  private frame(kind: number, bytes: Buffer, from: number, to: number): void {
    if (this.ready) this.take(kind, bytes, from, to)
    else if (kind === KIND.hello && this.said === null) this.hello(readHello(bytes, from, to))
    else if (kind === KIND.proof && this.said !== null) this.prove(readProof(bytes, from, to))
    else throw new FrameError("out_of_order", `cannot take a frame of kind ${kind} before the handshake is over`)
  }

  private hello({ service, name, nonce }: Hello): void {
    const introduction = { service, name, clientNonce: nonce, serverNonce: createNonce() }
    this.said = { introduction, token: this.host.tokenOf(name) }
    this.link.send(challengeFrame(introduction.serverNonce))
  }

  /** A name that is not known is told the same as a wrong token, after the same work. */
  private prove(proof: Uint8Array): void {
    const { introduction, token } = this.said as NonNullable<typeof this.said>
    const right = isProof(proof, "client", token ?? "none", introduction)
    if (token === undefined || !right) {
      this.refuse("unauthorized", "the name is not known here, or its token is another", "wrong_token")
      return
    }
    const found = this.host.dispatcherOf(introduction.service)
    if (found === undefined) {
      this.refuse(
        "unknown_service",
        `no service ${JSON.stringify(introduction.service)} answers here`,
        "unknown_service",
      )
      return
    }
    this.dispatcher = found.dispatcher
    this.points = found.points
    this.peer = introduction.name
    this.ready = true
    clearTimeout(this.handshakeTimer as NodeJS.Timeout)
    const { mostFrameBytes, mostInFlight } = this.host.limits
    this.link.reader.mostBytes = mostFrameBytes
    this.link.send(welcomeFrame({ proof: prove("server", token, introduction), mostInFlight, mostFrameBytes }))
    if (this.leaving) this.goaway()
  }

  private refuse(code: string, message: string, why: string): void {
    this.host.points.handshakeFailures.with({ why }).inc()
    this.closeWhy = "handshake"
    this.link.send(refusalFrame(code, message))
    this.link.finish()
  }

  private take(kind: number, bytes: Buffer, from: number, to: number): void {
    if (kind === KIND.call) this.call(bytes, from, to)
    else if (kind === KIND.cancel) this.cancel(readNumber(bytes, from, to))
    else if (kind === KIND.ping) {
      this.points.pings.inc()
      this.tellLevel(true)
      writeNumber(this.link.out, KIND.pong, readNumber(bytes, from, to))
      this.link.touch()
    } else if (kind === KIND.held) readHeld(bytes, from, to, (key, calls) => this.dispatcher?.heldBack(key, calls))
    else if (kind >= KIND.hello || kind <= KIND.failure) {
      throw new FrameError("unknown_kind", `cannot take a frame of kind ${kind} from a caller`)
    }
    // Other kinds are of newer callers, who know that an older server passes over them.
  }

  private call(bytes: Buffer, from: number, to: number): void {
    const { head, at } = readCall(bytes, from, to, performance.now())
    if (head.id <= this.lastId) {
      throw new FrameError(
        "out_of_order",
        `cannot take call ${head.id} after call ${this.lastId}: it was sent twice, or is forged`,
      )
    }
    this.lastId = head.id
    if (this.calls.size >= this.host.limits.mostInFlight) {
      throw new FrameError(
        "out_of_order",
        `cannot take call ${head.id}: more than ${this.calls.size} are not answered yet`,
      )
    }
    const call = (this.dispatcher as Dispatcher).submit(head, { bytes, from: at, end: to }, this)
    if (call !== null && call.state !== "over") this.calls.set(head.id, call)
  }

  private cancel(id: number): void {
    const call = this.calls.get(id)
    if (call !== undefined) this.dispatcher?.cancel(call, new RpcError("cancelled", "the caller took the call back"))
  }

  reply(call: ServerCall, codec: Codec, value: unknown): number {
    if (this.link.closed) {
      this.points.unsent.inc()
      return 0
    }
    const level = this.tellLevel(false)
    const before = this.link.out.length
    const size = writeReply(this.link.out, call.id, level, codec, value)
    const { mostFrameBytes } = this.host.limits
    if (size + 6 > mostFrameBytes) {
      this.link.out.rewind(before)
      throw new RpcError("too_large", `the reply has ${size} bytes, a frame takes ${mostFrameBytes}`)
    }
    this.sent()
    return size
  }

  fail(call: ServerCall, error: RpcError): void {
    if (this.link.closed) {
      this.points.unsent.inc()
      return
    }
    writeFailure(this.link.out, call.id, this.tellLevel(false), error)
    this.sent()
  }

  /**
   * The level stands in a frame of its own before the first answer after it changed, for it does not go into an answer's byte; that says only
   * whether the one told last holds still (1), or everything is let in (0).
   */
  private tellLevel(again: boolean): 0 | 1 {
    const level = (this.dispatcher as Dispatcher).level
    if (level !== this.toldLevel || (again && level !== ALL)) writeNumber(this.link.out, KIND.level, level)
    this.toldLevel = level
    return level === ALL ? 0 : 1
  }

  done(call: ServerCall): void {
    this.calls.delete(call.id)
    if (this.leaving && this.calls.size === 0) this.finishSoon()
  }

  /** A caller that does not take its replies is not read from; one that goes on not taking them is let go. */
  private sent(): void {
    this.link.touch()
    const { unsentBytes } = this.link
    const { pauseAtBytes, closeAtBytes, stuckMs } = this.host.limits
    if (unsentBytes < pauseAtBytes) return
    if (unsentBytes > closeAtBytes) this.drop("slow_reader", new Error(`${unsentBytes} bytes wait for the caller`))
    else if (!this.paused) {
      this.paused = true
      this.points.pauses.inc()
      this.link.socket.pause()
      this.stuckTimer = setTimeout(
        () => this.drop("slow_reader", new Error(`the caller took nothing for ${stuckMs} ms`)),
        stuckMs,
      )
    }
  }

  private drained(): void {
    if (!this.paused) return
    this.paused = false
    clearTimeout(this.stuckTimer as NodeJS.Timeout)
    this.link.socket.resume()
  }

  private drop(why: string, error: Error): void {
    this.closeWhy = why
    this.link.close(error)
  }

  /** Tells the caller to go elsewhere; what it has asked is answered still, and then the connection ends. */
  goaway(): void {
    this.leaving = true
    if (this.link.closed) return
    if (!this.ready) {
      this.close()
      return
    }
    writeNumber(this.link.out, KIND.goaway, 0)
    this.link.touch()
    if (this.calls.size === 0) this.finishSoon()
  }

  /** Calls that were on their way when the caller was told are answered too. */
  private finishSoon(): void {
    setTimeout(() => {
      if (this.calls.size === 0 && !this.link.closed) {
        this.closeWhy = "drained"
        this.link.finish()
      }
    }, 50)
  }

  close(): void {
    this.drop("stopped", new Error("the server stops"))
  }

  private closed(error: Error | null): void {
    clearTimeout(this.handshakeTimer as NodeJS.Timeout)
    clearTimeout(this.stuckTimer as NodeJS.Timeout)
    if (error instanceof FrameError) {
      this.closeWhy = "bad_frame"
      this.points.frameErrors.with({ why: error.why }).inc()
      if (!this.ready) this.points.handshakeFailures.with({ why: "bad_frame" }).inc()
      this.host.trouble(this, error)
    }
    const gone = new RpcError("cancelled", "the caller's connection ended")
    for (const call of [...this.calls.values()]) this.dispatcher?.cancel(call, gone)
    this.host.closed(this, this.closeWhy)
  }
}
