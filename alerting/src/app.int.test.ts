import { setTimeout as sleep } from "node:timers/promises"
import type { RunningService } from "@ossagent/svrkit"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import type {
  Alarm,
  AlarmEvent,
  AlarmLiveEvent,
  AuditEntry,
  BacktestAnswer,
  Incident,
  Message,
  OutboxMail,
  Rule,
} from "@ossagent/wire"
import { pino } from "pino"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { alerting } from "./app.ts"
import { createTestDatabase, startTestCollector, type TestCollector, type TestSeries, until } from "./testing.ts"

const token = "dashboard-token-0123456789"
let postgres: RunningPostgres
let collector: TestCollector
let running: RunningService<typeof alerting.definition.config>

const shop: TestSeries = {
  service: "shop",
  subsystem: "checkout",
  version: "1.0.0",
  metric: "order.paid",
  kind: "counter",
  unit: "{order}",
  values: { rate: 3, sum: 180, count: 180 },
}
const other: TestSeries = { ...shop, service: "other", subsystem: "core" }

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  collector = await startTestCollector()
  collector.series = [shop, other]
})
afterEach(async () => {
  await running.stop()
  await collector.stop()
})

let databases = 0
const start = async (env: Record<string, string> = {}) => {
  running = await alerting.start(
    {
      OSSAGENT_ALERTING_PORT: "0",
      OSSAGENT_SMTP_PORT: "0",
      OSSAGENT_ALERTING_TOKEN: token,
      OSSAGENT_READ_TOKEN: "read-token-0123456789",
      OSSAGENT_COLLECTOR: collector.url,
      OSSAGENT_POSTGRES_URL: await createTestDatabase(postgres.url, `t${++databases}`),
      OSSAGENT_DASHBOARD_URL: "http://dashboard.test",
      OSSAGENT_LOOK_MS: "200",
      OSSAGENT_ABSENCE_MIN_RUN_SEC: "1",
      OSSAGENT_COLLECTOR_FRESH_SEC: "2",
      ...env,
    },
    pino({ level: "silent" }),
  )
  await until("ready", async () => (await fetch(`${running.url}/readyz`)).ok)
}

const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(running.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      "x-ossagent-actor": "ann@example.com",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`)
  return answer as T
}
const alarms = async (query = "") => (await call<{ alarms: Alarm[] }>("GET", `/v1/alarms${query}`)).alarms
const mails = async () => (await call<{ mails: OutboxMail[] }>("GET", "/v1/outbox")).mails
const rules = async () => (await call<{ rules: Rule[] }>("GET", "/v1/rules")).rules

/** The built-in absence rule, made quick enough for a test. */
const quickenAbsence = async () => {
  const absence = (await rules()).find((rule) => rule.name === "Service fell silent")
  if (!absence) throw new Error("no absence rule")
  const { id, builtIn: _, updatedAt: __, updatedBy: ___, ...rule } = absence
  await call("PUT", `/v1/rules/${id}`, { ...rule, absenceSec: 5, keepFiringSec: 1 })
}

const silence = (series: TestSeries) => {
  series.lastAt = Date.now()
  return () => {
    delete series.lastAt
  }
}

test("with nothing configured a silent service becomes an alarm and a mail, and resolves itself", async () => {
  const mine = { ...shop }
  collector.series = [mine, other]
  await start()
  await quickenAbsence()
  await sleep(2_000) // it must have run for a while before it can be missed
  const back = silence(mine)
  const alarm = await until("alarm", async () => (await alarms()).find(({ group }) => group.service === "shop"))
  expect(alarm).toMatchObject({ state: "firing", detection: "absence", severity: "critical" })
  expect(alarm.title).toMatch(/^shop\/checkout has sent nothing for \d+ s$/)
  const firing = await until("mail", async () => (await mails())[0])
  expect(firing).toMatchObject({ subject: `[firing] ${alarm.title}`, sentOut: false, alarmId: alarm.id })
  expect(firing.to).toEqual(["oncall@localhost"])
  const { mail } = await call<{ mail: { html: string; text: string } }>("GET", `/v1/outbox/${firing.id}`)
  expect(mail.text).toContain(`http://dashboard.test/incidents/${alarm.incidentId}`)
  expect(mail.html).toContain("data:image/png;base64,")
  back()
  await until("resolved mail", async () => (await mails()).find(({ subject }) => subject.startsWith("[resolved]")))
  const shown = await call<{ alarm: Alarm; history: AlarmEvent[]; messages: Message[] }>(
    "GET",
    `/v1/alarms/${alarm.id}`,
  )
  expect(shown.history.map(({ to }) => to)).toEqual(["firing", "resolved"])
  await until("both sent", async () => {
    const { messages } = await call<{ messages: Message[] }>("GET", `/v1/alarms/${alarm.id}`)
    return messages.length === 2 && messages.every(({ state }) => state === "sent")
  })
  expect((await alarms()).length).toBe(0)
})

