/**
 * Everything is killed at random while alarms come and go: alerting, PostgreSQL, the SMSC, the mail server. Afterwards every incident that people
 * had to hear of was told, nothing was told twice, and the history is whole. `OSSAGENT_RANDOM_SEC` and `OSSAGENT_RANDOM_SEED` repeat a
 * longer or an earlier run.
 */
import { type ChildProcess, execFile, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import type { AddressInfo } from "node:net"
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
let smsc: { child: ChildProcess; port: number }
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
  smsc = await startSmsc(0)
  databaseUrl = await createTestDatabase(postgres.url, "random")
})
afterAll(async () => {
  await kill("SIGTERM")
  await collector.stop()
  await mail.stop()
  await killSmsc()
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

const journal = () => join(home, "sms.journal")

async function startSmsc(port: number): Promise<typeof smsc> {
  const child = fork(join(package_, "dist/notify/sms/smsc.test-process.js"), [String(port), journal()])
  const [{ started }] = (await once(child, "message")) as [{ started: AddressInfo }]
  return { child, port: started.port }
}

async function killSmsc(): Promise<void> {
  const exited = once(smsc.child, "exit")
  smsc.child.kill("SIGKILL")
  await exited
}

async function restartSmsc(awayMs: number): Promise<void> {
  await killSmsc()
  await sleep(awayMs)
  smsc = await startSmsc(smsc.port)
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

const call = (method: string, path: string, body?: object) =>
  fetch(`http://127.0.0.1:${port}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  })

const watchDisk = () =>
  call("POST", "rules", {
    ...{ name: "Disk, now", enabled: true, severity: "critical", detection: "threshold", metric: "host.disk.used" },
    ...{ stat: "avg", filters: [], split: ["service"], windowSec: 10, forSec: 0, keepFiringSec: 1 },
    threshold: { op: ">", value: 0.9 },
  })

const addSms = () =>
  call("POST", "oncall/channel", {
    ...{ name: "SMS", kind: "sms", enabled: true, secrets: { password: "any" } },
    settings: { way: "smpp", host: "127.0.0.1", port: smsc.port, systemId: "ossagent", receipts: false },
  })

/** Whoever is on call gets every message by mail and by SMS. */
async function reachByBoth(): Promise<boolean> {
  const { items } = (await (await call("GET", "oncall/contact")).json()) as { items: Record<string, unknown>[] }
  const [seeded] = items
  if (seeded === undefined) return false
  const { id, builtIn: _, updatedAt: __, updatedBy: ___, ...contact } = seeded
  const both = { severities: [], days: [], hours: null, channels: ["email", "sms"], mode: "all", fallbackSec: 60 }
  const put = await call("PUT", `oncall/contact/${id}`, { ...contact, phone: "+4900000001", preferences: [both] })
  return put.ok
}

test(
  `killed at random for ${SECONDS} s, seed ${SEED}`,
  async () => {
    const random = toRandom(SEED)
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
    const bad = new Set<string>()
    collector.series = toSeries(bad)
    await startAlerting()
    await until("SMS", async () => (await addSms()).ok)
    await until("somebody on both channels", reachByBoth)
    await until("rule", async () => (await watchDisk()).ok)
    const deadline = Date.now() + SECONDS * 1_000
    let kills = 0
    while (Date.now() < deadline) {
      const service = pick(SERVICES)
      if (!bad.delete(service)) bad.add(service)
      collector.series = toSeries(bad)
      const act = pick(["nothing", "nothing", "alerting", "database", "mail", "smsc"])
      if (act !== "nothing") kills++
      if (act === "alerting") await kill("SIGKILL").then(startAlerting)
      if (act === "database") await killDatabase()
      if (act === "mail") await restartMail(500 + random() * 2_000)
      if (act === "smsc") await restartSmsc(500 + random() * 2_000)
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

/** Incidents that are still to be told, and messages that are still to go; SMS above a person's rate wait for hours. */
async function waiting(): Promise<number> {
  const rows = await query<{ count: number }>(`
    SELECT ((SELECT count(*) FROM alerting.incident WHERE due_at <= now())
      + (SELECT count(*) FROM alerting.incident WHERE state <> 'resolved' AND tellings = 0)
      + (SELECT count(*) FROM alerting.outbox WHERE state IN ('queued', 'sending', 'held', 'waiting')
        AND NOT (channel = 'sms' AND state = 'held')))::int AS count`)
  return rows[0]?.count ?? 1
}

async function checkTold(kills: number): Promise<void> {
  mails.push(...mail.mails)
  const messages = await query<{ id: string; state: string; kind: string; channel: string; incident: string }>(
    "SELECT id, state, kind, channel, incident_id AS incident FROM alerting.outbox WHERE kind <> 'digest'",
  )
  const isGone = ({ state, channel }: (typeof messages)[number]) =>
    ["sent", "delivered", ...(channel === "sms" ? ["held", "merged"] : [])].includes(state)
  expect(messages.filter((one) => !isGone(one))).toEqual([])
  const incidents = await query<{ id: string; tellings: number; state: string }>("SELECT * FROM alerting.incident")
  for (const { id, tellings, state } of incidents) {
    if (state !== "resolved") expect(tellings).toBeGreaterThan(0)
    for (const channel of ["email", "sms"]) {
      const mine = messages.filter((one) => one.incident === id && one.channel === channel)
      if (tellings > 0) expect(mine.some(({ kind }) => kind === "firing")).toBe(true)
      expect(mine.filter(({ kind }) => kind === "resolved").length).toBe(state === "resolved" && tellings > 0 ? 1 : 0)
    }
  }
  const texts = (await readFile(journal(), "utf8")).trim().split("\n")
  expect(texts.length).toBeGreaterThan(0)
  // a crash between the server's answer and its record: the same Message-ID, the same reference
  for (const ids of [mails.map(({ messageId }) => messageId), texts])
    expect(ids.length - new Set(ids).size).toBeLessThanOrEqual(kills)
  const history = await query<{ state: string; last: string }>(`
    SELECT a.state, (SELECT e."to" FROM alerting.alarm_event e WHERE e.alarm_id = a.id ORDER BY e.id DESC LIMIT 1) AS last
    FROM alerting.alarm a`)
  expect(history.filter(({ state, last }) => state !== last)).toEqual([])
}
