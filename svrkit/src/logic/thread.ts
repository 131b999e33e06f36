/**
 * One version in a thread of its own: calls in, answers out, both in batches. It watches over the thread, and tells when that is to be put out;
 * what becomes of its calls is for its owner.
 */
import { deserialize, serialize } from "node:v8"
import { Worker } from "node:worker_threads"
import { RpcError } from "../rpc/errors.ts"
import { createErrorWindow } from "./error-window.ts"
import { createHealth } from "./health.ts"
import type { LogicLimits } from "./limits.ts"
import type { AnswerItem, CallItem, Failure, FromWorker, ToWorker, UseItem, WorkerData } from "./messages.ts"
import { PULSE_BYTES, type Pulse, readPulse } from "./pulse.ts"
import { isExpired, type Task } from "./task.ts"

/** What a thread asks of and tells to its owner. */
export interface ThreadOwner {
  onReady: (thread: Thread) => void
  /** It is no longer to be used. `fresh` never ran; `begun` may have. */
  onOut: (thread: Thread, why: string, calls: { fresh: Task[]; begun: Task[] }) => void
  onAnswer: (thread: Thread, task: Task, answer: { ok: true; value: unknown } | { ok: false; failure: Failure }) => void
  onUse: (task: Task | null, use: UseItem) => Promise<unknown>
  onFigures: (thread: Thread, message: FromWorker) => void
}

export interface ThreadOptions {
  module: string
  version: string
  url: string
  grants: [string, string[]][]
  methods: readonly string[]
  limits: LogicLimits
  /** A fault ratio puts it out: there is another version to take its calls. */
  isGuarded: () => boolean
  owner: ThreadOwner
}

/** Built: the same from the source as from what is built of it. */
const WORKER = new URL("../../dist/logic/worker.js", import.meta.url)
const CHECK_MS = 100
const MIB = 1024 * 1024

export class Thread {
  readonly version: string
  state: "loading" | "ready" | "draining" | "out" = "loading"
  calls = 0
  wasReady = false
  private readonly options: ThreadOptions
  private readonly worker: Worker
  private readonly pulse: Pulse
  private readonly faults
  private readonly running = new Map<number, Task>()
  private outbox: ToWorker = {}
  private flushing = false
  private nextSeq = 1
  private readonly health
  private readonly checking: NodeJS.Timeout
  private drained: (() => void) | null = null