test("a threshold alarm is acknowledged, silenced, audited and told live", async () => {
  const disk: TestSeries = { ...shop, metric: "host.disk.used", kind: "gauge", unit: "1", values: { avg: 0.97 } }
  collector.series = [shop, other, disk]
  await start()
  const aborted = new AbortController()
  const live = await fetch(`${running.url}/v1/live`, {
    headers: { authorization: `Bearer ${token}` },
    signal: aborted.signal,
  })
  const events: AlarmLiveEvent[] = []
  const reading = readEvents(live, events)
  await call("POST", "/v1/rules", {
    ...(await rules()).filter(({ name }) => name === "Disk almost full").map(toBody)[0],
    name: "Disk, now",
    forSec: 0,
    keepFiringSec: 0,
  })
  const alarm = await until("alarm", async () => (await alarms()).find(({ ruleName }) => ruleName === "Disk, now"))
  expect(alarm.title).toContain("host.disk.used avg is 97 %, over 90 %")
  const { alarm: known } = await call<{ alarm: Alarm }>("POST", `/v1/alarms/${alarm.id}/acknowledge`, { note: "mine" })
  expect(known).toMatchObject({ state: "acknowledged", acknowledgedBy: "ann@example.com" })
  await call("POST", "/v1/silences", {
    matchers: [{ dim: "rule", op: "in", values: ["Disk, now"] }],
    until: Date.now() + 60_000,
    reason: "known",
  })
  await until("silenced", async () => (await alarms()).find(({ id, silencedBy }) => id === alarm.id && silencedBy))
  await until("live", () =>
    events.some(({ changed }) => changed.some(({ id, silencedBy }) => id === alarm.id && silencedBy)),
  )
  const { entries } = await call<{ entries: AuditEntry[] }>("GET", "/v1/audit")
  expect(entries.map(({ action }) => action).slice(0, 3)).toEqual([
    "silence created",
    "alarm acknowledged",
    "rule created",
  ])
  expect(entries[0]?.actor).toBe("ann@example.com")
  aborted.abort()
  await reading
})

test("a collector that is away is one alarm about the collector and none about the services", async () => {
  await start()
  await quickenAbsence()
  const known = (await rules()).find(({ name }) => name === "Collector in trouble")
  if (known) await call("PUT", `/v1/rules/${known.id}`, { ...toBody(known), absenceSec: 5, keepFiringSec: 1 })
  await sleep(2_000)
  collector.broken = true
  const alarm = await until("alarm", async () => (await alarms())[0], 15_000)
  expect(alarm.title).toMatch(/^The collector does not answer for \d+ s/)
  collector.broken = false
  await until("resolved", async () => (await alarms()).length === 0)
  const all = await alarms("?state=all")
  expect(all.map(({ id }) => id)).toEqual([alarm.id])
})

test("a service that was stopped on purpose: silenced beforehand nobody is told, closed it is forgotten until it is back", async () => {
  const mine = { ...shop }
  collector.series = [mine, other]
  await start()
  await quickenAbsence()
  await sleep(2_000)
  await call("POST", "/v1/silences", {
    matchers: [{ dim: "service", op: "in", values: ["shop"] }],
    until: Date.now() + 60_000,
    reason: "taken out of service",
  })
  const back = silence(mine)
  const alarm = await until("alarm", async () => (await alarms()).find(({ group }) => group.service === "shop"))
  expect(alarm.silencedBy).not.toBeNull()
  await call("POST", `/v1/alarms/${alarm.id}/resolve`, { note: "it is gone for good" })
  await sleep(2_000) // ten looks
  expect(await alarms()).toEqual([])
  expect(await mails()).toEqual([])
  back()
  await sleep(2_500)
  silence(mine)
  await until("it is missed again", async () => (await alarms()).find(({ group }) => group.service === "shop"))
})

