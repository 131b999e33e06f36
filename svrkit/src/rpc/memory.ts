import type { Timer } from "@ossagent/agent"
import { type Codec, CodecError, decode, encode } from "../codec/index.ts"
import type { Dispatcher } from "./dispatcher.ts"
import { RpcError } from "./errors.ts"
import type { LaneHost } from "./lane.ts"
import type { Pending } from "./pending.ts"
import type { ReplyTo, ServerCall } from "./server-call.ts"

interface MemoryCall {
  pending: Pending
  id: number
  bytes: Uint8Array
  call: ServerCall | null
}

const NEXT = Promise.resolve()

/**
 * The way to a service in the same process: no socket and no frame, but the same codec, queue, deadline and points. What one side holds
 * the other never sees change, and a service behaves alike mixed and apart.
 */
export class MemoryLane implements ReplyTo {
  readonly address = "memory"
  readonly peer = "memory"
  readonly level = 0
  up = true
  readonly duration: Timer
  private readonly find: () => Dispatcher | undefined
  private readonly host: LaneHost
  private readonly calls = new Map<number, MemoryCall>()
  /** Handed over with the next microtask. */
  private due: MemoryCall[] = []
  private nextId = 1

  /** `find` answers the service as soon as it is there. */
  constructor(find: () => Dispatcher | undefined, host: LaneHost) {
    this.find = find
    this.host = host
    this.duration = host.points.targetDuration.with({ target: this.address })
  }

  get free(): boolean {
    return this.up
  }

  get inFlight(): number {
    return this.calls.size
  }

  /** Throws RpcError for a request that cannot be written. */
  send(pending: Pending): void {
    const bytes = encodeRequest(pending)
    const id = this.nextId++
    pending.points.requestSize.record(bytes.length)
    pending.lane = this
    pending.id = id
    pending.sentAt = performance.now()
    const entry: MemoryCall = { pending, id, bytes, call: null }
    this.calls.set(id, entry)
    // Not queueMicrotask: that makes a resource for asynchronous hooks each time.
    if (this.due.push(entry) === 1) void NEXT.then(this.handOver)
  }

  private readonly handOver = (): void => {
    const { due } = this
    this.due = []
    for (const entry of due) if (this.calls.has(entry.id)) this.submit(entry)
  }

  private submit(entry: MemoryCall): void {
    const { pending, id, bytes } = entry
    const { method, priority, user, version, deadlineAt } = pending
    const head = { id, method: method.number, priority, user, deadlineAt, version }
    const dispatcher = this.find()
    if (dispatcher !== undefined) entry.call = dispatcher.submit(head, { bytes, from: 0, end: bytes.length }, this)
    else {
      this.calls.delete(id)
      this.host.failed(pending, new RpcError("unavailable", `${this.host.service} has not started yet`))
    }
  }

  cancel(pending: Pending): void {
    const entry = this.calls.get(pending.id)
    this.calls.delete(pending.id)
    if (entry?.call) this.find()?.cancel(entry.call, new RpcError("cancelled", "the caller took the call back"))
  }

  missed(pending: Pending): void {
    this.cancel(pending)
  }

  reply(call: ServerCall, codec: Codec, value: unknown): number {
    const bytes = encode(codec, value)
    const entry = this.calls.get(call.id)
    this.calls.delete(call.id)
    if (entry !== undefined) this.host.reply(entry.pending, decode(codec, bytes), bytes.length)
    return bytes.length
  }

  fail(call: ServerCall, error: RpcError): void {
    const entry = this.calls.get(call.id)
    this.calls.delete(call.id)
    if (entry !== undefined) this.host.failed(entry.pending, error)
  }

  done(): void {}

  stop(): void {
    this.up = false
  }
}

function encodeRequest({ method, request }: Pending): Uint8Array {
  try {
    return encode(method.request, request)
  } catch (error) {
    if (error instanceof CodecError || error instanceof TypeError) {
      throw new RpcError("bad_request", `${method.name}: ${error.message}`)
    }
    throw error
  }
}
