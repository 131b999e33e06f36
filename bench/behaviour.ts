/** Funnels, retention and activity over a hundred million events of a million users in a month: how long a person waits for the answer. */
import type { Reports } from "@ossagent/wire"
import { atMost, type Figure, median, report, stated } from "./result.ts"
import { directoryBytes, READ_TOKEN, residentBytes, startStack } from "./stack.ts"

const EVENTS = Number(process.argv[2] ?? 100_000_000)
const USERS = EVENTS / 100
const DAYS = 30
const RUNS = 5
const DAY_MS = 86_400_000
/** Some names are frequent and most are not: of 1,000 events so many have each. */
const NAMES = { open: 250, send: 350, read: 200, login: 60, shake: 40, nearby: 30, accept: 25, bottle: 20, group: 15 }
const REST = 10

const stack = await startStack({ OSSAGENT_QUERY_SEC: "60" })
const now = Date.now()
const names = Object.entries(NAMES).flatMap(([name, count]) => new Array<string>(count).fill(`'${name}'`))
while (names.length < 1_000) names.push(`'rare.${names.length % REST}'`)

/** A day at a time, as batches would come; users by a power of chance, so that some do much and most little. */
for (let day = 0; day < DAYS; day++) {
  const from = now - (DAYS - day) * DAY_MS
  const answer = await stack.sql(
    `INSERT INTO events (name, user, service, subsystem, version, host, at, props, batch)
     SELECT [${names.join(",")}][1 + r % 1000], concat('user-', toString(toUInt64(pow((r2 % 1000003) / 1000003, 2) * ${USERS}))),
       'im', 'access', ['8.0.0', '8.0.1', '8.0.2'][1 + r2 % 3], 'h1',
       fromUnixTimestamp64Milli(toInt64(${from} + r3 % ${DAY_MS})), map(), 1
     FROM (SELECT rand64(1) AS r, rand64(2) AS r2, rand64(3) AS r3 FROM numbers(${Math.round(EVENTS / DAYS)}))
     SETTINGS max_partitions_per_insert_block = 0, max_insert_block_size = 4000000, min_insert_block_size_rows = 4000000`,
  )
  if (answer.includes("Exception")) throw new Error(answer)
  process.stderr.write(`day ${day + 1} of ${DAYS} is there\r`)
}
process.stderr.write("\n")

async function time<N extends keyof Reports>(name: N, question: Reports[N]["question"]): Promise<number> {
  const took: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now()
    const answer = await fetch(`${stack.collectorUrl}/v1/report/${name}`, {
      method: "POST",
      headers: { authorization: `Bearer ${READ_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(question),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${text}`)
    took.push((performance.now() - began) / 1_000)
  }
  return median(took)
}

const last = (days: number) => ({ from: now - days * DAY_MS, to: now })
const day = 86_400
const ask: [string, () => Promise<number>][] = [
  ["the events there are, 30 days", () => time("events", last(30))],
  [
    "funnel of three steps, 7 days, by version",
    () => time("funnel", { ...last(7), steps: ["login", "shake", "accept"], withinSec: day, byVersion: true }),
  ],
  [
    "funnel of three steps, 30 days, by version",
    () => time("funnel", { ...last(30), steps: ["login", "shake", "accept"], withinSec: day, byVersion: true }),
  ],
  [
    "funnel with the most frequent event, 30 days",
    () => time("funnel", { ...last(30), steps: ["login", "send"], withinSec: day }),
  ],
  [
    "retention of log-ins by send, 23 days and 7",
    () => time("retention", { from: now - 30 * DAY_MS, to: now - 7 * DAY_MS, start: "login", back: "send", days: 7 }),
  ],
  [
    "retention by any event, 23 days and 7",
    () => time("retention", { from: now - 30 * DAY_MS, to: now - 7 * DAY_MS, start: "login", back: "", days: 7 }),
  ],
  [
    "those who shook against those who did not, 7 days and 7, all events",
    () => time("activity", { from: now - 14 * DAY_MS, to: now - 7 * DAY_MS, did: "shake", active: "", days: 7 }),
  ],
]
const figures: Figure[] = []
for (const [name, run] of ask) figures.push(atMost(name, await run(), "s", 2))
figures.push(stated("disk", directoryBytes(`${stack.directory}/clickhouse`) / EVENTS, "B an event"))
figures.push(stated("memory of the store", residentBytes(stack.engine.pid as number) / 2 ** 20, "MiB"))
await stack.stop()
report({
  name: "behaviour",
  about: `${EVENTS.toLocaleString("en")} events of ${USERS.toLocaleString("en")} users in ${DAYS} days in the store; each question is asked ${RUNS} times at the collector, the median counts.`,
  runs: RUNS,
  versions: {},
  figures,
})
if (figures.some(({ holds }) => holds === false)) process.exitCode = 1