test("a service that is forgotten is missed by nobody, until it is seen again", async () => {
  const mine = { ...shop }
  collector.series = [mine, other]
  await start()
  await quickenAbsence()
  await sleep(2_000)
  const back = silence(mine)
  expect((await call<{ forgotten: number }>("POST", "/v1/forget", { service: "shop" })).forgotten).toBe(1)
  await sleep(2_000) // ten looks
  expect(await alarms()).toEqual([])
  back()
  await sleep(2_500)
  silence(mine)
  await until("it is missed again", async () => (await alarms()).find(({ group }) => group.service === "shop"))
})

test("an absence rule whose question fails keeps nobody else from being missed", async () => {
  const mine = { ...shop }
  collector.series = [mine, other]
  collector.refusedMetric = "gone.metric"
  await start()
  const absence = (await rules()).find((rule) => rule.name === "Service fell silent") as Rule
  await call("POST", "/v1/rules", { ...toBody(absence), name: "Broken", metric: "gone.metric" })
  await quickenAbsence()
  await sleep(2_000)
  silence(mine)
  await until("alarm", async () => (await alarms()).find(({ group }) => group.service === "shop"))
})

test("a thousand services that fall silent at once are a thousand alarms, one incident and one mail", async () => {
  const many = Array.from({ length: 1_000 }, (_, i): TestSeries => ({ ...shop, service: `s${i}` }))
  collector.series = [...many, other]
  await start()
  await quickenAbsence()
  await sleep(2_500)
  const at = Date.now()
  for (const series of many) series.lastAt = at
  await until("mail", async () => (await mails()).length > 0, 30_000)
  await sleep(3_000) // long enough for more to come
  expect((await mails()).map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[firing\] s\d+\/checkout/)])
  const { incidents } = await call<{ incidents: Incident[] }>("GET", "/v1/incidents")
  expect(incidents.map((incident) => incident.alarms)).toEqual([1_000])
}, 90_000)

test("bad requests are told what and where", async () => {
  await start()
  await expect(call("POST", "/v1/rules", { name: "x" })).rejects.toThrow(/400 .*body\./)
  const backtest = (body: object) => call<BacktestAnswer>("POST", "/v1/rules/backtest", body)
  const [known] = (await rules()).filter(({ detection }) => detection === "threshold").map(toBody)
  await expect(backtest({ rule: { ...known, nmae: 1 }, from: 1, to: 2 })).rejects.toThrow(/400 .*body\.rule/)
  await expect(backtest({ rule: known, from: 2, to: 1 })).rejects.toThrow(/400 .*must be after from/)
  await expect(backtest({ rule: known, from: 1, to: 4e12 })).rejects.toThrow(/400 .*35 days/)
  expect(await backtest({ rule: known, from: Date.now() - 60_000, to: Date.now() })).toMatchObject({ complete: true })
  await expect(call("GET", "/v1/alarms/12345")).rejects.toThrow(/404 .*unknown_alarm/)
  await expect(call("GET", "/v1/alarms/abc")).rejects.toThrow(/400/)
  const builtIn = (await rules()).find((rule) => rule.builtIn)
  await expect(call("DELETE", `/v1/rules/${builtIn?.id}`)).rejects.toThrow(/409 .*built_in/)
  expect((await fetch(`${running.url}/v1/alarms`)).status).toBe(401)
})

const toBody = ({ id: _, builtIn: __, updatedAt: ___, updatedBy: ____, ...rule }: Rule) => rule

async function readEvents(response: Response, events: AlarmLiveEvent[]): Promise<void> {
  let rest = ""
  try {
    for await (const chunk of response.body ?? []) {
      const parts = (rest + Buffer.from(chunk).toString()).split("\n\n")
      rest = parts.pop() ?? ""
      for (const part of parts) if (part.startsWith("data: ")) events.push(JSON.parse(part.slice(6)))
    }
  } catch {
    // the test hung up
  }
}
