import type { Timer } from "@ossagent/agent"
import { ALL } from "../admit/admission.ts"
import { type Codec, CodecError, decode, encode } from "../codec/index.ts"
import type { Dispatcher } from "./dispatcher.ts"
import { RpcError } from "./errors.ts"
import type { LaneHost } from "./lane.ts"
import type { Pending } from "./pending.ts"
import type { ReplyTo, ServerCall } from "./server-call.ts"

/** One try of a call, and where its answer goes. */
export class MemoryCall implements ReplyTo {
  readonly peer = "memory"
  readonly overNetwork = false
  readonly pending: Pending
  readonly bytes: Uint8Array
  call: ServerCall | null = null
  private readonly lane: MemoryLane
  private open = true

  constructor(pending: Pending, bytes: Uint8Array, lane: MemoryLane) {
    this.pending = pending
    this.bytes = bytes
    this.lane = lane
    lane.inFlight++
  }

  /** False where it was closed already: nobody waits for an answer. */
  close(): boolean {
    const { open } = this
    if (open) this.lane.inFlight--
    this.open = false
    return open
  }

  get isOpen(): boolean {
    return this.open
  }

  reply(_call: ServerCall, codec: Codec, value: unknown): number {
    const bytes = encode(codec, value)
    if (this.close()) this.lane.host.reply(this.pending, decode(codec, bytes), bytes.length)
    return bytes.length
  }

  fail(_call: ServerCall, error: RpcError): void {
    if (this.close()) this.lane.host.failed(this.pending, error)
  }

  done(): void {}
}

const NEXT = Promise.resolve()

/**
 * The way to a service in the same process: no socket and no frame, but the same codec, queue, deadline and points. What one side holds
 * the other never sees change, and a service behaves alike mixed and apart.
 */
export class MemoryLane {
  readonly address = "memory"
  up = true
  inFlight = 0
  readonly duration: Timer
  readonly host: LaneHost
  private readonly find: () => Dispatcher | undefined
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

  get level(): number {
    return this.find()?.level ?? ALL
  }

  admits(key: number): boolean {
    return key <= this.level
  }

  holdBack(key: number): void {
    this.find()?.heldBack(key, 1)
  }

  /** Throws RpcError for a request that cannot be written. */
  send(pending: Pending): void {
    const bytes = encodeRequest(pending)
    pending.points.requestSize.record(bytes.length)
    pending.lane = this
    pending.id = this.nextId++
    pending.sentAt = performance.now()
    const entry = new MemoryCall(pending, bytes, this)
    pending.inMemory = entry
    // Not queueMicrotask: that makes a resource for asynchronous hooks each time.
    if (this.due.push(entry) === 1) void NEXT.then(this.handOver)
  }

  private readonly handOver = (): void => {
    const { due } = this
    this.due = []
    for (const entry of due) if (entry.isOpen) this.submit(entry)
  }

  private submit(entry: MemoryCall): void {
    const { pending, bytes } = entry
    const { id, method, priority, user, version, deadlineAt } = pending
    const head = { id, method: method.number, priority, user, deadlineAt, version }
    const dispatcher = this.find()
    if (dispatcher !== undefined) entry.call = dispatcher.submit(head, { bytes, from: 0, end: bytes.length }, entry)
    else if (entry.close())
      this.host.failed(pending, new RpcError("unavailable", `${this.host.service} has not started yet`))
  }

  cancel({ inMemory: entry }: Pending): void {
    if (entry === null || !entry.close()) return
    if (entry.call !== null) this.find()?.cancel(entry.call, new RpcError("cancelled", "the caller took the call back"))
  }

  missed(pending: Pending): void {
    this.cancel(pending)
  }

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
