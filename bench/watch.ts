/** A hundred thousand series compared with their histories, minute after minute: how long after its end a minute is judged, engine included. */
import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { startTestPostgres } from "@ossagent/svrkit/postgres"
import { createPointGroup, encodeFrame, encodeNames, encodePoints, type Kind, SECTION } from "@ossagent/wire"
import pg from "pg"
import { atLeast, atMost, type Figure, median, report, stated } from "./result.ts"
import { cpuSeconds, INGEST_KEY, READ_TOKEN, residentBytes, type Stack, startStack } from "./stack.ts"

const SERIES = Number(process.argv[2] ?? 100_000)
const MINUTES = 5
const SUBSYSTEMS = 10
const METRICS = 100
/** Each agent has a tenth of the series and sends it every ten seconds, one agent a second. */
const AGENTS = 10
const DETECT = new URL("../../alerting/dist/detect/", import.meta.url)
const PAGE = 500
const DAYS = 8

interface Place {
  service: string
  subsystem: string
  version: string
  metric: string
  kind: Kind
}

const toPlace = (i: number): Place => ({
  service: `s${Math.floor(i / METRICS / SUBSYSTEMS)}`,
  subsystem: `x${Math.floor(i / METRICS) % SUBSYSTEMS}`,
  version: "1",
  metric: `m${i % METRICS}.${i % 2 === 0 ? "count" : "level"}`,
  kind: i % 2 === 0 ? "counter" : "gauge",
})

/** Histories as old as {@link DAYS} days, so that every point is judged in full; all alike, as the figures are. */
async function fillHistories(databaseUrl: string): Promise<void> {
  const { createHistory, observe } = await import(new URL("history.js", DETECT).href)
  const { encodeState } = await import(new URL("state.js", DETECT).href)
  const states = new Map<Kind, Buffer>()
  const newest = Math.floor(Date.now() / 60_000) * 60 - 60
  for (const kind of ["counter", "gauge"] as const) {
    const state = createHistory()
    const options = { stepSec: 60, direction: "both", minAbsolute: 0, minRelative: 0.3, warmUp: 120 }
    for (let t = newest - DAYS * 86_400; t <= newest; t += 60)
      observe(state, t, toValue(t), { ...options, counts: kind === "counter" })
    states.set(kind, encodeState(state))
  }
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  for (let from = 0; from < SERIES; from += PAGE) {
    const rows = Array.from({ length: Math.min(PAGE, SERIES - from) }, (_, k) => toPlace(from + k))
    const stats = rows.map(({ kind }) => (kind === "counter" ? "rate" : "avg"))
    const meta = rows.map(({ metric, kind, ...group }, k) =>
      JSON.stringify({ metric, stat: stats[k], unit: "", group, kind }),
    )
    const keys = rows.map((row, k) => [row.metric, stats[k], row.service, row.subsystem, row.version].join("\u0001"))
    await client.query(
      `INSERT INTO alerting.history_state (key, meta, last_t, state)
       SELECT key, meta::jsonb, $3, CASE WHEN meta::jsonb->>'kind' = 'counter' THEN $4::bytea ELSE $5::bytea END
       FROM unnest($1::text[], $2::text[]) AS row (key, meta)`,
      [keys, meta, newest, states.get("counter"), states.get("gauge")],
    )
  }
  await client.end()
}

/** By the minute, as a detector sees it. */
const toValue = (t: number): number => 600 + 60 * Math.sin(t / 13_000) + 6 * Math.sin(t * 1.7)

function startLoad({ collectorUrl }: Stack): () => void {
  const share = SERIES / AGENTS
  const agents = Array.from({ length: AGENTS }, (_, a) => {
    const places = Array.from({ length: share }, (_, i) => toPlace(a * share + i))
    const named = places.map((place, i) => ({ id: i + 1, series: { ...place, host: "h", unit: "", labels: {} } }))
    const groups = (["counter", "gauge"] as const).map((kind) => {
      const ids = places.flatMap((place, i) => (place.kind === kind ? [i + 1] : []))
      const group = createPointGroup(kind, ids.length)
      group.length = ids.length
      ids.forEach((id, i) => {
        group.ids[i] = id
        group.count[i] = 1
      })
      return group
    })
    return { id: randomBytes(16).toString("hex"), names: encodeNames(named), groups, sequence: 0 }
  })
  let turn = 0
  const timer = setInterval(() => {
    const agent = agents[turn++ % AGENTS] as (typeof agents)[number]
    const at = Math.floor(Date.now() / 1_000) - 1
    for (const group of agent.groups) {
      const value = toValue(at) / (group.kind === "counter" ? 6 : 1)
      for (const column of [group.sum, group.last, group.min, group.max]) column.fill(value)
    }
    const points = { type: SECTION.points, body: encodePoints(at, agent.groups) }
    const header = { agent: agent.id, epoch: 1, sequence: ++agent.sequence, selfContained: false }
    const sections = agent.sequence === 1 ? [{ type: SECTION.names, body: agent.names }, points] : [points]
    const headers = { authorization: `Bearer ${INGEST_KEY}`, "content-type": "application/x-ossagent-frame" }
    void fetch(`${collectorUrl}/v1/frames`, {
      ...{ method: "POST", headers, body: Buffer.from(encodeFrame(header, sections)) },
    })
      .then(async (answer) => {
        const text = await answer.text()
        if (!answer.ok) throw new Error(`${answer.status} ${text}`)
      })
      .catch((error: Error) => process.stderr.write(`a frame was not taken: ${error.message}\n`))
  }, 1_000)
  return () => clearInterval(timer)
}

