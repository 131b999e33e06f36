import type { RunningService } from "@ossagent/svrkit"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import type { Alarm, ExceptionRow, Rule } from "@ossagent/wire"
import { pino } from "pino"
import { afterAll, beforeAll, expect, test } from "vitest"
import { alerting } from "../app.ts"
import { createTestDatabase, startTestCollector, type TestCollector, until } from "../testing.ts"

const token = "dashboard-token-0123456789"
let postgres: RunningPostgres
let collector: TestCollector
let running: RunningService<typeof alerting.definition.config>

beforeAll(async () => {
  postgres = await startTestPostgres()
  collector = await startTestCollector()
  const shop = { service: "shop", subsystem: "checkout", version: "8.0.2", metric: "order.paid", unit: "" }
  collector.series = [{ ...shop, kind: "counter", values: { rate: 3, sum: 180, count: 180 } }]
  running = await alerting.start(
    {
      OSSAGENT_ALERTING_PORT: "0",
      OSSAGENT_SMTP_PORT: "0",
      OSSAGENT_ALERTING_TOKEN: token,
      OSSAGENT_READ_TOKEN: "read-token-0123456789",
      OSSAGENT_COLLECTOR: collector.url,
      OSSAGENT_POSTGRES_URL: await createTestDatabase(postgres.url, "exceptions"),
      OSSAGENT_LOOK_MS: "200",
    },
    pino({ level: "silent" }),
  )
  await until("ready", async () => (await fetch(`${running.url}/readyz`)).ok)
})
afterAll(async () => {
  await running.stop()
  await collector.stop()
  await postgres.stop()
})

const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const headers = new Headers({ authorization: `Bearer ${token}`, "x-ossagent-actor": "ann@example.com" })
  if (body !== undefined) headers.set("content-type", "application/json")
  const response = await fetch(running.url + path, { method, headers, body: JSON.stringify(body) })
  expect(response.status).toBe(200)
  return (await response.json()) as T
}
const alarms = async (state = "open") => (await call<{ alarms: Alarm[] }>("GET", `/v1/alarms?state=${state}`)).alarms

const change = async (wanted: Partial<Rule>) => {
  const { rules } = await call<{ rules: Rule[] }>("GET", "/v1/rules")
  const found = rules.find(({ detection }) => detection === "exception") as Rule
  const { id, builtIn: _, updatedAt: __, updatedBy: ___, ...body } = found
  await call("PUT", `/v1/rules/${id}`, { ...body, ...wanted })
}

const seen = (count: number, lastSeen: number): ExceptionRow => ({
  ...{ fingerprint: "f1", service: "shop", subsystem: "checkout", type: "TypeError", message: "no price" },
  ...{ place: "checkout/pay.ts:41", versions: ["8.0.2"], count, users: 9, total: { count, users: 9 } },
  ...{ firstSeen: Date.now() - 2_000, lastSeen, firstVersion: "8.0.2", versionBefore: "8.0.1", isNew: true },
  counts: [count],
})

test("a new error is an alarm that names version and line; closed it stays closed, seen again it is back, unseen it ends", async () => {
  await change({ forSec: 1 })
  const first = seen(17, Date.now())
  collector.exceptions = [first]
  const alarm = await until("alarm", async () => (await alarms()).find(({ state }) => state === "firing"))
  expect(alarm).toMatchObject({
    title: "shop 8.0.2: TypeError in checkout/pay.ts:41, 17 times, 9 users; not seen in 8.0.1",
    detection: "exception",
    group: { service: "shop", subsystem: "checkout", version: "8.0.2", exception: "f1" },
    startedAt: first.firstSeen,
  })
  collector.exceptions = [seen(18, Date.now())]
  await until("the figures to follow", async () => (await alarms())[0]?.why.includes("18 times"))
  await call("POST", `/v1/alarms/${alarm.id}/resolve`, {})
  const asked = collector.asked.filter((report) => report === "exceptions").length
  await until("looks", () => collector.asked.filter((report) => report === "exceptions").length > asked + 3)
  expect(await alarms()).toEqual([])

  collector.exceptions = [seen(19, Date.now() + 1)]
  const again = await until("it again", async () => (await alarms()).find(({ state }) => state === "firing"))
  expect(again.id).not.toBe(alarm.id)
  collector.exceptions = []
  await until("its end", async () => (await alarms()).length === 0)
  const whole = (await alarms("all")).map(({ id }) => id)
  expect(whole).toEqual([again.id, alarm.id])
})

test("while the collector cannot say what is new the alarms stay as they are", async () => {
  collector.exceptions = [seen(1, Date.now() + 60_000)]
  const alarm = await until("alarm", async () => (await alarms())[0])
  collector.broken = true
  const asked = collector.asked.length
  await until("looks", () => collector.asked.length > asked + 3)
  expect((await alarms()).map(({ id }) => id)).toContain(alarm.id)
  collector.broken = false
})
