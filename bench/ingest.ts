/** How many points a second the collector takes, acknowledges and stores, and what a million of them costs. */
import { randomBytes } from "node:crypto"
import { Agent, request } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import {
  createPointGroup,
  encodeFrame,
  encodeNames,
  encodePoints,
  type FrameSection,
  SECTION,
  shiftPoints,
} from "@ossagent/wire"
import { atLeast, atMost, report, stated } from "./result.ts"
import { cpuSeconds, directoryBytes, INGEST_KEY, residentBytes, type Stack, startStack } from "./stack.ts"

const SERIES = 4_000
const SECONDS = Number(process.argv[2] ?? 120)
const RATE = Number(process.argv[3] ?? 640_000)
const SHAPES = 8

/** A client with 4,000 counters: what 160 of them send is what agents send, without the cost of 160 processes. */
interface Sender {
  agent: string
  sequence: number
  shapes: Uint8Array[]
}

const http = new Agent({ keepAlive: true, maxSockets: 16 })

function createSender(number: number): Sender {
  const shapes = Array.from({ length: SHAPES }, (_, shape) => {
    const group = createPointGroup("counter", SERIES)
    group.length = SERIES
    for (let i = 0; i < SERIES; i++) {
      group.ids[i] = i + 1
      // Requests a second around each series' own level, as busy counters do.
      const level = 5 + ((i * 7919) % 300)
      group.sum[i] = Math.round(level + Math.sqrt(level) * Math.sin(shape * 1.7 + i * 0.37 + number))
    }
    return encodePoints(0, [group])
  })
  return { agent: randomBytes(16).toString("hex"), sequence: 0, shapes }
}

function names(number: number): Uint8Array {
  const series = Array.from({ length: SERIES }, (_, i) => ({
    id: i + 1,
    series: {
      service: `service-${number % 40}`,
      subsystem: `part-${number}`,
      version: `1.${number % 4}.0`,
      host: `host-${number}`,
      metric: `app.metric.${i % 200}`,
      kind: "counter" as const,
      unit: "{request}",
      labels: { code: String(Math.floor(i / 200)) },
    },
  }))
  return encodeNames(series)
}

async function send(stack: Stack, sender: Sender, number: number, second: number): Promise<number> {
  const body = shiftPoints(sender.shapes[second % SHAPES] as Uint8Array, second)
  const sections: FrameSection[] = [{ type: SECTION.points, body }]
  if (sender.sequence === 0) sections.unshift({ type: SECTION.names, body: names(number) })
  const frame = encodeFrame(
    { agent: sender.agent, epoch: 1, sequence: ++sender.sequence, selfContained: false },
    sections,
  )
  for (;;) {
    const { status, accepted } = await post(`${stack.collectorUrl}/v1/frames`, frame)
    if (status === 200) return accepted
    if (status !== 429) throw new Error(`refused with ${status}`)
    await sleep(100)
  }
}

