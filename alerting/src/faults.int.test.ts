import { execFile, fork } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { type RunningPostgres, startPostgres } from "@ossagent/svrkit/postgres"
import type { Alarm, Message } from "@ossagent/wire"
import pg from "pg"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import {
  createTestDatabase,
  startTestCollector,
  startTestMailServer,
  type TestCollector,
  type TestMailServer,
  type TestSeries,
  until,
} from "./testing.ts"

const token = "dashboard-token-0123456789"
const package_ = fileURLToPath(new URL("..", import.meta.url))
const disk: TestSeries = {
  service: "shop",
  subsystem: "checkout",
  metric: "host.disk.used",
  kind: "gauge",
  unit: "1",
  values: { avg: 0.97 },
}

let home: string
let postgres: RunningPostgres
let collector: TestCollector
let mail: TestMailServer
let hung: Server | null
let stopChild: (signal: NodeJS.Signals) => Promise<void>
let url: string
let databaseUrl: string
let databases = 0

const startDatabase = (port: number) =>
  startPostgres({ dataDir: home, port, user: "ossagent", password: "test", database: "ossagent", durable: false })

beforeAll(async () => {
  await promisify(execFile)("npx", ["tsc", "-b", package_])
  home = await mkdtemp(join(tmpdir(), "ossagent-faults-"))
  postgres = await startDatabase(0)
})
afterAll(async () => {
  await postgres.stop()
  await rm(home, { recursive: true, force: true })
})
beforeEach(async () => {
  collector = await startTestCollector()
  collector.series = [disk]
  mail = await startTestMailServer()
  hung = null
  databaseUrl = await createTestDatabase(postgres.url, `f${++databases}`)
})
afterEach(async () => {
  await stopChild("SIGTERM")
  await collector.stop()
  await mail.stop()
  hung?.close()
})

/** The service as a process of its own, as in production. */
async function startChild(smtpUrl: string): Promise<void> {
  const child = fork(join(package_, "dist/main.js"), {
    silent: true,
    env: {
      PATH: process.execPath,
      OSSAGENT_ALERTING_PORT: "0",
      OSSAGENT_ALERTING_TOKEN: token,
      OSSAGENT_READ_TOKEN: "read-token-0123456789",
      OSSAGENT_COLLECTOR: collector.url,
      OSSAGENT_POSTGRES_URL: databaseUrl,
      OSSAGENT_SMTP_URL: smtpUrl,
      OSSAGENT_LOOK_MS: "200",
      OSSAGENT_LEASE_SEC: "2",
    },
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => said.push(String(chunk)))
  let wanted = false
  const ended = new Promise<void>((resolve) =>
    child.once("exit", (code) => {
      if (!wanted) process.stderr.write(`the service ended by itself with ${code}: ${said.join("").slice(-4_000)}\n`)
      resolve()
    }),
  )
  stopChild = async (signal) => {
    wanted = true
    child.kill(signal)
    await ended
  }
  url = await new Promise<string>((resolve, reject) => {
    child.once("message", (message) => resolve((message as { started: string }).started))
    child.once("exit", () => reject(new Error(said.join(""))))
  })
  await until("ready", async () => (await fetch(`${url}/readyz`)).ok)
}

const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

/** A rule that fires at the next look. */
const watchDisk = () =>
  call("POST", "/v1/rules", {
    ...{
      name: "Disk, now",
      enabled: true,
      severity: "critical",
      detection: "threshold",
      metric: "host.disk.used",
      stat: "avg",
    },
    ...{
      filters: [],
      split: ["service"],
      windowSec: 10,
      forSec: 0,
      keepFiringSec: 0,
      threshold: { op: ">", value: 0.9 },
    },
  })
const readAlarm = async () =>
  (await call<{ alarms: Alarm[] }>("GET", "/v1/alarms")).alarms.find((a) => a.ruleName === "Disk, now")
const readNotifications = async (id: string) =>
  (await call<{ messages: Message[] }>("GET", `/v1/alarms/${id}`)).messages

/** A mail server that takes connections and never says a word. */
async function startHungServer(): Promise<string> {
  const server = createServer()
  hung = server
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return `smtp://mailer:secret@127.0.0.1:${(server.address() as { port: number }).port}`
}

test("killed between the transaction and the mail, it sends the mail once after its restart", async () => {
  await startChild(await startHungServer())
  await watchDisk()
  const alarm = await until("alarm", readAlarm)
  await until("under way", async () => (await readNotifications(alarm.id))[0]?.attempts === 1)
  await stopChild("SIGKILL")
  expect(mail.mails).toHaveLength(0)
  await startChild(mail.url)
  await until("mail", () => mail.mails.length > 0, 40_000)
  await until("recorded", async () => (await readNotifications(alarm.id))[0]?.state === "sent")
  await sleep(3_000) // long enough for a second one to come if there were one
  expect(mail.mails.map(({ subject }) => subject)).toEqual([`[firing] ${alarm.title}`])
  expect((await readAlarm())?.id).toBe(alarm.id)
}, 120_000)

test("killed again and again while alarms come and go, every change is told once", async () => {
  await startChild(mail.url)
  await watchDisk()
  for (let round = 0; round < 3; round++) {
    collector.series = [{ ...disk, values: { avg: 0.97 } }]
    const alarm = await until("alarm", readAlarm)
    await until("written to be told", async () => (await readNotifications(alarm.id)).length > 0)
    await stopChild("SIGKILL")
    await startChild(mail.url)
    collector.series = [{ ...disk, values: { avg: 0.5 } }]
    await until("resolved", async () => !(await readAlarm()))
  }
  const told = () => mail.mails.map(({ subject }) => subject?.slice(0, 7)).sort()
  await until("all mails", () => told().length >= 6, 40_000)
  await sleep(3_000)
  const ids = mail.mails.map(({ messageId }) => messageId)
  expect(new Set(ids).size).toBe(6)
  expect(new Set(told())).toEqual(new Set(["[firing", "[resolv"]))
}, 120_000)

test("a database that is away for some seconds is waited for, and the alarm still becomes a mail", async () => {
  await startChild(mail.url)
  await watchDisk()
  await until("first mail", () => mail.mails.length === 1)
  const { port } = postgres
  await postgres.stop()
  collector.series = [{ ...disk, values: { avg: 0.5 } }]
  await until("told that it is away", async () => {
    const response = await fetch(`${url}/v1/alarms`, { headers: { authorization: `Bearer ${token}` } })
    return response.status === 503
  })
  await sleep(3_000)
  postgres = await startDatabase(port)
  await until("second mail", () => mail.mails.length === 2, 40_000)
  expect(mail.mails[1]?.subject).toMatch(/^\[resolved\]/)
  expect(await readAlarm()).toBeUndefined()
})

test("connections that are cut again and again do not end it", async () => {
  await startChild(mail.url)
  await watchDisk()
  await until("first mail", () => mail.mails.length === 1)
  const client = new pg.Client(databaseUrl)
  await client.connect()
  for (let i = 0; i < 60; i++) {
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    await sleep(50)
  }
  await client.end()
  collector.series = [{ ...disk, values: { avg: 0.5 } }]
  await until("second mail", () => mail.mails.length === 2, 40_000)
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
}, 120_000)

test("it starts before its database and works when that is there", async () => {
  const { port } = postgres
  await postgres.stop()
  const starting = startChild(mail.url)
  await sleep(1_500)
  postgres = await startDatabase(port)
  await starting
  await watchDisk()
  await until("mail", () => mail.mails.length === 1)
})
