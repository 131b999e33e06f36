import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import type { Contact, Inhibition, Maintenance, Policy, Severity } from "@ossagent/wire"
import fc from "fast-check"
import { pino } from "pino"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type Book, createBook } from "../alarm/book.ts"
import { toCondition } from "../alarm/condition.ts"
import type { Verdict } from "../alarm/decide.ts"
import { migrate } from "../database/migrate.ts"
import { type OpenDatabase, openDatabase } from "../database/open.ts"
import { seedOnCall } from "../oncall/seed.ts"
import { createOnCallStore, type OnCallStore } from "../oncall/store.ts"
import { createTestDatabase } from "../testing.ts"
import { type Acts, createActs } from "./act.ts"
import { investigate } from "./investigate.ts"
import { createTeller, type Teller } from "./tell.ts"

const MIN = 60_000
const START = Date.UTC(2026, 10, 2, 12)
const log = pino({ level: "silent" })
const actor = { name: "ann@example.com" }

let postgres: RunningPostgres
let database: OpenDatabase
let databases = 0
let clock: number
let book: Book
let acts: Acts
let teller: Teller
let onCall: OnCallStore

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  database = openDatabase({ url: await createTestDatabase(postgres.url, `i${++databases}`), onFault: () => undefined })
  await migrate(database.pool)
  await seedOnCall(database.db, ["first@example.com"], false)
  onCall = createOnCallStore(database.db, () => clock)
  clock = START
  begin()
})
afterEach(() => database.close())

/** A process of the service; called again: one that takes over from a dead one. */
function begin(): void {
  const { db } = database
  const deps = { db, now: () => clock, onChanged: () => {}, onOutbox: () => {}, log }
  book = createBook({ ...deps, onIncidents: () => {} })
  acts = createActs({ ...deps, onIncidents: () => {} })
  teller = createTeller({ ...deps, builtIn: () => new Set(["email"]) })
}

interface Look {
  service?: string
  subsystem?: string
  severity?: Severity
  detection?: "threshold" | "absence"
}

/** One look at the rule of this severity and kind: what is named is bad, all else of it is good. */
const look = (bad: Look[], { severity = "warning", detection = "threshold" }: Look = {}) => {
  const id = `${detection === "absence" ? 2 : 1}${severity.length}`
  const rule = { id, name: `${detection} ${severity}`, detection, severity, forSec: 0, keepFiringSec: 0 } as const
  const isBad = (service: string, subsystem: string) =>
    bad.some((one) => (one.service ?? "shop") === service && (one.subsystem ?? "pay") === subsystem)
  const conditions = ["shop", "database", "a", "b", "c"].flatMap((service) =>
    ["pay", "cart"].map((subsystem) => condition(rule, service, subsystem, isBad(service, subsystem) ? "bad" : "good")),
  )
  return book.judge({ ruleIds: [id], conditions, at: clock })
}
const condition = (
  rule: Parameters<typeof toCondition>[0]["rule"],
  service: string,
  subsystem: string,
  verdict: Verdict,
) =>
  toCondition({
    ...{
      rule,
      verdict,
      title: `${service}/${subsystem} is bad`,
      why: "it is 97 %",
      metric: "m",
      stat: "avg",
      unit: "1",
    },
    ...{ group: { service, subsystem }, value: 0.97, score: 0.9 },
  })

const pass = async (ms: number) => {
  clock += ms
  while ((await teller.turn()) > 0);
}
const messages = async () => {
  const rows = await database.db.selectFrom("outbox").selectAll().orderBy("id").execute()
  return rows.map(({ kind, recipient, state }) => `${kind} ${recipient} ${state}`)
}
const incidents = () => database.db.selectFrom("incident").selectAll().orderBy("id").execute()
const timeline = async (id: string) => {
  const rows = await database.db
    .selectFrom("incident_event")
    .selectAll()
    .where("incident_id", "=", id)
    .orderBy("id")
    .execute()
  return rows.map(({ kind }) => kind)
}

const person = (name: string, more: Partial<Contact> = {}): Promise<{ id: string }> =>
  onCall.create(
    "contact",
    { name, language: "en", timeZone: "UTC", email: `${name}@example.com`, preferences: [], ...more },
    actor,
  )

