/** What the agent costs its host: a bound increment, a bound record, and a flush of many series. */
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics"
import { type Agent, createAgent } from "@ossagent/agent"
import prom from "prom-client"
import { atLeast, atMost, median, quantile, report, stated } from "./result.ts"

const ROUNDS = 15
const CALLS = 1_000_000
const SERIES = 10_000
const FLUSHES = 40
const FRESH = 10
const LABELS = { method: "GET", status: "200" }
// Latencies between 0.1 and 400 ms, the same for all.
const values = Float64Array.from({ length: 4_096 }, (_, i) => 0.1 * 4_000 ** (((i * 2_654_435_761) % 4_096) / 4_096))

/** A door that takes every frame, in a thread and heap of its own: its work and garbage are not the agent's. */
const DOOR = `
  const { parentPort } = require("node:worker_threads")
  let bytes = 0
  const door = require("node:http").createServer((request, response) => {
    request.on("data", (chunk) => { bytes += chunk.length })
    request.on("end", () => response.end(JSON.stringify({ accepted: 1, now: Date.now() })))
  })
  door.listen(0, "127.0.0.1", () => parentPort.postMessage(door.address().port))
  parentPort.on("message", () => parentPort.postMessage(bytes))`

async function startDoor(): Promise<{ url: string; taken: () => Promise<number>; close: () => Promise<number> }> {
  const worker = new Worker(DOOR, { eval: true })
  const [port] = await once(worker, "message")
  const taken = async (): Promise<number> => {
    worker.postMessage("bytes")
    return (await once(worker, "message"))[0] as number
  }
  return { url: `http://127.0.0.1:${port}`, taken, close: () => worker.terminate() }
}

const start = (collector: string, spool: string | false = false): Agent =>
  createAgent({
    service: "bench",
    collector,
    key: randomBytes(8).toString("hex"),
    spool,
    memoryBytes: spool === false ? undefined : 10_000,
    flushMs: 60_000,
    builtIn: false,
    onTrouble: () => undefined,
  })

/** Nanoseconds a call. Each loop stands in its own function: shared, one library's shapes would slow down the next. */
function timed(run: (calls: number) => void): number {
  const from = process.hrtime.bigint()
  run(CALLS)
  return Number(process.hrtime.bigint() - from) / CALLS
}

type Subject = { name: string; run: (calls: number) => void; ns: number[] }

function subjects(agent: Agent): { all: Subject[]; stop: () => Promise<void> } {
  const ours = { counter: agent.counter("calls").with(LABELS), timer: agent.timer("took").with(LABELS) }
  const names = Object.keys(LABELS)
  const counter = new prom.Counter({ name: "calls", help: "calls", labelNames: names }).labels("GET", "200")
  const histogram = new prom.Histogram({ name: "took", help: "took", labelNames: names }).labels("GET", "200")
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000 })
  const provider = new MeterProvider({ readers: [reader] })
  const meter = provider.getMeter("bench")
  const otel = { counter: meter.createCounter("calls"), histogram: meter.createHistogram("took") }
  const all: Record<string, (calls: number) => void> = {
    "inc ossagent": (calls) => {
      for (let i = 0; i < calls; i++) ours.counter.inc()
    },
    "inc prom-client": (calls) => {
      for (let i = 0; i < calls; i++) counter.inc()
    },
    "inc opentelemetry": (calls) => {
      for (let i = 0; i < calls; i++) otel.counter.add(1, LABELS)
    },
    "record ossagent": (calls) => {
      for (let i = 0; i < calls; i++) ours.timer.record(values[i & 4_095] as number)
    },
    "record prom-client": (calls) => {
      for (let i = 0; i < calls; i++) histogram.observe(values[i & 4_095] as number)
    },
    "record opentelemetry": (calls) => {
      for (let i = 0; i < calls; i++) otel.histogram.record(values[i & 4_095] as number, LABELS)
    },
  }
  return { all: Object.entries(all).map(([name, run]) => ({ name, run, ns: [] })), stop: () => provider.shutdown() }
}

const door = await startDoor()
const agent = start(door.url)
const { all, stop } = subjects(agent)
for (const { run } of all) run(CALLS)
for (let round = 0; round < ROUNDS; round++) {
  for (const subject of all) {
    subject.ns.push(timed(subject.run))
    await new Promise((resolve) => setImmediate(resolve)) // readers and flushes get their turn
  }
}
await stop()
const nsOf = (name: string): number => median(all.find((subject) => subject.name === name)?.ns ?? [])

/** The longest time that the event loop was held up, ms, while `work` went on: an immediate that looks at the clock each turn. */
async function longestBlock(work: () => Promise<void>): Promise<number> {
  let [longest, running, at] = [0, true, performance.now()]
  const look = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - at)
    at = now
    if (running) setImmediate(look)
  }
  setImmediate(look)
  await work()
  await new Promise((resolve) => setImmediate(resolve))
  running = false
  return longest
}

