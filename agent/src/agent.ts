import { randomBytes } from "node:crypto"
import {
  encodeItems,
  type FrameEvent,
  type FrameReply,
  type FrameSection,
  type Kind,
  LIMITS,
  OTHER,
  SECTION,
  type Series,
} from "@ossagent/wire"
import { type Drained, drain, type Ids } from "./buffer/drain.ts"
import { type Clock, Outbox } from "./buffer/outbox.ts"
import { Spool } from "./buffer/spool.ts"
import { Exceptions } from "./exception/exceptions.ts"
import { watchUncaught } from "./exception/uncaught.ts"
import { startBuiltIn } from "./instrument/built-in.ts"
import type { Cell, Changed, Instruments, MetricOptions, Refused } from "./instrument/cell.ts"
import { Counter } from "./instrument/counter.ts"
import { cleanLabels, cleanText, Family } from "./instrument/family.ts"
import { Gauge } from "./instrument/gauge.ts"
import { type SelfPoints, watchItself } from "./instrument/self.ts"
import { Timer } from "./instrument/timer.ts"
import { type AgentOptions, parseOptions, type Settings } from "./options.ts"
import { createPoster } from "./send/post.ts"
import { Sender } from "./send/sender.ts"

const MOST_EVENTS_PER_FLUSH = 10_000
const MOST_PROPS = 32
/** Metrics with their options at most; names made of user data must not use up the host's memory. */
const MOST_METRICS = 5_000
const UNIT_OF = { counter: "", gauge: "", timer: "ms", size: "By" } satisfies Record<Kind, string>
const CLOCK_TOLERANCE_MS = 2_000

/**
 * Emits one service's metrics, events and exceptions to the collector. After {@link createAgent} nothing here throws into its host:
 * what it cannot take is counted in `agent.refused`, what it cannot keep in `agent.dropped`.
 */
export class Agent {
  readonly settings: Settings
  private readonly changed: Changed = { counters: [], gauges: [], timers: [] }
  private readonly refused: Refused = {
    not_a_number: 0,
    bad_name: 0,
    too_many_series: 0,
    too_many_exceptions: 0,
    bad_event: 0,
  }
  private readonly instruments: Instruments = { changed: this.changed, refused: this.refused }
  private readonly families = new Map<string, Family<Counter> | Family<Gauge> | Family<Timer>>()
  /** What gives a gauge's value when a flush is due; may throw, which skips it. One each: the newest. */
  private readonly samples = new Map<Gauge, () => number>()
  private readonly beforeFlush: (() => void)[] = []
  private readonly exceptions = new Exceptions()
  private events: FrameEvent[] = []
  private readonly ids: Ids = { next: 1 }
  private readonly outbox: Outbox
  private readonly spool: Spool | null
  private readonly sender: Sender
  private readonly troubleAt = new Map<string, number>()
  private clockOffsetMs = 0
  private flushMs: number
  private intervalStart: number
  private alarmClock: NodeJS.Timeout | null = null
  private flushing: Promise<void> = Promise.resolve()
  private readonly stopping: (() => void)[] = []
  private stopped: Promise<void> | null = null
  private spoolFailed = false
  private readonly self: SelfPoints

  constructor(options: AgentOptions) {
    this.settings = parseOptions(options)
    const { spool, spoolBytes, memoryBytes, collector, key, flushMs } = this.settings
    this.spool = spool === null ? null : new Spool(spool, spoolBytes)
    this.outbox = new Outbox(randomBytes(16).toString("hex"), Date.now(), memoryBytes, this.spool)
    this.sender = new Sender(this.outbox, this.spool, createPoster(collector, key), {
      stored: (count, reply, roundTripMs) => this.stored(count, reply, roundTripMs),
      trouble: (message) => this.trouble(message),
      clock: (now) => this.tellClock(now),
    })
    this.flushMs = flushMs
    this.intervalStart = this.now()
    this.self = watchItself(this, this.outbox, this.spool, this.refused)
    if (this.settings.builtIn) startBuiltIn(this)
    if (this.settings.uncaught) this.onStop(watchUncaught(this))
    this.schedule()
  }

  /** The agent's clock, Unix ms, corrected to the collector's. */
  now(): number {
    return Date.now() + this.clockOffsetMs
  }

  counter(metric: string, options: MetricOptions = {}): Counter {
    return this.family("counter", metric, options, Counter).root
  }

  /** With `read`, the gauge is sampled once a flush; a further `read` of the same gauge takes the place of the first. */
  gauge(metric: string, read?: (() => number) | MetricOptions, options: MetricOptions = {}): Gauge {
    const given = typeof read === "object" ? read : options
    const { root } = this.family("gauge", metric, given, Gauge)
    if (typeof read === "function") this.samples.set(root, read)
    return root
  }

  /** Durations; `unit` is `ms` unless said otherwise. */
  timer(metric: string, options: MetricOptions = {}): Timer {
    return this.family("timer", metric, options, Timer).root
  }

  /** Sizes; `unit` is `By` unless said otherwise. */
  size(metric: string, options: MetricOptions = {}): Timer {
    return this.family("size", metric, options, Timer).root
  }

