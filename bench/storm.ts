/** Ten thousand series break within one minute: what people get, how long it takes, and that nothing is lost. */
import { randomBytes } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { createPointGroup, encodeFrame, encodeNames, encodePoints, SECTION } from "@ossagent/wire"
import pg from "pg"
import { type People, put, startPeople, toSmsChannel, untilFriends } from "./people.ts"
import { atMost, type Figure, report, stated } from "./result.ts"
import { INGEST_KEY } from "./stack.ts"

const SERIES = Number(process.argv[2] ?? 10_000)
const HOSTS = 50
const SUBSYSTEMS = 10
const STORM_MS = 60_000
const WAIT_MS = 240_000
const METRIC = "storm.level"

/** A gauge each of `SERIES` hosts, sent every second; `broken` of them are bad. */
function startLoad({ stack }: People, broken: () => number): () => void {
  const agent = randomBytes(16).toString("hex")
  const group = createPointGroup("gauge", SERIES)
  group.length = SERIES
  const named = Array.from({ length: SERIES }, (_, i) => {
    const place = Math.floor(i / HOSTS)
    group.ids[i] = i + 1
    group.count[i] = 1
    const series = {
      ...{ service: `s${Math.floor(place / SUBSYSTEMS)}`, subsystem: `x${place % SUBSYSTEMS}`, version: "1" },
      ...{ host: `h${i}`, metric: METRIC, kind: "gauge" as const, unit: "", labels: {} },
    }
    return { id: i + 1, series }
  })
  const names = { type: SECTION.names, body: encodeNames(named) }
  // spread over all places, as a failing network would
  const order = (i: number): number => (i % HOSTS) * (SERIES / HOSTS) + Math.floor(i / HOSTS)
  let sequence = 0
  const timer = setInterval(() => {
    const bad = broken()
    for (let i = 0; i < SERIES; i++) {
      const value = order(i) < bad ? 0.97 : 0.5
      for (const column of [group.last, group.sum, group.min, group.max]) column[i] = value
    }
    const points = { type: SECTION.points, body: encodePoints(Math.floor(Date.now() / 1_000) - 1, [group]) }
    const header = { agent, epoch: 1, sequence: ++sequence, selfContained: false }
    const body = encodeFrame(header, sequence === 1 ? [names, points] : [points])
    const headers = { authorization: `Bearer ${INGEST_KEY}`, "content-type": "application/x-ossagent-frame" }
    void fetch(`${stack.collectorUrl}/v1/frames`, { method: "POST", headers, body: Buffer.from(body) })
      .then((answer) => answer.text())
      .catch((error: Error) => process.stderr.write(`a frame was not taken: ${error.message}\n`))
  }, 1_000)
  return () => clearInterval(timer)
}

async function setUp(people: People): Promise<void> {
  await put(people, "channel", toSmsChannel(people))
  const contact = await put(people, "contact", {
    ...{ name: "Ann", language: "en", timeZone: "UTC", email: "ann@example.com", phone: "+4900000001" },
    im: people.reader.name,
    preferences: [
      { severities: [], days: [], hours: null, channels: ["email", "sms", "im"], mode: "all", fallbackSec: 60 },
    ],
  })
  const policyId = await put(people, "policy", {
    ...{ name: "Ann", rounds: 0, repeatMin: 0, ackMin: 0, tellResolved: false },
    steps: [{ afterMin: 0, targets: [{ kind: "contact", id: contact }] }],
  })
  const { items } = await people.call<{ items: Record<string, unknown>[] }>("GET", "/v1/oncall/route")
  const { id, builtIn: _, updatedAt: __, updatedBy: ___, ...root } = items[0] as Record<string, unknown>
  await people.call("PUT", `/v1/oncall/route/${id}`, { ...root, policyId })
  await people.call("POST", "/v1/rules", {
    ...{ name: "Storm", enabled: true, severity: "critical", detection: "threshold", metric: METRIC, stat: "max" },
    ...{ filters: [], split: ["service", "subsystem", "host"], windowSec: 10, forSec: 0, keepFiringSec: 0 },
    threshold: { op: ">", value: 0.9 },
  })
  await untilFriends(people)
}

