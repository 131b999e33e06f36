import type { Logger } from "pino"
import type { Admission } from "../admit/admission.ts"
import type { LoopDelay } from "../admit/loop-delay.ts"
import { CodecError, decode, type ServiceTable } from "../codec/index.ts"
import { ServiceError } from "../errors.ts"
import { CallQueue } from "./call-queue.ts"
import { RpcError } from "./errors.ts"
import { Gate } from "./gate.ts"
import { type Body, type CallHead, type Entry, type Handler, type ReplyTo, ServerCall } from "./server-call.ts"
import type { MethodPoints, ServerPoints } from "./server-points.ts"

const SWEEP_MS = 10

export interface DispatcherLimits {
  /** Calls whose function runs at the same time; further ones wait. */
  mostRunning: number
  /** Calls that wait; further ones are refused with `overloaded`. */
  mostQueued: number
}

export interface DispatcherDeps {
  limits: DispatcherLimits
  points: ServerPoints
  log: Logger
  report: (error: unknown) => void
  admission: Admission
  loop: LoopDelay
}

/** Runs the calls of one service in the order in which they came, so many at a time. What expires while it waits never runs. */
export class Dispatcher {
  readonly table: ServiceTable
  private readonly entries = new Map<number, Entry>()
  private readonly limits: DispatcherLimits
  private readonly points: ServerPoints
  private readonly log: Logger
  private readonly admission: Admission
  private readonly gate: Gate
  /** Told of faults of the service's own code. */
  private readonly report: (error: unknown) => void
  private readonly queue = new CallQueue()
  private running = 0
  private readonly watched = new Set<ServerCall>()
  private sweeper: NodeJS.Timeout | null = null
  private idle: (() => void)[] = []
  private stopped = false

  constructor(table: ServiceTable, handlers: Readonly<Record<string, Handler>>, deps: DispatcherDeps) {
    this.table = table
    this.limits = deps.limits
    this.points = deps.points
    this.log = deps.log
    this.report = deps.report
    const { admission, loop } = deps
    this.admission = admission
    this.gate = new Gate({ admission, loop, queue: this.queue, onFall: (level) => this.shedWaiting(level) })
    for (const method of table.methods) {
      const name = method.name.charAt(0).toLowerCase() + method.name.slice(1)
      const run = handlers[name] as Entry["run"] | undefined
      if (run === undefined) throw new TypeError(`cannot serve ${table.name}: no function ${name} was given`)
      this.entries.set(method.number, { method, run })
    }
  }

  /** Calls that wait or run. */
  get load(): number {
    return this.running + this.queue.length
  }

  get queued(): number {
    return this.queue.length
  }

  /** Takes a call; answers it at `to`, now or later. Null where it was refused at once. */
  submit(head: CallHead, body: Body, to: ReplyTo): ServerCall | null {
    const entry = this.entries.get(head.method)
    if (entry === undefined) {
      const call = new ServerCall(head, UNKNOWN, body, to, UNKNOWN_POINTS)
      this.fail(call, new RpcError("unknown_method", `${this.table.name} has no method ${head.method}`))
      return null
    }
    const points = this.points.method(entry.method.name, head.version)
    const call = new ServerCall(head, entry, body, to, points)
    points.calls.inc()
    points.requestSize.record(body.end - body.from)
    if (this.stopped) {
      this.fail(call, new RpcError("draining", `${this.table.name} is about to stop`))
      return null
    }
    if (!this.gate.letsIn(call)) {
      this.shed(call, "level", `${this.table.name} has more to do than it can, and serves what is more important`)
      return null
    }
    if (this.running < this.limits.mostRunning) this.start(call)
    else if (this.queue.length < this.limits.mostQueued) this.queue.push(call)
    else {
      this.shed(call, "queue_full", `${this.table.name} has ${this.limits.mostQueued} calls waiting`)
      return null
    }
    return call
  }

  /** The last key that is let in; callers hold back what is beyond it. */
  get level(): number {
    return this.admission.level
  }

  /** Mean wait of calls in the window judged last, ms. */
  get waitMs(): number {
    return this.admission.waitMs
  }

  /** A caller held back so many calls of this key, by the level that it was told. */
  heldBack(key: number, calls: number): void {
    this.admission.heldBack(key, calls)
  }

  /** What waits and would not be let in any more gives room to what is more important. */
  private shedWaiting(level: number): void {
    for (const call of this.queue.takeBeyond(level))
      this.shed(call, "waiting", `${this.table.name} came to have more to do than it can while this waited`)
  }

  private shed(call: ServerCall, why: "level" | "queue_full" | "waiting" | "policy", message: string): void {
    const dims = { method: call.entry.method.name, why, priority: String(call.priority) }
    this.points.shed.with(call.version === "" ? dims : { ...dims, version: call.version }).inc()
    this.fail(call, new RpcError("overloaded", message))
  }

  /** The caller does not want the answer any more. */
  cancel(call: ServerCall, why: RpcError): void {
    if (call.state === "over") return
    call.points.cancelled.inc()
    call.abort(why)
    if (call.state === "waiting") this.fail(call, why)
  }