  constructor(options: ThreadOptions) {
    const { module, version, url, grants, limits } = options
    this.options = options
    this.version = version
    this.faults = createErrorWindow(limits.windowMs)
    const pulse = new SharedArrayBuffer(PULSE_BYTES)
    this.pulse = readPulse(pulse)
    this.health = createHealth(this.pulse, limits, performance.now())
    this.worker = new Worker(WORKER, {
      workerData: { url, module, version, pulse, grants } satisfies WorkerData,
      env: {},
      name: `${module} ${version}`,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil((limits.heapBytes * 1.25) / MIB) },
    })
    this.worker.on("message", (bytes: Uint8Array) => this.take(deserialize(bytes) as FromWorker))
    this.worker.on("error", (error: Error & { code?: string }) => this.out(toWhy(error)))
    this.worker.on("exit", (code) => this.out(`its thread ended with ${code}`))
    this.checking = setInterval(() => this.check(), CHECK_MS)
  }

  get heapBytes(): number {
    return this.pulse.heapBytes()
  }

  get liveBytes(): number {
    return this.pulse.liveBytes()
  }

  /** Gives it a call; its owner is told the answer. */
  submit(task: Task): void {
    if (this.running.size >= this.options.limits.mostInFlight) {
      task.reject(new RpcError("overloaded", `${this.options.module} ${this.version} has too many calls running`))
      return
    }
    const seq = this.nextSeq
    this.nextSeq = seq === 0x7fffffff ? 1 : seq + 1
    this.running.set(seq, task)
    this.calls++
    const { user, version, region } = task.caller
    const item: CallItem = [seq, task.name, task.request, user, version, region, task.call.priority, task.deadlineAt]
    this.outbox.calls ??= []
    this.outbox.calls.push(item)
    this.soon()
  }

  /** Lets what runs end, then ends the thread. Take it out of use before. */
  async drain(): Promise<void> {
    if (this.state === "out") return
    const wasLoading = this.state === "loading"
    this.state = "draining"
    if (wasLoading) {
      this.out("unloaded")
      return
    }
    const late = setTimeout(() => this.out("it did not end its calls in time"), this.options.limits.drainMs)
    await new Promise<void>((resolve) => {
      this.drained = resolve
      if (this.running.size === 0) this.askToStop()
    })
    clearTimeout(late)
  }

  /** Puts it out: at once, whatever runs. */
  out(why: string): void {
    if (this.state === "out") return
    this.state = "out"
    clearInterval(this.checking)
    void this.worker.terminate() // never rejects
    const started = this.pulse.started()
    const [fresh, begun]: [Task[], Task[]] = [[], []]
    for (const [seq, task] of this.running) (seq > started ? fresh : begun).push(task)
    this.running.clear()
    this.drained?.()
    this.options.owner.onOut(this, why, { fresh, begun })
  }

  private soon(): void {
    if (this.flushing) return
    this.flushing = true
    setImmediate(() => this.flush())
  }

  private flush(): void {
    this.flushing = false
    if (this.state === "out") return
    const message = this.outbox
    this.outbox = {}
    this.worker.postMessage(serialize(message))
  }

  private take({ ready, failed, answers, uses, stopped, ...figures }: FromWorker): void {
    if (this.state === "out") return
    if (figures.figures || figures.events) this.options.owner.onFigures(this, figures)
    for (const answer of answers ?? []) this.settle(answer)
    for (const use of uses ?? []) void this.use(use) // answers the thread whatever happens
    if (ready) this.begin(ready.methods)
    if (failed) this.out(`cannot be loaded: ${failed.message}`)
    if (stopped) this.out("unloaded")
  }

  private begin(methods: readonly string[]): void {
    const missing = this.options.methods.filter((name) => !methods.includes(name))
    if (missing.length > 0) this.out(`cannot be loaded: it has no handler ${missing.join(", ")}`)
    if (this.state !== "loading") return
    this.state = "ready"
    this.wasReady = true
    this.health.begin(performance.now())
    this.options.owner.onReady(this)
  }

  private settle([seq, ok, value]: AnswerItem): void {
    const task = this.running.get(seq)
    if (task === undefined) return
    this.running.delete(seq)
    const isFault = !ok && !(value as Failure).told
    this.faults.add(isFault, performance.now())
    this.options.owner.onAnswer(this, task, ok ? { ok, value } : { ok, failure: value as Failure })
    if (isFault) this.judgeFaults()
    if (this.state === "draining" && this.running.size === 0) this.askToStop()
  }

  private judgeFaults(): void {
    const { faultCalls, faultRatio, windowMs } = this.options.limits
    if (!this.options.isGuarded()) return
    const { calls, faults } = this.faults.read(performance.now())
    if (calls >= faultCalls && faults > faultRatio * calls)
      this.out(`it threw in ${faults} of ${calls} calls within ${windowMs / 1_000} s`)
  }

  private async use(item: UseItem): Promise<void> {
    const [id, seq] = item
    const task = this.running.get(seq) ?? null
    let answer: AnswerItem
    try {
      answer = [id, true, await this.options.owner.onUse(task, item)]
    } catch (error) {
      const { code = "internal", message, retryAfterMs = 0 } = error as RpcError
      answer = [id, false, { told: true, code, message, stack: "", retryAfterMs } satisfies Failure]
    }
    this.outbox.used ??= []
    this.outbox.used.push(answer)
    this.soon()
  }

  private askToStop(): void {
    this.outbox.stop = true
    this.soon()
  }

  private check(): void {
    const now = performance.now()
    const why = this.state === "loading" ? this.health.toLate(now) : this.health.toFault(now)
    if (why !== null) this.out(why)
    else if (this.state !== "loading") this.expire(now)
  }

  /** A handler that never answers keeps nothing for ever. */
  private expire(now: number): void {
    for (const [seq, task] of this.running) {
      if (!isExpired(task, now)) continue
      this.running.delete(seq)
      const failure = { told: true, code: "expired", message: `the deadline of ${task.name} passed while it ran` }
      this.options.owner.onAnswer(this, task, { ok: false, failure: { ...failure, stack: "", retryAfterMs: 0 } })
    }
    if (this.state === "draining" && this.running.size === 0) this.askToStop()
  }
}

const toWhy = ({ code, message }: Error & { code?: string }): string =>
  code === "ERR_WORKER_OUT_OF_MEMORY" ? "it ran out of memory" : `it ended with an error: ${message}`