interface Row {
  channel: string
  state: string
  count: number
}

const people = await startPeople({ OSSAGENT_ALERTING_MAX_SERIES: "1" }) // histories are not what is measured
await setUp(people)
let stormAt = Number.POSITIVE_INFINITY
const stop = startLoad(people, () => Math.max(0, Math.min(1, (Date.now() - stormAt) / STORM_MS)) * SERIES)
await sleep(15_000)
people.arrived.length = 0
stormAt = Date.now()
await sleep(STORM_MS)
const client = new pg.Client(people.databaseUrl)
await client.connect()
const ask = async <T extends pg.QueryResultRow>(sql: string): Promise<T[]> => (await client.query<T>(sql)).rows
const deadline = Date.now() + WAIT_MS
let drainedAt = Number.POSITIVE_INFINITY
let said = ""
while (Date.now() < deadline) {
  const [{ alarms = 0 } = {}] = await ask<{ alarms: number }>(
    "SELECT count(*)::int AS alarms FROM alerting.alarm WHERE state <> 'pending'",
  )
  const [{ open = 0, due = 0 } = {}] = await ask<{ open: number; due: number }>(
    `SELECT (SELECT count(*)::int FROM alerting.outbox WHERE channel <> 'sms' AND state IN ('waiting', 'queued', 'held', 'merged', 'sending')) AS open,
      (SELECT count(*)::int FROM alerting.incident WHERE state <> 'resolved' AND tellings = 0 AND quiet IS NULL) AS due`,
  )
  const now = `${alarms} alarms, ${open} messages and ${due} incidents to be told\n`
  if (now !== said) process.stdout.write(now)
  said = now
  if (alarms >= SERIES && open === 0 && due === 0) {
    drainedAt = Date.now()
    break
  }
  await sleep(250)
}
const rows = await ask<Row>(
  "SELECT channel, state, count(*)::int AS count FROM alerting.outbox WHERE kind <> 'digest' GROUP BY 1, 2 ORDER BY 1, 2",
)
const [{ incidents = 0 } = {}] = await ask<{ incidents: number }>(
  "SELECT count(*)::int AS incidents FROM alerting.incident",
)
const [{ most = 0 } = {}] = await ask<{ most: number }>(
  `SELECT max(n)::int AS most FROM (SELECT count(*) AS n FROM alerting.outbox WHERE kind = 'firing'
    GROUP BY incident_id, channel, recipient) c`,
)
const lost = rows.reduce((sum, { state, count }) => sum + (state === "failed" ? count : 0), 0)
const kept = rows.reduce(
  (sum, { channel, state, count }) => sum + (channel === "sms" && state === "held" ? count : 0),
  0,
)
process.stdout.write(`${JSON.stringify(rows)}\n`)
await client.end()
stop()
const came = (channel: string): number => people.arrived.filter((one) => one.channel === channel).length
const figures: Figure[] = [
  stated("incidents", incidents, ""),
  atMost("messages of one incident to one person on one channel, at most", most, "", 1),
  stated("mails", came("email"), ""),
  stated("SMS", came("sms"), ""),
  stated("messages in the IM", came("im"), ""),
  atMost("messages that failed", lost, "", 0),
  stated("SMS that wait for the next digest: the person's rate", kept, ""),
  stated("from the last break until nothing waits but those, s", (drainedAt - stormAt - STORM_MS) / 1_000, "s"),
]
await people.stop()
report({
  name: "storm",
  about: `${SERIES.toLocaleString("en")} series in ${SERIES / HOSTS} subsystems go over their threshold within one minute; one person is told by e-mail, SMS and IM.`,
  ...{ runs: 1, versions: {}, figures },
})