/** Makes everybody's policy one of these steps. */
async function usePolicy(people: { id: string }[], more: Partial<Policy> = {}): Promise<void> {
  const [everyone] = await onCall.list("policy")
  await onCall.change(
    "policy",
    everyone?.id ?? "",
    {
      name: "Everyone",
      steps: people.map(({ id }, i) => ({ afterMin: i === 0 ? 0 : 5, targets: [{ kind: "contact", id }] })),
      ...{ rounds: 0, repeatMin: 0, ackMin: 0, tellResolved: true },
      ...more,
    },
    actor,
  )
}

describe("an incident", () => {
  test("goes to the next person until somebody acknowledges, and its end to those who were told", async () => {
    await usePolicy([await person("ann"), await person("bob"), await person("eve")])
    await look([{}])
    await pass(3_000)
    expect(await messages()).toEqual(["firing ann@example.com queued"])
    await pass(5 * MIN)
    await acts.acknowledge("1", { name: "bob" })
    await pass(60 * MIN)
    expect(await messages()).toEqual(["firing ann@example.com queued", "escalated bob@example.com queued"])
    await look([])
    await pass(0)
    expect((await messages()).slice(2)).toEqual(["resolved ann@example.com queued", "resolved bob@example.com queued"])
    expect(await timeline("1")).toEqual(["opened", "alarm", "told", "escalated", "acknowledged", "resolved"])
  })
  test("of two alarms in one subsystem is one, told again only when it becomes graver", async () => {
    await look([{}])
    await pass(3_000)
    await look([{ subsystem: "cart" }, {}])
    await pass(MIN)
    expect(await messages()).toEqual(["firing first@example.com queued"])
    await acts.acknowledge("1", actor)
    await look([{}], { severity: "critical" })
    await pass(0)
    const [incident] = await incidents()
    expect(incident).toMatchObject({ state: "firing", severity: "critical", alarms: 3, open_alarms: 3 })
    expect(await messages()).toEqual(["firing first@example.com queued", "firing first@example.com queued"])
    expect(await timeline("1")).toContain("severity")
  })
  test("is told again when its acknowledgement has run out", async () => {
    await usePolicy([await person("ann")], { ackMin: 30 })
    await look([{}])
    await pass(3_000)
    await acts.acknowledge("1", actor)
    await pass(29 * MIN)
    expect(await messages()).toHaveLength(1)
    await pass(MIN)
    expect(await messages()).toHaveLength(2)
    expect(await incidents()).toMatchObject([{ state: "firing", acknowledged_by: null }])
  })
  test("reaches somebody also when a step reaches nobody", async () => {
    const mute = { severities: [], days: [], hours: null, channels: [], mode: "all", fallbackSec: 60 } as const
    await usePolicy([await person("ann", { preferences: [{ ...mute, severities: [], days: [], channels: [] }] })])
    await look([{}])
    await pass(3_000)
    expect(await messages()).toEqual(["firing first@example.com queued", "firing ann@example.com queued"])
  })
})

describe("an incident is not told", () => {
  const maintenance: Maintenance = {
    ...{ name: "Deploy", matchers: [{ dim: "service", op: "in", values: ["shop"] }], timeZone: "UTC" },
    ...{ start: "2026-11-02T11:00", durationMin: 90, repeat: "none", days: [] },
  }
  test("during a maintenance, and is when it still fires afterwards", async () => {
    await onCall.create("maintenance", maintenance, actor)
    await look([{}])
    await pass(3_000)
    expect(await messages()).toEqual([])
    expect(await incidents()).toMatchObject([{ quiet: "maintenance Deploy, until 2026-11-02T12:30Z" }])
    await pass(30 * MIN)
    expect(await messages()).toEqual(["firing first@example.com queued"])
    expect(await timeline("1")).toEqual(["opened", "alarm", "quiet", "told"])
  })
  test("while another alarm is its cause", async () => {
    const inhibition: Inhibition = {
      name: "The database",
      source: [{ dim: "service", op: "in", values: ["database"] }],
      target: [{ dim: "service", op: "in", values: ["shop"] }],
      equal: [],
    }
    await onCall.create("inhibition", inhibition, actor)
    await look([{ service: "database" }], { severity: "critical" })
    await look([{}])
    await pass(3_000)
    expect((await incidents()).map(({ quiet }) => quiet)).toEqual([null, "The database: alarm 1, database/pay is bad"])
    await look([], { severity: "critical" })
    await pass(6_000)
    expect((await incidents())[1]).toMatchObject({ quiet: null, tellings: 1 })
  })
  test("when it is over before anybody was told", async () => {
    await look([{}])
    await look([])
    await pass(MIN)
    expect(await messages()).toEqual([])
  })
})