const many = start(door.url)
const counters = Array.from({ length: SERIES }, (_, i) => many.counter(`m${i % 10}`).with({ user: i, ...LABELS }))
const blocks: number[] = []
const sizes: number[] = []
for (let flush = 0; flush < FLUSHES; flush++) {
  for (const [i, counter] of counters.entries()) counter.inc(1 + ((i + flush) % 50))
  const before = await door.taken()
  blocks.push(await longestBlock(() => many.flush()))
  sizes.push(((await door.taken()) - before) / SERIES)
}
const collectYoung = globalThis.gc as unknown as (options: { type: "minor" }) => void
// Agents that name 10,000 series, in a process that has done so before. The handles are collected into the old generation first: a pause
// for what the host has just made would come at any time.
const firsts: number[] = []
for (let i = 0; i < FRESH; i++) {
  const fresh = start(door.url)
  for (let n = 0; n < SERIES; n++)
    fresh
      .counter(`m${n % 10}`)
      .with({ user: n, ...LABELS })
      .inc()
  for (let i = 0; i < 2; i++) collectYoung({ type: "minor" })
  firsts.push(await longestBlock(() => fresh.flush()))
  await fresh.stop()
}
const timerAgent = start(door.url)
const timers = Array.from({ length: SERIES }, (_, i) => timerAgent.timer(`t${i % 10}`).with({ user: i, ...LABELS }))
const timerBlocks: number[] = []
const timerSizes: number[] = []
for (let flush = 0; flush < FLUSHES; flush++) {
  for (const [i, timer] of timers.entries())
    for (let n = 0; n < 5; n++) timer.record(values[(i * 5 + n + flush) & 4_095] as number)
  const before = await door.taken()
  timerBlocks.push(await longestBlock(() => timerAgent.flush()))
  timerSizes.push(((await door.taken()) - before) / SERIES)
}
// The collector is away: frames go to the disk, each with the names of all its series.
const spool = mkdtempSync(join(tmpdir(), "ossagent-bench-"))
const alone = start("http://127.0.0.1:1", spool)
const spooled = Array.from({ length: SERIES }, (_, i) => alone.counter(`m${i % 10}`).with({ user: i, ...LABELS }))
const spoolBlocks: number[] = []
for (let flush = 0; flush < FLUSHES / 2; flush++) {
  for (const counter of spooled) counter.inc()
  spoolBlocks.push(await longestBlock(() => alone.flush()))
}
for (const one of [agent, many, timerAgent]) await one.stop()
await alone.stop(0)
rmSync(spool, { recursive: true })
await door.close()
const [inc, record] = [nsOf("inc ossagent"), nsOf("record ossagent")]
const spread = (name: string): number => {
  const ns = all.find((subject) => subject.name === name)?.ns ?? []
  return ((quantile(ns, 0.9) - quantile(ns, 0.1)) / median(ns)) * 100
}
report({
  name: "agent",
  about: `Bound handles with two labels, ${CALLS.toLocaleString("en")} calls a round, the libraries in turn in ${ROUNDS} rounds of one process; medians. OpenTelemetry has no bound handles: it is given the same label object each time, with a live periodic reader. Flushes: ${SERIES.toLocaleString("en")} changed series to a door in a thread of its own, ${FLUSHES} times; the first names the series and stands apart.`,
  runs: 1,
  versions: { "prom-client": "15.1.3", "@opentelemetry/sdk-metrics": "2" },
  figures: [
    stated("inc", inc, "ns"),
    stated("inc, prom-client", nsOf("inc prom-client"), "ns"),
    stated("inc, OpenTelemetry", nsOf("inc opentelemetry"), "ns"),
    atLeast("inc, times as fast as prom-client", nsOf("inc prom-client") / inc, "×", 30),
    stated("inc, times as fast as OpenTelemetry", nsOf("inc opentelemetry") / inc, "×"),
    stated("record", record, "ns"),
    stated("record, prom-client", nsOf("record prom-client"), "ns"),
    stated("record, OpenTelemetry", nsOf("record opentelemetry"), "ns"),
    atLeast("record, times as fast as prom-client", nsOf("record prom-client") / record, "×", 10),
    stated("record, times as fast as OpenTelemetry", nsOf("record opentelemetry") / record, "×"),
    stated("spread of inc, 10th to 90th percentile of the rounds", spread("inc ossagent"), "%"),
    stated("spread of record", spread("record ossagent"), "%"),
    atMost("longest block in a flush of 10,000 counters, median", median(blocks.slice(1)), "ms", 10),
    atMost("the same, worst flush", Math.max(...blocks.slice(1)), "ms", 10),
    atMost("the same, flush that names 10,000 new series, median", median(firsts), "ms", 10),
    atMost("the same, worst", Math.max(...firsts), "ms", 10),
    stated("the same, the first of the process, code still cold", blocks[0] as number, "ms"),
    atMost("longest block in a flush of 10,000 timers, median", median(timerBlocks.slice(1)), "ms", 10),
    atMost("the same, worst flush", Math.max(...timerBlocks.slice(1)), "ms", 10),
    stated("the same, flush that names 10,000 new series", timerBlocks[0] as number, "ms"),
    atMost("longest block in a flush of 10,000 counters to the spool, median", median(spoolBlocks.slice(1)), "ms", 10),
    atMost("the same, worst flush", Math.max(...spoolBlocks.slice(1)), "ms", 10),
    stated("bytes a counter and flush", median(sizes.slice(1)), "B"),
    stated("bytes a timer of five values and flush", median(timerSizes.slice(1)), "B"),
  ],
})
