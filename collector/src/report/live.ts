import type { ServerResponse } from "node:http"
import { ServiceError } from "@ossagent/svrkit"
import type { CatalogChanged, LiveEvent } from "@ossagent/wire"
import type { z } from "zod"
import type { Head } from "../head/head.ts"
import type { Registry } from "../head/registry.ts"
import { Cells, weightOf } from "./cells.ts"
import { readHeadCells } from "./head-cells.ts"
import type { LIVE } from "./question.ts"
import { kindOf, seriesOf } from "./range.ts"

/** Whether there are new series is cheap to tell; answers are made in every fifth turn. */
const TICK_MS = 100
const TICKS_AN_ANSWER = 5
const WINDOW_SEC = 10
const COMMENT_MS = 15_000
/** Bytes that a slow reader may leave unread before it misses ticks. */
const BEHIND_BYTES = 1024 * 1024

type Question = z.output<typeof LIVE>["questions"][number]

interface Reader {
  questions: readonly Question[]
  response: ServerResponse
  /** What was sent last, by question. */
  last: Map<string, string>
  catalogVersion: number
  ticks: number
}

/** Streams of live questions: the newest seconds from memory, to each reader at most twice a second and only what changed. */
export class LiveStreams {
  private readonly streams = new Set<() => void>()
  private readonly head: Head
  private readonly registry: Registry
  private readonly most: number

  constructor(head: Head, registry: Registry, most: number) {
    this.head = head
    this.registry = registry
    this.most = most
  }

  get size(): number {
    return this.streams.size
  }

  /** Answers until the reader goes. Throws `too_many_requests`. */
  open(questions: readonly Question[], response: ServerResponse): void {
    if (this.streams.size >= this.most) {
      throw new ServiceError("too_many_requests", `cannot open a live stream: ${this.most} are open`, {
        retryAfterSec: 5,
      })
    }
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    })
    response.write(": open\n\n")
    const reader: Reader = { questions, response, last: new Map(), catalogVersion: -1, ticks: 0 }
    const tick = setInterval(() => this.tick(reader), TICK_MS)
    const comment = setInterval(() => response.write(": alive\n\n"), COMMENT_MS)
    const close = (): void => {
      clearInterval(tick)
      clearInterval(comment)
      this.streams.delete(close)
      response.end()
    }
    this.streams.add(close)
    response.on("close", close)
    this.tick(reader)
  }

  closeAll(): void {
    for (const close of this.streams) close()
  }

  private tick(reader: Reader): void {
    const { questions, response, last } = reader
    if (response.writableLength > BEHIND_BYTES) return
    if (reader.catalogVersion !== this.registry.version) {
      reader.catalogVersion = this.registry.version
      const changed: CatalogChanged = { version: reader.catalogVersion }
      response.write(`event: catalog\ndata: ${JSON.stringify(changed)}\n\n`)
    }
    if (reader.ticks++ % TICKS_AN_ANSWER !== 0) return
    for (const question of questions) {
      const event = this.answer(question)
      if (event === null) continue
      const { t: _t, ...content } = event
      const text = JSON.stringify(content.series)
      if (last.get(question.id) === text) continue
      last.set(question.id, text)
      response.write(`data: ${JSON.stringify(event)}\n\n`)
    }
  }

  /** Null as long as the metric is unknown: it may come. */
  private answer({ id, metric, stats, filters, split, top }: Question): LiveEvent | null {
    if (!this.registry.byMetric.has(metric)) return null
    const { kind, unit } = kindOf(this.registry, metric, filters)
    const nowSec = Date.now() / 1000
    const to = Math.floor(nowSec) + 1
    const from = to - WINDOW_SEC
    const cells = new Cells()
    const buckets = stats.some((stat) => stat.startsWith("p"))
    readHeadCells(
      cells,
      { metrics: [metric], kind, filters, dims: split, from, to, stepSec: 1, buckets, groups: null },
      this.head.recent(),
      this.registry,
    )
    const groups = [...cells.groups.values()].sort((a, b) => weightOf(b) - weightOf(a)).slice(0, top)
    const series = groups.map((group) =>
      seriesOf(group, split, stats, { from, stepSec: 1, steps: WINDOW_SEC, nowSec: to + 1 }),
    )
    return { id, stepSec: 1, t: Array.from({ length: WINDOW_SEC }, (_, i) => (from + i) * 1000), series, kind, unit }
  }
}