  /** What a user did, for funnels and retention. `props` are few, short and flat. */
  event(name: string, user: string, props: FrameEvent["props"] = {}, version?: string): void {
    try {
      const event = {
        name: cleanText(name, LIMITS.name),
        user: cleanText(user, LIMITS.value),
        version: cleanText(version ?? this.settings.version, LIMITS.value),
        at: this.now(),
        props: cleanProps(props),
      }
      if (this.events.length < MOST_EVENTS_PER_FLUSH) this.events.push(event)
      else this.refused.bad_event++
    } catch {
      this.refused.bad_event++ // props that are no plain data
    }
  }

  /**
   * Reports an error: its name, message, stack and causes, and nothing else that hangs on it. Equal ones of an interval are counted
   * together, with the distinct users whom they hit.
   */
  exception(error: unknown, options: { version?: string; user?: string } = {}): void {
    try {
      const version = cleanText(options?.version ?? this.settings.version, LIMITS.value)
      const user = options?.user === undefined ? undefined : String(options.user)
      if (!this.exceptions.add(error, { version, user, at: this.now() })) this.refused.too_many_exceptions++
    } catch {
      this.refused.bad_event++ // an error object whose own getters throw
    }
  }

  /** Calls `sample` before every flush; for built-in points that read several figures at once. */
  onFlush(sample: () => void): void {
    this.beforeFlush.push(sample)
  }

  /** Calls `stop` when the agent stops; for instruments that hook into the process. */
  onStop(stop: () => void): void {
    this.stopping.push(stop)
  }

  /** Sends everything emitted so far. Resolves when it is stored, or when the collector cannot be reached now. */
  async flush(): Promise<void> {
    // Timers and sockets of the agent let the process end; who waits for a flush wants its end.
    const hold = setInterval(() => undefined, 60_000)
    await this.collect()
    this.sender.hurry()
    await this.sender.send()
    clearInterval(hold)
  }

  /** Moves what is not sent yet to the spool at once, without waiting: for a process that is about to exit. */
  spill(): void {
    if (this.stopped === null) {
      this.stopped = Promise.resolve()
      const items = this.takeItems()
      const second = Math.floor(this.intervalStart / 1000)
      let part = drain(this.changed, second, this.ids)
      if (part !== null || items.length > 0) this.keep(second, part, items)
      while (part !== null) {
        part = drain(this.changed, second, this.ids)
        if (part !== null) this.keep(second, part, [])
      }
    }
    this.outbox.spillAll()
  }

  /** The last flush; what cannot be sent within `deadlineMs` goes to the spool. The agent is of no use afterwards. */
  stop(deadlineMs = 2_000): Promise<void> {
    this.stopped ??= this.end(deadlineMs)
    return this.stopped
  }

