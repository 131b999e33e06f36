/** From the moment a series goes bad to the mail, the SMS and the message in the IM, through everything in between. */
import { setTimeout as sleep } from "node:timers/promises"
import { type Agent, createAgent } from "@ossagent/agent"
import pg from "pg"
import { type People, put, startPeople, toSmsChannel, untilFriends } from "./people.ts"
import { atMost, type Figure, quantile, report, stated } from "./result.ts"
import { INGEST_KEY } from "./stack.ts"

const SAMPLES = Number(process.argv[2] ?? 30)
const EVERY_MS = 4_000
const WAIT_MS = 90_000
const METRIC = "bench.level"

/** Everyone has an address of their own, so that no rate of theirs comes in between. */
async function addPerson(people: People, i: number): Promise<string> {
  const contact = await put(people, "contact", {
    ...{
      name: `Person ${i}`,
      language: "en",
      timeZone: "UTC",
      email: `p${i}@example.com`,
      phone: `+4900000${1000 + i}`,
    },
    im: people.reader.name,
    preferences: [
      { severities: [], days: [], hours: null, channels: ["email", "sms", "im"], mode: "all", fallbackSec: 60 },
    ],
  })
  return put(people, "policy", {
    name: `Policy ${i}`,
    steps: [{ afterMin: 0, targets: [{ kind: "contact", id: contact }] }],
    ...{ rounds: 0, repeatMin: 0, ackMin: 0, tellResolved: false },
  })
}

interface Route {
  id: string
  policyId: string
  children: object[]
}

async function setUp(people: People): Promise<void> {
  await put(people, "channel", toSmsChannel(people))
  const policies: string[] = []
  for (let i = 0; i < SAMPLES; i++) policies.push(await addPerson(people, i))
  const { items } = await people.call<{ items: (Route & Record<string, unknown>)[] }>("GET", "/v1/oncall/route")
  const { id, builtIn: _, updatedAt: __, updatedBy: ___, ...root } = items[0] as Route & Record<string, unknown>
  const children = policies.map((policyId, i) => ({
    ...{ name: `r${i}`, matchers: [{ dim: "service", op: "in", values: [`bench-${i}`] }], continue: false, policyId },
    ...{ groupBy: ["service"], groupWaitSec: 1, children: [] },
  }))
  await people.call("PUT", `/v1/oncall/route/${id}`, { ...root, children })
  await people.call("POST", "/v1/rules", {
    ...{ name: "Bench", enabled: true, severity: "critical", detection: "threshold", metric: METRIC, stat: "max" },
    ...{ filters: [], split: ["service", "subsystem"], windowSec: 10, forSec: 0, keepFiringSec: 0 },
    threshold: { op: ">", value: 0.9 },
  })
  await untilFriends(people)
}

const startAgents = (people: People): Agent[] =>
  Array.from({ length: SAMPLES }, (_, i) => {
    const agent = createAgent({
      ...{ service: `bench-${i}`, subsystem: "x", collector: people.stack.collectorUrl, key: INGEST_KEY, spool: false },
    })
    agent.gauge(METRIC).set(0.5)
    return agent
  })

const people = await startPeople()
await setUp(people)
const agents = startAgents(people)
await sleep(15_000)
const times = { email: [] as number[], sms: [] as number[], im: [] as number[] }
const began: number[] = []
for (const [i, agent] of agents.entries()) {
  await sleep(EVERY_MS * (0.5 + Math.random()))
  began[i] = Date.now()
  agent.gauge(METRIC).set(0.97)
}
const deadline = Date.now() + WAIT_MS
const of = (i: number, channel: keyof typeof times) =>
  people.arrived.find(({ channel: by, text }) => by === channel && text.includes(`bench-${i}/`))
const channels = Object.keys(times) as (keyof typeof times)[]
while (Date.now() < deadline && agents.some((_, i) => channels.some((channel) => !of(i, channel)))) await sleep(100)
for (const channel of channels)
  for (const [i, from] of began.entries()) times[channel].push((of(i, channel)?.at ?? Number.POSITIVE_INFINITY) - from)

/** Where the time goes: until there is an alarm, and until its messages are written. */
async function readStages(): Promise<{ alarm: number[]; written: number[] }> {
  const client = new pg.Client(people.databaseUrl)
  await client.connect()
  const { rows } = await client.query<{ service: string; fired: Date; written: Date }>(
    `SELECT a."group"->>'service' AS service, a.fired_at AS fired, min(o.created_at) AS written
     FROM alerting.alarm a JOIN alerting.outbox o ON o.incident_id = a.incident_id
     WHERE a.metric = $1 AND a.fired_at IS NOT NULL GROUP BY a.id`,
    [METRIC],
  )
  await client.end()
  const from = (service: string): number => began[Number(service.slice("bench-".length))] ?? 0
  return {
    alarm: rows.map(({ service, fired }) => fired.getTime() - from(service)),
    written: rows.map(({ service, written }) => written.getTime() - from(service)),
  }
}

const stages = await readStages()
const figures: Figure[] = channels.flatMap((channel) => [
  stated(`to ${channel}, p50`, quantile(times[channel], 0.5) / 1_000, "s"),
  atMost(`to ${channel}, p99`, quantile(times[channel], 0.99) / 1_000, "s", 15),
])
figures.unshift(
  stated("to the alarm, p50", quantile(stages.alarm, 0.5) / 1_000, "s"),
  stated("to its messages in the outbox, p50", quantile(stages.written, 0.5) / 1_000, "s"),
)
const repeats =
  people.arrived.length - new Set(people.arrived.map(({ channel, text, to }) => `${channel} ${to} ${text}`)).size
figures.push(atMost("messages that came twice", repeats, "", 0))
for (const agent of agents) await agent.stop(0)
await people.stop()
report({
  name: "alarm",
  about: `A gauge of a real agent goes over its threshold; until a mail server, an SMSC and a person's client in the IM have what is said of it. ${SAMPLES} services at random moments, one person each; collector, ClickHouse, PostgreSQL, the IM and alerting as processes beside each other.`,
  ...{ runs: 1, versions: {}, figures },
})
