/**
 * The browser's end of the one live stream of a page. Charts follow questions; equal questions share one place; the stream is opened
 * anew, once, a moment after the set of questions changed. A hidden page has no stream.
 */
import type { AlarmLiveEvent, CatalogChanged, LiveEvent, LiveQuestion } from "@ossagent/wire"
import { leaveForLogin } from "../question/ask.ts"
import { keepSeconds, type LiveSeconds } from "./merge.ts"
import { createSseParser, type SseEvent } from "./sse.ts"
import type { StreamState } from "./stream.ts"

export type LiveAsk = Omit<LiveQuestion["questions"][number], "id">
/** `lost` says why; `paused` is a hidden page. */
export interface LiveStatus {
  state: "opening" | "live" | "lost" | "paused"
  why: string
  /** Unix ms: how long it has been so. */
  since: number
}

interface Followed {
  id: string
  ask: LiveAsk
  seconds: LiveSeconds | null
  listeners: Set<() => void>
}

const MOST_QUESTIONS = 32
const GATHER_MS = 250
const SILENT_MS = 25_000
const NOBODY = "the dashboard does not answer"
const BACK_OFF_MS = [500, 1_000, 2_000, 3_000]

export class LiveHub {
  private readonly followed = new Map<string, Followed>()
  private readonly statusListeners = new Set<() => void>()
  private readonly alarmListeners = new Set<(event: AlarmLiveEvent) => void>()
  private status: LiveStatus = { state: "opening", why: "", since: 0 }
  private heardAt = 0
  private alarms: AlarmLiveEvent["open"] | null = null
  private catalogVersion = 0
  private stream: AbortController | null = null
  private gathering: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setInterval> | undefined
  private failures = 0
  private nextId = 1
  private running = false

  /** Opens the stream; the returned function closes it. */
  start(): () => void {
    this.running = true
    const onVisible = (): void => this.reopen(document.hidden ? 0 : GATHER_MS)
    document.addEventListener("visibilitychange", onVisible)
    this.watchdog = setInterval(() => this.checkAlive(), 5_000)
    this.reopen(GATHER_MS)
    return () => {
      this.running = false
      document.removeEventListener("visibilitychange", onVisible)
      clearInterval(this.watchdog)
      clearTimeout(this.gathering)
      this.stream?.abort()
    }
  }

  /** Calls `listener` whenever newer seconds are there; the returned function stops that. */
  follow(ask: LiveAsk, listener: () => void): () => void {
    const key = JSON.stringify(ask)
    let one = this.followed.get(key)
    if (!one) {
      one = { id: `q${this.nextId++}`, ask, seconds: null, listeners: new Set() }
      this.followed.set(key, one)
      this.reopen(GATHER_MS)
    }
    one.listeners.add(listener)
    return () => {
      one.listeners.delete(listener)
      if (one.listeners.size > 0) return
      this.followed.delete(key)
      this.reopen(GATHER_MS)
    }
  }

  secondsOf(ask: LiveAsk): LiveSeconds | null {
    return this.followed.get(JSON.stringify(ask))?.seconds ?? null
  }

  onStatus = (listener: () => void): (() => void) => {
    this.statusListeners.add(listener)
    return () => void this.statusListeners.delete(listener)
  }
  readStatus = (): LiveStatus => this.status

  /** Alarms that changed, as they change. */
  onAlarms(listener: (event: AlarmLiveEvent) => void): () => void {
    this.alarmListeners.add(listener)
    return () => void this.alarmListeners.delete(listener)
  }
  readOpenAlarms = (): AlarmLiveEvent["open"] | null => this.alarms
  /** Another number whenever there are new series; 0 until the stream has said so. */
  readCatalogVersion = (): number => this.catalogVersion

  private reopen(afterMs: number): void {
    if (!this.running) return
    clearTimeout(this.gathering)
    this.gathering = setTimeout(() => void this.connect(), afterMs)
  }

  private async connect(): Promise<void> {
    this.stream?.abort()
    if (document.hidden) return this.tell("paused", "this page is in the background")
    const stream = new AbortController()
    this.stream = stream
    const questions = [...this.followed.values()].slice(0, MOST_QUESTIONS).map(({ id, ask }) => ({ id, ...ask }))
    try {
      const answer = await fetch("/api/live", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ questions }),
        signal: stream.signal,
      })
      if (answer.status === 401) return leaveForLogin()
      if (!answer.ok || !answer.body) throw new Error(`the dashboard answered ${answer.status}`)
      this.failures = 0
      this.heardAt = Date.now()
      this.tell("live", "")
      await this.read(answer.body)
      throw new Error("the dashboard ended the stream")
    } catch (error) {
      if (stream.signal.aborted) return
      // a browser says of a connection that failed only that it is a TypeError, each in its own words
      this.tell("lost", error instanceof Error && !(error instanceof TypeError) ? error.message : NOBODY)
      this.reopen(
        (BACK_OFF_MS[Math.min(this.failures++, BACK_OFF_MS.length - 1)] ?? 3_000) * (0.75 + Math.random() / 2),
      )
    }
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const push = createSseParser((event) => this.take(event))
    const decoder = new TextDecoder()
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      this.heardAt = Date.now()
      push(decoder.decode(value, { stream: true }))
    }
  }

  private take({ name, data }: SseEvent): void {
    if (name === "metric") this.takeMetric(JSON.parse(data) as LiveEvent)
    else if (name === "catalog") {
      this.catalogVersion = (JSON.parse(data) as CatalogChanged).version
      this.tellListeners()
    } else if (name === "alarm") {
      const event = JSON.parse(data) as AlarmLiveEvent
      this.alarms = event.open
      for (const listener of this.alarmListeners) listener(event)
      this.tellListeners()
    } else if (name === "state") {
      const { collector, alerting, why } = JSON.parse(data) as StreamState
      this.tell(collector === "up" && alerting === "up" ? "live" : "lost", why)
    }
  }

  private takeMetric(event: LiveEvent): void {
    for (const one of this.followed.values()) {
      if (one.id !== event.id) continue
      one.seconds = keepSeconds(one.seconds, event)
      for (const listener of one.listeners) listener()
    }
  }

  /** The server says something every 10 s: silence means that the connection is dead without having been told so. */
  private checkAlive(): void {
    if (this.status.state !== "live" || Date.now() - this.heardAt < SILENT_MS) return
    this.tell("lost", `the dashboard has said nothing for ${SILENT_MS / 1000} s`)
    this.reopen(0)
  }

  private tell(state: LiveStatus["state"], why: string): void {
    const same = this.status.state === state
    if (same && this.status.why === why) return
    this.status = { state, why, since: same ? this.status.since : Date.now() }
    this.tellListeners()
  }

  private tellListeners(): void {
    for (const listener of this.statusListeners) listener()
  }
}
