import type { Agent } from "@ossagent/agent"
import { toKey, USERS } from "../admit/admission.ts"
import type { Method, ServiceTable } from "../codec/index.ts"
import { RetryBudget } from "./budget.ts"
import { type CallPoints, type ClientPoints, createClientPoints } from "./client-points.ts"
import type { Dispatcher } from "./dispatcher.ts"
import { type Outcome, RpcError } from "./errors.ts"
import { Lane, type LaneHost, type LaneSettings } from "./lane.ts"
import { MemoryLane } from "./memory.ts"
import type { Pending } from "./pending.ts"
import type { ServerCall } from "./server-call.ts"

const SWEEP_MS = 5
const MOST_TRIES = 3

export interface CallOptions {
  /** Default: what the service's description says. */
  timeoutMs?: number
  signal?: AbortSignal
  /** The call that this one is made for: its deadline, priority, user and version go on, and its end is this one's too. */
  under?: ServerCall
  /** Business priority, 0 the most important; default: that of `under`, else the method's. */
  priority?: number
  /** Priority of the user on whose behalf this is, 0–127, 0 the most important (`toUserPriority`); default: that of `under`, else by chance. */
  user?: number
  /** Version of the client at the beginning of the calls. */
  version?: string
}

export interface ChannelSettings extends LaneSettings {
  /** Connections to each target. */
  connections: number
  /** Calls that wait for a target; further ones fail with `busy`. */
  mostWaiting: number
  /** No call takes longer, whatever its method says. */
  withinMs: number
}

export const CHANNEL_SETTINGS: ChannelSettings = {
  connections: 1,
  mostWaiting: 10_000,
  withinMs: Number.POSITIVE_INFINITY,
  pingMs: 500,
  connectMs: 3_000,
  backoffMs: 100,
  mostBackoffMs: 5_000,
  fullAtBytes: 4 * 1024 * 1024,
  mostFrameBytes: 4 * 1024 * 1024,
}

export interface ChannelOptions {
  table: ServiceTable
  /** Each `host:port`. Or the service itself, when it runs in this process. */
  targets: readonly string[] | (() => Dispatcher | undefined)
  credential?: { name: string; token: string }
  agent: Agent
  settings?: Partial<ChannelSettings>
  /** Told of targets lost and not reached. */
  onTrouble?: (message: string) => void
  random?: () => number
}

/** A way to one service: chooses a target for each call, sees to deadlines, tries again where that is allowed. */
export class Channel {
  readonly service: string
  private readonly errors: ServiceTable["errors"]
  private readonly settings: ChannelSettings
  private readonly points: ClientPoints
  private readonly budget = new RetryBudget()
  private readonly lanes: (Lane | MemoryLane)[]
  /** In no order. No set: each time it grows or shrinks it leaves a table behind that holds calls which are long over. */
  private readonly open: Pending[] = []
  private waiting: Pending[] = []
  private sweeper: NodeJS.Timeout | null = null
  private earliest = Number.POSITIVE_INFINITY
  private pumping = false
  private stopped = false
  private readonly random: () => number

  constructor(options: ChannelOptions) {
    const { table, targets, agent } = options
    this.service = table.name
    this.errors = table.errors
    this.random = options.random ?? Math.random
    this.settings = { ...CHANNEL_SETTINGS, ...options.settings }
    this.points = createClientPoints(
      agent,
      table.name,
      table.methods.map(({ name }) => name),
    )
    const host: LaneHost = {
      service: table.name,
      credential: options.credential ?? { name: "", token: "" },
      settings: this.settings,
      points: this.points,
      hasOther: (lane) => this.lanes.some((other) => other !== lane && other.up),
      room: () => this.pump(),
      reply: (pending, value, sizeBytes) => this.reply(pending, value, sizeBytes),
      failed: (pending, error) => this.failed(pending, error),
      random: this.random,
      trouble: options.onTrouble ?? (() => undefined),
    }
    this.lanes = Array.isArray(targets)
      ? targets.flatMap((target) =>
          Array.from({ length: this.settings.connections }, () => new Lane(parseTarget(target), host)),
        )
      : [new MemoryLane(targets as () => Dispatcher | undefined, host)]
    agent.onFlush(() => {
      this.points.inFlight.set(this.open.length)
      this.points.waiting.set(this.waiting.length)
      this.points.connections.set(this.lanes.filter(({ up }) => up).length)
      for (const { up, address, level } of this.lanes)
        if (up) this.points.level.with({ target: address }).set((level + 1) / USERS)
    })
  }

  /** Whether a target can be called now. */
  get ready(): boolean {
    return this.lanes.some(({ up }) => up)
  }

