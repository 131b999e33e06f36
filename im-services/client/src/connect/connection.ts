import { type Codec, decode, encode, type Method } from "@ossagent/svrkit/codec"
import type { Clock } from "../clock.ts"
import { ChatError } from "../error.ts"
import type { Repeats } from "../guard/repeats.ts"
import type { Traffic } from "../guard/traffic.ts"
import {
  CHAT_METHODS,
  COMMAND,
  type Command,
  decodeCommand,
  decodeFailure,
  type Frame,
  NOTIFY,
  REFUSED,
  REPLY,
  toFrame,
} from "../protocol/index.ts"
import type { Link, Transport } from "../transport/transport.ts"

/** A reply is waited for longer than the service takes at most, for the network's sake. */
const NETWORK_MS = 5_000

export interface ConnectionEvents {
  notify(): void
  command(command: Command): void
  /** Once. `refusal`: what the service said before it ended the connection. */
  closed(why: string, refusal: ChatError | null): void
}

interface Asked {
  codec: Codec
  resolve: (reply: never) => void
  reject: (error: ChatError) => void
  stopTimer: () => void
}

export interface ConnectionParts {
  transport: Transport
  clock: Clock
  repeats: Repeats
  traffic: Traffic
}

/** One connection to access: requests and their replies by number, and what is pushed. */
export class Connection {
  readonly address: string
  closed = false
  /** When bytes last went out or came in, Unix ms. */
  activeAt: number
  private events: ConnectionEvents | null = null
  private link: Link | null = null
  private readonly parts: ConnectionParts
  private readonly asked = new Map<number, Asked>()
  private nextId = 1
  /** What the service said before it ended the connection. */
  refusal: ChatError | null = null
  private why = ""

  private constructor(address: string, parts: ConnectionParts) {
    this.address = address
    this.parts = parts
    this.activeAt = parts.clock.now()
  }

  static async open(address: string, parts: ConnectionParts, signal: AbortSignal): Promise<Connection> {
    const connection = new Connection(address, parts)
    const events = {
      frame: (frame: Frame, size: number) => connection.take(frame, size),
      closed: (why: string) => connection.ended(why),
    }
    connection.link = await parts.transport.connect(address, events, signal)
    return connection
  }

  /** What happens from now on; where it ended before, that is told at once. */
  listen(events: ConnectionEvents): void {
    this.events = events
    if (this.closed) events.closed(this.why, this.refusal)
  }

  /** Asks, and waits for the reply. Rejects with ChatError. */
  ask<Q, QI, R, RI>(method: Method<Q, QI, R, RI>, request: QI): Promise<R> {
    const { clock, repeats, traffic, transport } = this.parts
    const body = encode(method.request, request)
    const now = clock.now()
    const repeatMs = method.number === CHAT_METHODS.heartbeat.number ? 0 : repeats.take(method.number, body, now)
    if (repeatMs > 0) return Promise.reject(new ChatError("repeated", `cannot ask ${method.name} again`, repeatMs))
    const trafficMs = traffic.waitMs(now)
    if (trafficMs > 0) return Promise.reject(new ChatError("traffic", "cannot use the network now", trafficMs))
    if (this.closed) return Promise.reject(new ChatError("offline", "the connection ended"))
    const id = this.nextId
    this.nextId = this.nextId >= 2 ** 31 ? 1 : this.nextId + 1
    return new Promise<R>((resolve, reject) => {
      const stopTimer = clock.after(method.timeoutMs + NETWORK_MS, () => {
        this.asked.delete(id)
        reject(new ChatError("timeout", `no answer to ${method.name}`))
      })
      this.asked.set(id, { codec: method.reply as Codec, resolve: resolve as Asked["resolve"], reject, stopTimer })
      const frame = toFrame(method.number, id, body, transport.withLength)
      this.activeAt = now
      traffic.add(frame.length, now)
      this.link?.send(frame)
    })
  }

  close(): void {
    this.link?.close()
  }

  private take(frame: Frame, size: number): void {
    const now = this.parts.clock.now()
    this.activeAt = now
    this.parts.traffic.add(size, now)
    if (frame.op === NOTIFY) this.events?.notify()
    else if (frame.op === COMMAND) this.events?.command(decodeCommand(frame.body))
    else if (frame.op === REPLY || frame.op === REFUSED) this.answer(frame)
  }

  private answer({ op, id, body }: Frame): void {
    const asked = this.asked.get(id)
    if (op === REFUSED) {
      const { code, message, retryAfterMs } = decodeFailure(body)
      const error = new ChatError(code, message, retryAfterMs)
      if (id === 0) this.refusal = error
      else this.finish(id)?.reject(error)
    } else if (asked !== undefined) {
      try {
        // The body shares memory with what came after it: what is kept must not keep that.
        this.finish(id)?.resolve(decode(asked.codec, body.slice()) as never)
      } catch (error) {
        asked.reject(new ChatError("bad_request", `cannot read the answer: ${(error as Error).message}`))
      }
    }
  }

  private finish(id: number): Asked | undefined {
    const asked = this.asked.get(id)
    this.asked.delete(id)
    asked?.stopTimer()
    return asked
  }

  private ended(why: string): void {
    if (this.closed) return
    this.closed = true
    this.why = why
    for (const id of [...this.asked.keys()]) this.finish(id)?.reject(new ChatError("offline", "the connection ended"))
    this.events?.closed(why, this.refusal)
  }
}