  private start(call: ServerCall): void {
    const now = performance.now()
    const waitMs = now - call.arrivedAt
    call.points.queueWait.record(waitMs)
    const runs = this.admission.begin(waitMs, now)
    if (now >= call.deadlineAt) {
      this.expire(call)
      return
    }
    if (!runs) {
      this.shed(call, "policy", `${this.table.name} has more to do than it can: this call waited too long`)
      return
    }
    call.state = "running"
    call.onWatch = this.watch
    this.running++
    let result: unknown
    try {
      const request = decode(call.entry.method.request, call.bytes, call.from, call.end)
      result = call.entry.run(request, call)
    } catch (error) {
      this.end(call, error)
      return
    }
    if (!isPromise(result)) {
      this.answer(call, result)
      return
    }
    result.then(
      (value) => this.answer(call, value),
      (error) => this.end(call, error),
    )
  }

  private expire(call: ServerCall): void {
    call.points.expired.inc()
    this.fail(call, new RpcError("expired", `the deadline of ${call.entry.method.name} passed before it ran`))
  }

  private answer(call: ServerCall, value: unknown): void {
    if (call.state === "over") return
    try {
      const size = call.to.reply(call, call.entry.method.reply, value)
      call.points.replySize.record(size)
    } catch (error) {
      const told = error instanceof RpcError ? error : this.toInternal(error, call, "a reply cannot be written")
      this.fail(call, this.toRpcError(told, call))
      this.leave(call)
      return
    }
    this.over(call)
    this.leave(call)
  }

  private end(call: ServerCall, error: unknown): void {
    if (call.state === "over") return
    this.fail(call, this.toRpcError(error, call))
    this.leave(call)
  }

  private leave(call: ServerCall): void {
    this.running--
    this.admission.finish()
    this.watched.delete(call)
    call.points.duration.record(performance.now() - call.arrivedAt)
    this.next()
  }

  private fail(call: ServerCall, error: RpcError): void {
    const dims = { method: call.entry.method.name, code: error.code }
    this.points.errors.with(call.version === "" ? dims : { ...dims, version: call.version }).inc()
    call.to.fail(call, error)
    this.over(call)
  }

  private over(call: ServerCall): void {
    call.state = "over"
    call.to.done(call)
  }

  private next(): void {
    while (this.running < this.limits.mostRunning) {
      const call = this.queue.shift()
      if (call === undefined) break
      this.start(call)
    }
    if (this.load === 0 && this.idle.length > 0) {
      for (const done of this.idle.splice(0)) done()
    }
  }

  /** What the caller is told: errors of the service's table as they are, everything else as `internal`, without its text. */
  private toRpcError(error: unknown, call: ServerCall): RpcError {
    if (error instanceof CodecError) return new RpcError("bad_request", `${call.entry.method.name}: ${error.message}`)
    // Another try here would ask the same service behind this one.
    if (error instanceof RpcError && error.code === "overloaded")
      return new RpcError(error.code, error.message, NO_RETRY)
    if (error instanceof RpcError && !(error.code in this.table.errors)) return error
    if (error instanceof ServiceError || error instanceof RpcError) {
      const retry = this.table.errors[error.code]?.[0] ?? false
      const retryAfterMs = error instanceof RpcError ? error.retryAfterMs : (error.retryAfterSec ?? 0) * 1_000
      return new RpcError(error.code, error.message, { retry, retryAfterMs })
    }
    if (call.watched && call.signal.aborted && call.signal.reason instanceof RpcError) return call.signal.reason
    return this.toInternal(error, call, "call failed")
  }

  private toInternal(error: unknown, call: ServerCall, what: string): RpcError {
    this.log.error({ err: error, method: call.entry.method.name, peer: call.peer }, what)
    this.report(error)
    return new RpcError("internal", `${call.entry.method.name} failed; the log of ${this.table.name} tells why`)
  }

  /** Aborts the signals of calls whose deadline passes while they run. */
  private readonly watch = (call: ServerCall): void => {
    if (call.state === "over") return
    this.watched.add(call)
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS)
  }

  private sweep(): void {
    const now = performance.now()
    for (const call of this.watched) {
      if (now < call.deadlineAt) continue
      this.watched.delete(call)
      call.points.expired.inc()
      call.abort(new RpcError("expired", `the deadline of ${call.entry.method.name} passed while it ran`))
    }
    if (this.watched.size > 0 || this.sweeper === null) return
    clearInterval(this.sweeper)
    this.sweeper = null
  }

  /** Resolves when nothing waits or runs. */
  async drained(): Promise<void> {
    if (this.load > 0) await new Promise<void>((resolve) => this.idle.push(resolve))
  }

  /** From now on refuses every call with `draining`. */
  stop(): void {
    this.stopped = true
    this.gate.stop()
  }
}

const NO_RETRY = { retry: false }

/** Stand-ins of a call whose method is not known: it is refused before anything of it is counted by method. */
const UNKNOWN = { method: { name: "unknown" } } as Entry
const UNKNOWN_POINTS = {} as MethodPoints

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" && value !== null && typeof (value as Promise<unknown>).then === "function"