  /**
   * Makes a call; rejects with RpcError, at the latest when the deadline has passed. `request` is not to be changed until then: it may be
   * sent again. Parts of the reply that are bytes are shared with the connection's memory: copy what is kept for long.
   */
  call<Q, QI, R, RI>(method: Method<Q, QI, R, RI>, request: QI, options: CallOptions = {}): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const now = performance.now()
      const { under, signal } = options
      const deadlineAt = Math.min(
        now + Math.min(options.timeoutMs ?? method.timeoutMs, this.settings.withinMs),
        under?.deadlineAt ?? Number.POSITIVE_INFINITY,
      )
      const priority = options.priority ?? under?.priority ?? method.priority
      const user = options.user ?? under?.user ?? Math.floor(this.random() * USERS)
      const pending: Pending = {
        method: method as unknown as Method,
        points: this.points.method.get(method.name) as CallPoints,
        request,
        priority,
        user,
        key: toKey(priority, user),
        version: options.version ?? under?.version ?? "",
        startedAt: now,
        deadlineAt,
        tries: 0,
        lane: null,
        id: 0,
        inMemory: null,
        at: -1,
        sentAt: 0,
        over: false,
        resolve: resolve as (reply: unknown) => void,
        reject,
        signal,
        under,
        onAbort: undefined,
      }
      pending.points.calls.inc()
      this.begin(pending, now)
    })
  }

  /** As `call`, for what the caller can do without: never rejects; what is missed is counted. */
  async tryCall<Q, QI, R, RI>(method: Method<Q, QI, R, RI>, request: QI, options?: CallOptions): Promise<Outcome<R>> {
    try {
      return { ok: true, reply: await this.call(method, request, options) }
    } catch (error) {
      const why = error instanceof RpcError ? error : new RpcError("internal", String(error), { cause: error })
      if (!this.isAnswer(why)) this.points.missed.with({ method: method.name, code: why.code }).inc()
      return { ok: false, why }
    }
  }

  /** What the service refuses for a reason of its own it has answered: nothing is missed. */
  private isAnswer({ code }: RpcError): boolean {
    const own = this.errors[code]
    return own !== undefined && !own[0]
  }

  private begin(pending: Pending, now: number): void {
    pending.at = this.open.push(pending) - 1
    const { signal, under } = pending
    if (this.stopped) this.fail(pending, new RpcError("stopped", `this client of ${this.service} was stopped`))
    else if (signal?.aborted) this.fail(pending, cancelled(pending))
    else if (now >= pending.deadlineAt) this.expire(pending)
    else {
      if (signal !== undefined || under !== undefined) {
        pending.onAbort = () => this.cancel(pending)
        signal?.addEventListener("abort", pending.onAbort, { once: true })
        under?.hook(pending.onAbort)
      }
      if (pending.deadlineAt < this.earliest) this.earliest = pending.deadlineAt
      this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS)
      this.place(pending, null)
    }
  }

  /** Gives the call to a connection, or lets it wait for one; `not` is left out where there is another. */
  private place(pending: Pending, not: Lane | MemoryLane | null): void {
    const lane = this.waiting.length > 0 && !this.pumping ? null : this.choose(pending.key, not)
    if (lane !== null) this.send(pending, lane)
    else if (this.isRefused(pending.key)) this.holdBack(pending)
    else if (this.waiting.length < this.settings.mostWaiting) {
      pending.lane = null
      this.waiting.push(pending)
    } else this.fail(pending, new RpcError("busy", `${this.waiting.length} calls of ${this.service} wait for a target`))
  }

  /** Every target that is there would refuse a call of this key. */
  private isRefused(key: number): boolean {
    const now = performance.now()
    return this.lanes.some(({ up }) => up) && this.lanes.every((lane) => !lane.up || !lane.admits(key, now))
  }

  /** What its targets would refuse fails here: they are spared the work, and the caller the way. */
  private holdBack(pending: Pending): void {
    for (const lane of this.lanes) if (lane.up) lane.holdBack(pending.key)
    this.points.shed.with({ method: pending.method.name, priority: String(pending.priority) }).inc()
    const why = `${this.service} has more to do than it can: ${pending.method.name} was not sent`
    this.fail(pending, new RpcError("overloaded", why))
  }

  private send(pending: Pending, lane: Lane | MemoryLane): void {
    if (pending.tries++ === 0) this.budget.earn()
    try {
      lane.send(pending)
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
      this.fail(pending, error)
    }
  }

  /** Of two taken by chance, the one with less to do. */
  private choose(key: number, not: Lane | MemoryLane | null): Lane | MemoryLane | null {
    const { lanes } = this
    const now = performance.now()
    const [only] = lanes
    if (lanes.length === 1) return only?.free && only.admits(key, now) ? only : null
    let free = lanes.filter((lane) => lane.free && lane.address !== not?.address && lane.admits(key, now))
    if (free.length === 0) free = lanes.filter((lane) => lane.free && lane.admits(key, now))
    if (free.length < 2) return free[0] ?? null
    const first = Math.floor(this.random() * free.length)
    const second = (first + 1 + Math.floor(this.random() * (free.length - 1))) % free.length
    const [a, b] = [free[first] as Lane, free[second] as Lane]
    return a.inFlight <= b.inFlight ? a : b
  }

  private pump(): void {
    if (this.waiting.length === 0 || this.pumping) return
    this.pumping = true
    let at = 0
    for (; at < this.waiting.length; at++) {
      const pending = this.waiting[at] as Pending
      if (pending.over) continue
      const lane = this.choose(pending.key, null)
      if (lane !== null) this.send(pending, lane)
      else if (this.isRefused(pending.key)) this.holdBack(pending)
      else break
    }
    if (at > 0) this.waiting.splice(0, at)
    this.pumping = false
  }

  private reply(pending: Pending, value: unknown, sizeBytes: number): void {
    if (pending.over) return
    pending.points.replySize.record(sizeBytes)
    const now = performance.now()
    pending.lane?.duration.record(now - pending.sentAt)
    this.end(pending, now)
    pending.resolve(value)
  }

  /** A try failed: the next, where the error, the deadline and the budget allow one. */
  private failed(pending: Pending, error: RpcError): void {
    if (pending.over) return
    if (pending.lane !== null) this.points.targetErrors.with({ target: pending.lane.address, code: error.code }).inc()
    const again = error.retry && pending.tries < MOST_TRIES && !this.stopped && this.mayHelp(pending, error)
    const waitMs = error.retryAfterMs
    if (!again || performance.now() + waitMs >= pending.deadlineAt) this.fail(pending, error)
    else if (!this.budget.tryTake()) {
      this.points.retriesRefused.with({ method: pending.method.name }).inc()
      this.fail(pending, error)
    } else {
      this.points.retries.with({ method: pending.method.name }).inc()
      const not = pending.lane
      pending.lane = null
      if (waitMs === 0) this.place(pending, not)
      else setTimeout(() => !pending.over && this.place(pending, not), waitMs)
    }
  }

  /** What one target shed is tried at another one, and never again at the same. */
  private mayHelp({ lane, key }: Pending, { code }: RpcError): boolean {
    if (code !== "overloaded" || lane === null) return true
    const other = this.choose(key, lane)
    return other !== null && other.address !== lane.address
  }

  private fail(pending: Pending, error: RpcError): void {
    this.points.errors.with({ method: pending.method.name, code: error.code }).inc()
    this.end(pending, performance.now())
    pending.reject(error)
  }

  private end(pending: Pending, now: number): void {
    pending.over = true
    this.close(pending)
    pending.points.duration.record(now - pending.startedAt)
    if (pending.onAbort === undefined) return
    pending.signal?.removeEventListener("abort", pending.onAbort)
    pending.under?.unhook(pending.onAbort)
  }

  private close(pending: Pending): void {
    if (pending.at < 0) return
    const last = this.open.pop() as Pending
    if (last !== pending) {
      this.open[pending.at] = last
      last.at = pending.at
    }
    pending.at = -1
  }

  private cancel(pending: Pending): void {
    if (pending.over) return
    this.points.cancelled.with({ method: pending.method.name }).inc()
    pending.lane?.cancel(pending)
    this.fail(pending, cancelled(pending))
  }

  private expire(pending: Pending): void {
    this.points.expired.with({ method: pending.method.name }).inc()
    pending.lane?.missed(pending)
    const ms = Math.round(pending.deadlineAt - pending.startedAt)
    const error =
      pending.lane === null && pending.tries === 0
        ? new RpcError(
            "unavailable",
            `${pending.method.name}: no target of ${this.service} could be reached within ${ms} ms`,
          )
        : new RpcError("expired", `${pending.method.name}: no reply of ${this.service} within ${ms} ms`)
    this.fail(pending, error)
  }

  /** All open calls are looked through only when the first of their deadlines has come. */
  private sweep(): void {
    const now = performance.now()
    if (this.open.length === 0 && this.sweeper !== null) {
      clearInterval(this.sweeper)
      this.sweeper = null
      this.earliest = Number.POSITIVE_INFINITY
    }
    if (now < this.earliest) return
    let earliest = Number.POSITIVE_INFINITY
    for (const pending of [...this.open]) {
      if (pending.over) continue
      if (pending.deadlineAt <= now) this.expire(pending)
      else if (pending.deadlineAt < earliest) earliest = pending.deadlineAt
    }
    this.earliest = earliest
    if (this.waiting.some(({ over }) => over)) this.waiting = this.waiting.filter(({ over }) => !over)
  }

  /** Ends all connections; open calls fail with `stopped`. */
  stop(): void {
    if (this.stopped) return
    this.stopped = true
    for (const lane of this.lanes) lane.stop()
    for (const pending of [...this.open])
      if (!pending.over) this.fail(pending, new RpcError("stopped", `this client of ${this.service} was stopped`))
    if (this.sweeper !== null) clearInterval(this.sweeper)
    this.sweeper = null
  }
}

const cancelled = (pending: Pending): RpcError =>
  new RpcError("cancelled", `${pending.method.name}: the caller took the call back`, { cause: pending.signal?.reason })

function parseTarget(target: string): string {
  const at = target.lastIndexOf(":")
  const port = Number(target.slice(at + 1))
  if (at < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError(`a target must be host:port, not ${JSON.stringify(target)}`)
  }
  return target.replace(/^\[(.*)\]:/, "$1:")
}
