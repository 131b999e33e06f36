import type { Codec, Method } from "../codec/index.ts"
import type { RpcError } from "./errors.ts"
import type { MethodPoints } from "./server-points.ts"

/** Where a call's answer goes. */
export interface ReplyTo {
  /** Who calls, for logs. */
  peer: string
  /** Its calls come through a socket, and wait there while the event loop is busy. */
  overNetwork: boolean
  /** Answers the bytes of the reply; throws CodecError for a value that cannot be written. */
  reply: (call: ServerCall, codec: Codec, value: unknown) => number
  fail: (call: ServerCall, error: RpcError) => void
  /** The call is over, however it ended. */
  done: (call: ServerCall) => void
}

/** What came with a call. */
export interface CallHead {
  id: number
  method: number
  /** Business priority as the caller had it, 0 the most important. */
  priority: number
  /** Of the user on whose behalf the call is, 0 the most important. */
  user: number
  /** On the monotonic clock. */
  deadlineAt: number
  /** Version of the client at the beginning of the calls; empty when not said. */
  version: string
}

/** A call at the side that answers it: given to its function beside the request, and handed on with calls made on its behalf. */
export class ServerCall {
  readonly id: number
  readonly priority: number
  readonly user: number
  readonly deadlineAt: number
  readonly version: string
  readonly to: ReplyTo
  readonly arrivedAt: number
  readonly entry: Entry
  readonly points: MethodPoints
  readonly bytes: Uint8Array
  readonly from: number
  readonly end: number
  state: "waiting" | "running" | "over" = "waiting"
  /** Told when its function first asks for the signal. */
  onWatch: ((call: ServerCall) => void) | null = null
  private controller: AbortController | null = null
  /** Most calls have one call under them at a time. */
  private firstHook: (() => void) | null = null
  private hooks: Set<() => void> | null = null

  constructor(head: CallHead, entry: Entry, body: Body, to: ReplyTo, points: MethodPoints) {
    this.id = head.id
    this.points = points
    this.priority = head.priority
    this.user = head.user
    this.deadlineAt = head.deadlineAt
    this.version = head.version
    this.entry = entry
    this.bytes = body.bytes
    this.from = body.from
    this.end = body.end
    this.to = to
    this.arrivedAt = performance.now()
  }

  /** Who calls. */
  get peer(): string {
    return this.to.peer
  }

  /** Until the deadline, in ms; negative when it has passed. */
  get remainingMs(): number {
    return this.deadlineAt - performance.now()
  }

  /** Aborted when the caller takes the call back, goes away, or the deadline passes. */
  get signal(): AbortSignal {
    if (this.controller === null) {
      this.controller = new AbortController()
      this.onWatch?.(this)
    }
    return this.controller.signal
  }

  /** Whether its function has asked for the signal. */
  get watched(): boolean {
    return this.controller !== null
  }

  /** Calls `hook` when this call is aborted: for calls made on its behalf, which need no signal of their own. */
  hook(hook: () => void): void {
    if (this.firstHook === null) {
      this.firstHook = hook
      return
    }
    this.hooks ??= new Set()
    this.hooks.add(hook)
  }

  unhook(hook: () => void): void {
    if (this.firstHook === hook) this.firstHook = null
    else this.hooks?.delete(hook)
  }

  abort(why: RpcError): void {
    this.controller?.abort(why)
    this.firstHook?.()
    for (const hook of this.hooks ?? []) hook()
  }
}

/** Where a request's bytes stand. */
export interface Body {
  bytes: Uint8Array
  from: number
  end: number
}

export type Handler = (request: never, call: ServerCall) => unknown
export interface Entry {
  method: Method
  run: (request: unknown, call: ServerCall) => unknown
}
