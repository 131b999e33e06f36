/**
 * Everything is killed at random while alarms come and go: alerting, PostgreSQL, the mail server. Afterwards every incident that people
 * had to hear of was told, nothing was told twice, and the history is whole. `OSSAGENT_RANDOM_SEC` and `OSSAGENT_RANDOM_SEED` repeat a
 * longer or an earlier run.
 */
import { execFile, fork } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { type RunningPostgres, startPostgres } from "@ossagent/svrkit/postgres"
import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import {
  createTestDatabase,
  startTestCollector,
  startTestMailServer,
  type TestCollector,
  type TestMailServer,
  type TestSeries,
  until,
} from "./testing.ts"

const SECONDS = Number(process.env.OSSAGENT_RANDOM_SEC ?? 15)
const SEED = Number(process.env.OSSAGENT_RANDOM_SEED ?? Date.now() % 1_000_000)
const SERVICES = ["shop", "feed", "pay", "chat"]
const token = "dashboard-token-0123456789"
const package_ = fileURLToPath(new URL("..", import.meta.url))

let home: string
let postgres: RunningPostgres
let collector: TestCollector
let mail: TestMailServer
let databaseUrl: string
let kill: (signal: NodeJS.Signals) => Promise<void>
let port = 0
/** Of servers that were stopped too. */
const mails: TestMailServer["mails"] = []

beforeAll(async () => {
  await promisify(execFile)("npx", ["tsc", "-b", package_])
  home = await mkdtemp(join(tmpdir(), "ossagent-random-"))
  postgres = await startDatabase(0)
  collector = await startTestCollector()
  mail = await startTestMailServer()
  databaseUrl = await createTestDatabase(postgres.url, "random")
})
afterAll(async () => {
  await kill("SIGTERM")
  await collector.stop()
  await mail.stop()
  await postgres.stop()
  await rm(home, { recursive: true, force: true })
})

const startDatabase = (port: number) =>
  startPostgres({ dataDir: home, port, user: "ossagent", password: "test", database: "ossagent", durable: true })

/** Mulberry32: the same numbers for the same seed. */
function toRandom(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

async function startAlerting(): Promise<void> {
  const child = fork(join(package_, "dist/main.js"), {
    silent: true,
    env: {
      PATH: process.execPath,
      OSSAGENT_ALERTING_PORT: String(port),
      OSSAGENT_ALERTING_TOKEN: token,
      OSSAGENT_READ_TOKEN: "read-token-0123456789",
      OSSAGENT_COLLECTOR: collector.url,
      OSSAGENT_POSTGRES_URL: databaseUrl,
      OSSAGENT_SMTP_URL: mail.url,
      OSSAGENT_LOOK_MS: "200",
      OSSAGENT_LEASE_SEC: "2",
    },
  })
  child.stdout?.resume()
  child.stderr?.resume()
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  kill = async (signal) => {
    child.kill(signal)
    await ended
  }
  const url = await new Promise<string>((resolve, reject) => {
    child.once("message", (message) => resolve((message as { started: string }).started))
    child.once("exit", () => reject(new Error("alerting ended before it listened")))
  })
  port = Number(new URL(url).port)
}

async function killDatabase(): Promise<void> {
  const pid = Number((await readFile(join(home, "cluster", "postmaster.pid"), "utf8")).split("\n")[0])
  const { port } = postgres
  process.kill(pid, "SIGKILL")
  await postgres.stop().catch(() => undefined)
  await sleep(300)
  postgres = await startDatabase(port)
}

async function restartMail(awayMs: number): Promise<void> {
  const { port } = mail
  mails.push(...mail.mails)
  await mail.stop()
  await sleep(awayMs)
  mail = await startTestMailServer(port)
}

const toSeries = (bad: ReadonlySet<string>): TestSeries[] =>
  SERVICES.map((service) => ({
    ...{ service, subsystem: "main", metric: "host.disk.used", kind: "gauge", unit: "1" },
    values: { avg: bad.has(service) ? 0.97 : 0.5 },
  }))

/** The database's own hand, whatever runs. */
async function query<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}

