/**
 * One loadable module of a running service: which of its versions are loaded, and which takes a call. A plan comes in, again and again; the
 * threads are brought to what it says. Traffic moves only to what is ready, and what is unloaded has answered all it was given.
 */
import type { Agent } from "@ossagent/agent"
import type { LogicPlan, LogicReport, LogicState } from "@ossagent/wire"
import type { Logger } from "pino"
import { RpcError } from "../rpc/errors.ts"
import type { Grants } from "./author.ts"
import { addFigures } from "./fold.ts"
import { isVersion, toModuleUrl } from "./folder.ts"
import type { LogicLimits } from "./limits.ts"
import type { Failure, UseItem } from "./messages.ts"
import { Outcasts } from "./outcasts.ts"
import { createLogicPoints, type LogicPoints } from "./points.ts"
import { REST, toRoute } from "./route.ts"
import { isExpired, type Task } from "./task.ts"
import { Thread, type ThreadOwner } from "./thread.ts"

export interface HostOptions {
  service: string
  module: string
  dir: string
  methods: readonly string[]
  grants: Grants
  limits: LogicLimits
  log: Logger
  agent: Agent
}

/** Calls that wait for the first version, or for one that comes back. */
const MOST_WAITING = 4_096
const SWEEP_MS = 1_000

export class LogicHost implements ThreadOwner {
  readonly options: HostOptions
  plan: LogicPlan
  private readonly points: LogicPoints
  private readonly threads = new Map<string, Thread>()
  private readonly leaving = new Set<Thread>()
  private readonly outcasts = new Outcasts()
  /** Takes what no release takes: of the plan's current version as soon as that is ready. */
  private serving: Thread | null = null
  private waiting: Task[] = []
  private readonly sweeping: NodeJS.Timeout
  private stopped = false

  constructor(options: HostOptions, plan: LogicPlan) {
    this.options = options
    this.plan = plan
    this.points = createLogicPoints(options.agent, options.module)
    this.sweeping = setInterval(() => this.sweep(), SWEEP_MS)
    options.agent.onFlush(() => {
      for (const { version, heapBytes, liveBytes } of this.threads.values())
        this.points.heap(version, { all: heapBytes, live: liveBytes })
    })
    this.apply(plan)
  }