const post = (url: string, frame: Uint8Array): Promise<{ status: number; accepted: number }> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${INGEST_KEY}`,
      "content-type": "application/x-ossagent-frame",
      "content-length": frame.length,
    }
    const call = request(url, { method: "POST", agent: http, headers }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (part: string) => {
        text += part
      })
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, accepted: Number(JSON.parse(text).accepted ?? 0) }),
      )
    })
    call.on("error", reject)
    call.end(frame)
  })

/** Points of `app.metric.*` in the store. */
async function stored(stack: Stack): Promise<number> {
  return Number(await stack.sql("SELECT sum(length(dt)) FROM points_1s WHERE metric LIKE 'app.metric.%'"))
}

/** Until every series is in the catalog's table, and its parts are merged. */
async function named(stack: Stack, series: number): Promise<void> {
  const count = async (): Promise<number> =>
    Number(await stack.sql("SELECT uniq(metric, subsystem, labels) FROM series"))
  for (let i = 0; i < 240 && (await count()) < series * 0.98; i++) await sleep(500)
  await settle(stack)
}

/** Until nothing is stored or merged any more. What is asked meanwhile costs nothing: it is read off the parts' names. */
async function settle(stack: Stack): Promise<void> {
  const state = async (): Promise<string> =>
    stack.sql("SELECT (SELECT count() FROM points_1s), (SELECT count() FROM system.merges)")
  let before = ""
  for (let quietSec = 0, tries = 0; quietSec < 15 && tries < 180; tries++) {
    await sleep(1_000)
    const now = await state()
    quietSec = now === before && now.trim().endsWith("\t0") ? quietSec + 1 : 0
    before = now
  }
}

const stack = await startStack({ OSSAGENT_MOST_SERIES: "5000000" })
const [collector, engine] = [stack.collector.pid as number, stack.engine.pid as number]
const senders = Array.from({ length: Math.round(RATE / SERIES) }, (_, number) => createSender(number))
// Names once, outside of the measurement: they are sent once in an agent's life.
const warmAt = Math.floor(Date.now() / 1000)
for (const [number, sender] of senders.entries()) await send(stack, sender, number, warmAt - 1)
await named(stack, senders.length * SERIES)

const before = { collector: cpuSeconds(collector), engine: cpuSeconds(engine), own: process.cpuUsage() }
let accepted = 0
let peak = { collector: 0, engine: 0 }
let behindMs = 0
const from = Date.now()
for (let second = 0; second < SECONDS; second++) {
  const due = from + second * 1000
  if (due > Date.now()) await sleep(due - Date.now())
  behindMs = Math.max(behindMs, Date.now() - due)
  const at = Math.floor(due / 1000)
  const counts = await Promise.all(senders.map((sender, number) => send(stack, sender, number, at)))
  accepted += counts.reduce((sum, count) => sum + count, 0)
  peak = {
    collector: Math.max(peak.collector, residentBytes(collector)),
    engine: Math.max(peak.engine, residentBytes(engine)),
  }
}
const seconds = (Date.now() - from) / 1000
const own = process.cpuUsage(before.own)
await settle(stack)
const cpu = { collector: cpuSeconds(collector) - before.collector, engine: cpuSeconds(engine) - before.engine }
const inStore = (await stored(stack)) - senders.length * SERIES
const millions = accepted / 1e6
const bytes = Number(
  await stack.sql(
    "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'points_1s' AND database = currentDatabase()",
  ),
)
if (inStore !== accepted) throw new Error(`${accepted} points were acknowledged, ${inStore} are in the store`)
report({
  name: "ingest",
  about: `${senders.length} senders of ${SERIES} counters each send one frame a second over HTTP for ${SECONDS} s; every point is acknowledged from the log and then found in the store. Generator, collector and embedded ClickHouse share the machine; CPU includes rolling minutes up and the merges that run by themselves.`,
  runs: 1,
  versions: { clickhouse: (await stack.sql("SELECT version()")).trim() },
  figures: [
    atLeast("points acknowledged and stored", accepted / seconds, "points/s", 600_000),
    atMost("CPU a million points, collector and engine", (cpu.collector + cpu.engine) / millions, "s", 1.6),
    stated("of it the collector", cpu.collector / millions, "s"),
    stated("of it the engine", cpu.engine / millions, "s"),
    stated("the generator besides", (own.user + own.system) / 1e6 / millions, "s"),
    atMost("bytes a point on disk, one second's table", bytes / (accepted + senders.length * SERIES), "B", 1.5),
    stated("longest delay of a second's frames", behindMs / 1000, "s"),
    stated("peak memory of the collector", peak.collector / 2 ** 20, "MiB"),
    stated("peak memory of the engine", peak.engine / 2 ** 20, "MiB"),
    stated("all files afterwards", directoryBytes(stack.directory) / 2 ** 20, "MiB"),
  ],
})
await stack.stop()
http.destroy()