  private async end(deadlineMs: number): Promise<void> {
    if (this.alarmClock !== null) clearTimeout(this.alarmClock)
    for (const stop of this.stopping) attempt(stop)
    let late: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      late = setTimeout(resolve, deadlineMs)
    })
    await Promise.race([this.flush(), deadline])
    clearTimeout(late)
    this.outbox.spillAll()
    this.sender.stop()
  }

  private family<T extends Cell>(
    kind: Kind,
    name: string,
    options: MetricOptions,
    handle: new (agent: Instruments, family: Family<T>, series: Series) => T,
  ): Family<T> {
    try {
      return this.findFamily(kind, name, options, handle)
    } catch {
      this.refused.bad_name++ // options whose own getters throw
      return this.findFamily(kind, "unnamed", {}, handle)
    }
  }

  private findFamily<T extends Cell>(
    kind: Kind,
    name: string,
    options: MetricOptions,
    handle: new (agent: Instruments, family: Family<T>, series: Series) => T,
  ): Family<T> {
    const metric = cleanText(name, LIMITS.name) || "unnamed"
    if (typeof name !== "string" || metric !== name) this.refused.bad_name++
    const { service, version, host, labels } = this.settings
    const subsystem = cleanText(options?.subsystem ?? this.settings.subsystem, LIMITS.value)
    const all = cleanLabels({ ...labels, ...options?.labels }, this.refused)
    const key = `${kind} ${metric} ${subsystem} ${JSON.stringify(all)}`
    const known = this.families.get(key) as Family<T> | undefined
    if (known !== undefined) return known
    if (this.families.size >= MOST_METRICS && metric !== OTHER) {
      this.refused.too_many_series++
      return this.findFamily(kind, OTHER, {}, handle)
    }
    const unit = cleanText(options?.unit ?? UNIT_OF[kind], LIMITS.unit)
    const base = { service, subsystem, version, host, metric, kind, unit, labels: all }
    const make = (family: Family<T>, series: Series) => new handle(this.instruments, family, series)
    const family = new Family<T>(base, make, { refused: this.refused, now: () => this.now() })
    this.families.set(key, family as unknown as Family<Counter>)
    return family
  }

  /** Flushes fall on whole intervals of the clock, so that a point holds one whole second. */
  private schedule(): void {
    if (this.stopped !== null) return
    const dueMs = this.flushMs - (this.now() % this.flushMs)
    this.alarmClock = setTimeout(
      () => {
        void this.collect().then(() => void this.sender.send())
        this.schedule()
      },
      Math.max(dueMs, this.flushMs / 10),
    )
    this.alarmClock.unref()
  }

  /** Moves what was emitted into frames; one run at a time. Never rejects. */
  private collect(): Promise<void> {
    this.flushing = this.flushing.then(() => this.drainAll()).catch((error) => this.trouble(`cannot flush: ${error}`))
    return this.flushing
  }

  private async drainAll(): Promise<void> {
    for (const sample of this.beforeFlush) attempt(sample)
    for (const [gauge, read] of this.samples) attempt(() => gauge.set(read()))
    const second = Math.floor(this.intervalStart / 1000)
    this.intervalStart = this.now()
    const items = this.takeItems()
    // What is touched while this flush goes on, by its own sending too, belongs to the next.
    const due = { ...this.changed }
    this.changed.counters = []
    this.changed.gauges = []
    this.changed.timers = []
    let first = true
    for (;;) {
      const part = drain(due, second, this.ids)
      if (part === null && (!first || items.length === 0)) break
      this.keep(second, part, first ? items : [])
      first = false
      if (part === null) break
      // Gives the host its turn: a flush of many series is done in short steps.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  private keep(second: number, part: Drained | null, items: { section: FrameSection; count: number }[]): void {
    this.refused.not_a_number += part?.notFinite ?? 0
    this.outbox.add({
      second,
      points: part?.points ?? new Uint8Array(0),
      cells: part?.cells ?? [],
      named: part?.named ?? [],
      items: items.map((item) => item.section),
      count: (part?.cells.length ?? 0) + items.reduce((sum, item) => sum + item.count, 0),
    })
    this.tellSpool()
  }

  private tellSpool(): void {
    const failure = this.spool?.failure ?? null
    if (failure !== null) this.trouble(`${failure}; what memory cannot hold is dropped until that is put right`)
    else if (this.spoolFailed) this.trouble(`the spool ${this.settings.spool} can be written again`)
    this.spoolFailed = failure !== null
  }

  private takeItems(): { section: FrameSection; count: number }[] {
    const { service, subsystem, host } = this.settings
    const exceptions = this.exceptions.drain()
    const events = this.events
    this.events = []
    const of = <T>(type: number, items: T[]) =>
      items.length === 0
        ? []
        : [{ section: { type, body: encodeItems({ service, subsystem, host, items }) }, count: items.length }]
    return [...of(SECTION.events, events), ...of(SECTION.exceptions, exceptions)]
  }

  private stored(count: number, reply: FrameReply | null, roundTripMs: number): void {
    this.self.sent.inc(count)
    this.self.roundTrip.record(roundTripMs)
    if (reply === null) return
    for (const { reason, count: refused } of reply.refused ?? []) {
      this.trouble(`the collector left out ${refused} points: ${reason}`)
    }
    if (roundTripMs < CLOCK_TOLERANCE_MS) this.correctClock(reply.now + roundTripMs / 2)
    const asked = reply.flushMs ?? this.settings.flushMs
    this.flushMs = Math.min(60_000, Math.max(this.settings.flushMs, asked))
  }

  private tellClock(collectorNow: number): Clock {
    this.correctClock(collectorNow)
    return { nowSec: Math.floor(collectorNow / 1000), offsetSec: Math.round(this.clockOffsetMs / 1000) }
  }

  /** Follows the collector's clock where ours is off by more than 2 s. */
  private correctClock(collectorNow: number): void {
    const offsetMs = collectorNow - Date.now()
    const wanted = Math.abs(offsetMs) > CLOCK_TOLERANCE_MS ? offsetMs : 0
    if (Math.abs(wanted - this.clockOffsetMs) <= CLOCK_TOLERANCE_MS) return
    this.intervalStart += wanted - this.clockOffsetMs
    this.clockOffsetMs = wanted
    this.trouble(
      `this machine's clock is ${Math.round(-wanted / 1000)} s ahead of the collector's; times are corrected`,
    )
  }

  private trouble(message: string): void {
    const kind = message.replace(/\d+/g, "")
    const now = Date.now()
    if (now - (this.troubleAt.get(kind) ?? 0) < 60_000 || this.troubleAt.size > 100) return
    this.troubleAt.set(kind, now)
    attempt(() => this.settings.onTrouble(message))
  }
}

/** Short, flat and finite, as JSON takes it; throws for what cannot be made so. */
function cleanProps(props: FrameEvent["props"]): FrameEvent["props"] {
  const clean: FrameEvent["props"] = {}
  for (const [name, value] of Object.entries(props).slice(0, MOST_PROPS)) {
    const plain = typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
    clean[cleanText(name, LIMITS.name)] = plain ? value : cleanText(value, LIMITS.value)
  }
  return clean
}

function attempt(run: () => void): void {
  try {
    run()
  } catch {
    // the host's own callback threw: its figure is missing in this flush, nothing else is
  }
}

/** Starts an agent; throws TypeError for options that cannot work. Keep one for the life of the process. */
export function createAgent(options: AgentOptions): Agent {
  return new Agent(options)
}