const watchDisk = () =>
  fetch(`http://127.0.0.1:${port}/v1/rules`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      ...{ name: "Disk, now", enabled: true, severity: "critical", detection: "threshold", metric: "host.disk.used" },
      ...{ stat: "avg", filters: [], split: ["service"], windowSec: 10, forSec: 0, keepFiringSec: 1 },
      threshold: { op: ">", value: 0.9 },
    }),
  })

test(
  `killed at random for ${SECONDS} s, seed ${SEED}`,
  async () => {
    const random = toRandom(SEED)
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
    const bad = new Set<string>()
    collector.series = toSeries(bad)
    await startAlerting()
    await until("rule", async () => (await watchDisk()).ok)
    const deadline = Date.now() + SECONDS * 1_000
    let kills = 0
    while (Date.now() < deadline) {
      const service = pick(SERVICES)
      if (!bad.delete(service)) bad.add(service)
      collector.series = toSeries(bad)
      const act = pick(["nothing", "nothing", "alerting", "database", "mail"])
      if (act !== "nothing") kills++
      if (act === "alerting") await kill("SIGKILL").then(startAlerting)
      if (act === "database") await killDatabase()
      if (act === "mail") await restartMail(500 + random() * 2_000)
      await sleep(300 + random() * 1_500)
    }
    for (const service of SERVICES) bad.add(service)
    collector.series = toSeries(bad)
    await until("an alarm of each", async () => (await open()).length === SERVICES.length, 40_000)
    await until("nothing waits", async () => (await waiting()) === 0, 60_000)
    await checkTold(kills)
  },
  (SECONDS + 180) * 1_000,
)

const open = () =>
  query("SELECT 1 FROM alerting.alarm WHERE state <> 'resolved' AND fired_at IS NOT NULL").catch(() => [])

/** Incidents that are still to be told, and messages that are still to go. */
async function waiting(): Promise<number> {
  const rows = await query<{ count: number }>(`
    SELECT ((SELECT count(*) FROM alerting.incident WHERE due_at <= now())
      + (SELECT count(*) FROM alerting.incident WHERE state <> 'resolved' AND tellings = 0)
      + (SELECT count(*) FROM alerting.outbox WHERE state IN ('queued', 'sending', 'held', 'waiting')))::int AS count`)
  return rows[0]?.count ?? 1
}

async function checkTold(kills: number): Promise<void> {
  mails.push(...mail.mails)
  const messages = await query<{ id: string; state: string; kind: string; incident: string }>(
    "SELECT id, state, kind, incident_id AS incident FROM alerting.outbox WHERE kind <> 'digest'",
  )
  expect(messages.filter(({ state }) => state !== "sent" && state !== "delivered")).toEqual([])
  const incidents = await query<{ id: string; tellings: number; state: string }>("SELECT * FROM alerting.incident")
  for (const { id, tellings, state } of incidents) {
    const mine = messages.filter(({ incident }) => incident === id)
    if (state !== "resolved") expect(tellings).toBeGreaterThan(0)
    if (tellings > 0) expect(mine.some(({ kind }) => kind === "firing")).toBe(true)
    expect(mine.filter(({ kind }) => kind === "resolved").length).toBe(state === "resolved" && tellings > 0 ? 1 : 0)
  }
  const ids = mails.map(({ messageId }) => messageId)
  const twice = ids.length - new Set(ids).size
  expect(twice).toBeLessThanOrEqual(kills) // a crash between the server's answer and its record: the same Message-ID
  const history = await query<{ state: string; last: string }>(`
    SELECT a.state, (SELECT e."to" FROM alerting.alarm_event e WHERE e.alarm_id = a.id ORDER BY e.id DESC LIMIT 1) AS last
    FROM alerting.alarm a`)
  expect(history.filter(({ state, last }) => state !== last)).toEqual([])
}