  /** Resolves when the current version is ready. Rejects when it cannot be loaded. */
  async ready(): Promise<void> {
    while (this.serving === null) {
      const outcast = this.outcasts.get(this.plan.current)
      if (outcast) throw new Error(`cannot start logic ${this.options.module} ${this.plan.current}: ${outcast.why}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** Loads what the plan wants and unloads the rest. The same plan again tries what failed before. */
  apply(plan: LogicPlan): void {
    if (this.stopped) return
    this.plan = plan
    const { current, release } = plan
    const wanted = new Set(release === null ? [current] : [current, release.version])
    for (const version of wanted) this.load(version)
    const isCurrent = this.threads.get(current)
    if (isCurrent?.state === "ready") this.serving = isCurrent
    for (const thread of [...this.threads.values()]) {
      if (!wanted.has(thread.version) && thread !== this.serving) this.unload(thread)
    }
  }

  /** Answers a call by the version whose turn it is. */
  take(task: Task): void {
    const { release } = this.plan
    if (release !== null) {
      const route = toRoute(release, task.caller)
      const thread = route.toNew ? this.threads.get(release.version) : this.serving
      if (thread?.state === "ready") {
        task.route = route
        thread.submit(task)
        return
      }
    }
    this.takeOld(task)
  }

  private takeOld(task: Task): void {
    task.route = REST
    if (this.serving?.state === "ready") this.serving.submit(task)
    else if (this.waiting.length < MOST_WAITING && !this.stopped) this.waiting.push(task)
    else task.reject(new RpcError("overloaded", `no version of logic ${this.options.module} is ready`))
  }

  private load(version: string): void {
    if (this.threads.has(version)) return
    if (!this.outcasts.mayLoad(version, this.plan, Date.now())) return
    const { module, dir, methods, grants, limits } = this.options
    if (!isVersion(version)) {
      this.cast(version, "failed", "it is no name of a version")
      return
    }
    const thread = new Thread({
      ...{ module, version, methods, limits, owner: this },
      url: toModuleUrl(dir, module, version),
      grants: Object.entries(grants).map(([group, all]) => [group, Object.keys(all)]),
      isGuarded: () => this.serving !== null && this.serving.version !== version,
    })
    this.threads.set(version, thread)
  }

  private unload(thread: Thread): void {
    this.threads.delete(thread.version)
    this.leaving.add(thread)
    void thread.drain() // never rejects
  }

  private cast(version: string, state: "put_out" | "failed", why: string): void {
    this.outcasts.add(version, { state, why }, this.plan, Date.now())
    this.points.putOut(version)
    this.options.log.error({ logic: this.options.module, version, why }, "a version of logic was put out")
  }

  onReady(thread: Thread): void {
    this.outcasts.delete(thread.version)
    this.options.log.info({ logic: this.options.module, version: thread.version }, "logic loaded")
    this.apply(this.plan)
    if (this.serving !== null) for (const task of this.waiting.splice(0)) this.take(task)
  }

  onOut(thread: Thread, why: string, { fresh, begun }: { fresh: Task[]; begun: Task[] }): void {
    const isPlanned = this.leaving.delete(thread)
    if (this.threads.get(thread.version) === thread) this.threads.delete(thread.version)
    if (this.serving === thread) this.serving = null
    if (!isPlanned && !this.stopped) this.cast(thread.version, thread.wasReady ? "put_out" : "failed", why)
    else this.options.log.info({ logic: this.options.module, version: thread.version, why }, "logic unloaded")
    if (this.stopped) {
      for (const task of [...fresh, ...begun]) task.reject(new RpcError("draining", "the service is about to stop"))
      return
    }
    this.apply(this.plan)
    const safe = [...fresh, ...begun.filter(({ method }) => method.idempotent)]
    this.points.moved(thread.version, safe.length)
    for (const task of safe) this.takeOld(task)
    for (const task of begun.filter(({ method }) => !method.idempotent)) task.reject(toInterrupted(task, why))
  }

  onAnswer(thread: Thread, task: Task, answer: { ok: true; value: unknown } | { ok: false; failure: Failure }): void {
    const isFault = !answer.ok && !answer.failure.told
    const ms = performance.now() - task.beganAt
    this.points.answered(thread.version, task.route, task.caller, { isFault, ms })
    if (answer.ok) {
      task.resolve(answer.value)
      return
    }
    const error = toError(answer.failure)
    const isOther = this.serving !== null && this.serving !== thread && this.serving.version !== thread.version
    if (!isFault || !task.method.idempotent || !isOther || isExpired(task)) {
      task.reject(error)
      return
    }
    this.options.agent.exception(error)
    this.points.moved(thread.version, 1)
    this.takeOld(task)
  }

  async onUse(task: Task | null, [, , group, name, args]: UseItem): Promise<unknown> {
    const grant = this.options.grants[group]?.[name]
    if (grant === undefined) throw new RpcError("bad_request", `logic was not granted ${group}.${name}`)
    return grant(...args, task?.call ?? null)
  }

  onFigures(thread: Thread, message: Parameters<ThreadOwner["onFigures"]>[1]): void {
    const { agent, module } = this.options
    addFigures(agent, { module, logic: thread.version }, message)
    if (message.dropped) this.points.dropped(message.dropped)
  }

  /** What runs here, for the report. */
  report(found: string[]): LogicReport["modules"][number] {
    const running = [...this.threads.values(), ...this.leaving].map((thread) => ({
      version: thread.version,
      state: (thread.state === "out" ? "put_out" : thread.state) as LogicState,
      why: "",
      release: null,
      heapBytes: thread.heapBytes,
      calls: thread.calls,
    }))
    const out = this.outcasts
      .list()
      .filter(({ version }) => !this.threads.has(version))
      .map((one) => ({ ...one, heapBytes: 0, calls: 0 }))
    const { module } = this.options
    return { module, current: this.serving?.version ?? this.plan.current, found, versions: [...running, ...out] }
  }

  private sweep(): void {
    this.apply(this.plan)
    const now = performance.now()
    const over = this.waiting.filter((task) => isExpired(task, now))
    if (over.length === 0) return
    this.waiting = this.waiting.filter((task) => !isExpired(task, now))
    for (const task of over)
      task.reject(new RpcError("expired", `no version of logic ${this.options.module} was ready`))
  }

  /** Lets what runs end. Calls that come later are refused. */
  async stop(): Promise<void> {
    this.stopped = true
    clearInterval(this.sweeping)
    for (const task of this.waiting.splice(0)) task.reject(new RpcError("draining", "the service is about to stop"))
    await Promise.all([...this.threads.values(), ...this.leaving].map((thread) => thread.drain()))
  }
}

const toInterrupted = ({ name }: Task, why: string): RpcError =>
  new RpcError(
    "interrupted",
    `${name} was running when its version of logic was put out (${why}): it may have run or not`,
  )

function toError({ told, code, message, stack, retryAfterMs }: Failure): Error {
  if (told) return new RpcError(code, message, { retryAfterMs })
  const error = new Error(message)
  if (stack !== "") error.stack = stack
  return error
}