async function startAlerting(stack: Stack, databaseUrl: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("../../alerting/dist/main.js", import.meta.url)), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: {
      ...process.env,
      ...{ OSSAGENT_LOG: "warn", OSSAGENT_COLLECTOR: stack.collectorUrl, OSSAGENT_KEY: INGEST_KEY },
      ...{ OSSAGENT_ALERTING_PORT: "0", OSSAGENT_ALERTING_TOKEN: "bench-alerting-token-0123" },
      ...{ OSSAGENT_READ_TOKEN: READ_TOKEN, OSSAGENT_POSTGRES_URL: databaseUrl },
      OSSAGENT_ALERTING_MAX_SERIES: String(SERIES + 10_000),
    },
  })
  await once(child, "message")
  return child
}

interface Latest {
  metric: string[]
  values: Record<string, (number | null)[]>
}

/** What alerting says of itself over the last minute. */
async function ask({ collectorUrl }: Stack): Promise<(metric: string, stat: string) => number | null> {
  const answer = await fetch(`${collectorUrl}/v1/report/latest`, {
    method: "POST",
    headers: { authorization: `Bearer ${READ_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({
      metrics: ["alerting.minute.lag", "alerting.minute", "alerting.series"],
      ...{ filters: [{ dim: "service", op: "in", values: ["alerting"] }], split: [] },
      ...{ windowSec: 60, stats: ["max", "last"] },
    }),
  })
  if (!answer.ok) throw new Error(`cannot ask the collector: ${answer.status} ${await answer.text()}`)
  const { metric, values } = (await answer.json()) as Latest
  return (name, stat) => values[stat]?.[metric.indexOf(name)] ?? null
}

/** Waits to the middle of the next minute: what closed with the last one has been judged. */
async function untilMiddle(): Promise<void> {
  const into = Date.now() % 60_000
  await sleep(into < 45_000 ? 45_000 - into : 105_000 - into)
}

const stack = await startStack({ OSSAGENT_MOST_SERIES: String(SERIES + 50_000) })
const postgres = await startTestPostgres()
const first = await startAlerting(stack, postgres.url) // makes the tables
first.kill("SIGTERM")
await once(first, "exit")
const stopLoad = startLoad(stack)
process.stderr.write(`${SERIES} histories are written\n`)
await fillHistories(postgres.url)
const alerting = await startAlerting(stack, postgres.url)
await untilMiddle()
await untilMiddle()
const began = [alerting, stack.collector, stack.engine].map(({ pid }) => cpuSeconds(pid as number))
const lags: number[] = []
const learns: number[] = []
let watched = 0
for (let minute = 0; minute < MINUTES; minute++) {
  await untilMiddle()
  const figure = await ask(stack)
  lags.push((figure("alerting.minute.lag", "max") ?? Number.NaN) / 1_000)
  learns.push(figure("alerting.minute", "max") ?? Number.NaN)
  watched = figure("alerting.series", "last") ?? 0
  process.stderr.write(`judged ${lags.at(-1)?.toFixed(1)} s after the minute's end; ${watched} series\n`)
}
const [watching, collecting, storing] = [alerting, stack.collector, stack.engine].map(
  ({ pid }, i) => (cpuSeconds(pid as number) - (began[i] as number)) / MINUTES,
) as [number, number, number]
const memory = residentBytes(alerting.pid as number)
stopLoad()
alerting.kill("SIGTERM")
await once(alerting, "exit")
await stack.stop()
await postgres.stop()

const figures: Figure[] = [
  atLeast("series watched", watched, "", SERIES),
  atMost("from a minute's end to the last verdict on it, slowest minute", Math.max(...lags), "s", 10),
  stated("the same, median; 4 s of it are waited for late points", median(lags), "s"),
  stated("of it, all series compared with their histories, slowest", Math.max(...learns), "ms"),
  stated("CPU a minute: alerting", watching, "s"),
  stated("CPU a minute: collector", collecting, "s"),
  stated("CPU a minute: store", storing, "s"),
  stated("memory of alerting", memory / 2 ** 20, "MiB"),
]
report({
  name: "watch",
  about: `${SERIES} series with ${DAYS} days of history each, half counters and half gauges, a point every 10 s; collector, store, PostgreSQL, alerting and the load on one machine.`,
  runs: MINUTES,
  versions: {},
  figures,
})
if (figures.some(({ holds }) => holds === false)) process.exitCode = 1