test("a clock that is set back does not hold up what is due", async () => {
  await usePolicy([await person("ann"), await person("bob")])
  await look([{}])
  await pass(3_000)
  clock -= 60 * MIN
  await pass(0)
  await pass(5 * MIN)
  expect(await messages()).toEqual(["firing ann@example.com queued", "escalated bob@example.com queued"])
})

test("an incident that was told before its culprit was looked for stays as it is when nobody is guilty", async () => {
  await look([{}])
  await pass(MIN)
  const [before] = await incidents()
  expect(before?.tellings).toBe(1)
  const complaints: string[] = []
  const heard = pino({ level: "warn" }, { write: (line: string) => void complaints.push(line) })
  const deps = { db: database.db, findCulprit: async () => null, now: () => clock, log: heard }
  await investigate(deps, before?.id as string)
  expect(complaints).toEqual([])
  expect(await incidents()).toEqual([before])
})

test("whatever happens in whatever order: every incident is told, nothing twice, and the history is whole", async () => {
  const act = fc.oneof(
    fc.record({ do: fc.constant("look" as const), bad: fc.subarray(["a", "b", "c"]) }),
    fc.record({ do: fc.constant("acknowledge" as const), nth: fc.nat(3) }),
    fc.record({ do: fc.constant("silence" as const), service: fc.constantFrom("a", "b") }),
    fc.record({ do: fc.constant("unsilence" as const) }),
    fc.record({ do: fc.constant("restart" as const) }),
    fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1_000, 5_000, MIN, 20 * MIN) }),
  )
  const run = async (step: typeof act extends fc.Arbitrary<infer T> ? T : never): Promise<void> => {
    if (step.do === "look") await look(step.bad.map((service) => ({ service })))
    else if (step.do === "pass") await pass(step.ms)
    else if (step.do === "restart") begin()
    else if (step.do === "unsilence") await database.pool.query("UPDATE alerting.silence SET ended_at = now()")
    else if (step.do === "silence")
      await database.pool.query(
        "INSERT INTO alerting.silence (matchers, until, reason, created_by) VALUES ($1, '2100-01-01', 'x', 'ann')",
        [JSON.stringify([{ dim: "service", op: "in", values: [step.service] }])],
      )
    else {
      const open = (await incidents()).filter(({ state }) => state !== "resolved")
      const one = open[step.nth % Math.max(1, open.length)]
      if (one) await acts.acknowledge(one.id, actor)
    }
  }
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (steps) => {
      await database.pool.query(
        "TRUNCATE alerting.alarm, alerting.incident, alerting.outbox, alerting.silence RESTART IDENTITY CASCADE",
      )
      for (const step of steps) {
        await run(step)
        await teller.turn()
      }
      await run({ do: "unsilence" })
      await book.applySilences()
      await pass(MIN)
      await checkAll()
    }),
    { numRuns: 25 },
  )
}, 120_000)

async function checkAll(): Promise<void> {
  const outbox = await database.db.selectFrom("outbox").selectAll().execute()
  for (const incident of await incidents()) {
    const mine = outbox.filter(({ incident_id }) => incident_id === incident.id)
    const alarms = await database.db.selectFrom("alarm").selectAll().where("incident_id", "=", incident.id).execute()
    expect(incident.open_alarms).toBe(alarms.filter(({ state }) => state !== "resolved").length)
    if (incident.state === "firing") expect(mine.map(({ kind }) => kind)).toContain("firing")
    expect(mine.filter(({ kind }) => kind === "firing").length).toBeLessThanOrEqual(1)
    const ended = mine.filter(({ kind }) => kind === "resolved").length
    expect(ended).toBe(incident.state === "resolved" && incident.tellings > 0 ? 1 : 0)
  }
  const { rows } = await database.pool.query<{ state: string; last: string }>(`
    SELECT a.state, (SELECT e."to" FROM alerting.alarm_event e WHERE e.alarm_id = a.id ORDER BY e.id DESC LIMIT 1) AS last
    FROM alerting.alarm a`)
  for (const { state, last } of rows) expect(last).toBe(state)
}
