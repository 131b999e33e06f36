import { createAgent } from "@ossagent/agent"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import { pino } from "pino"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { toCondition } from "../alarm/condition.ts"
import { migrate } from "../database/migrate.ts"
import { type OpenDatabase, openDatabase } from "../database/open.ts"
import { createIncidents } from "../incident/incidents.ts"
import type { Running } from "../incident/run.ts"
import { seedOnCall } from "../oncall/seed.ts"
import { createTestDatabase, startTestMailServer, type TestMailServer, until } from "../testing.ts"
import { toLimits } from "./limits.ts"
import { createMailbox } from "./mailbox.ts"
import { type Notify, startNotify } from "./start.ts"

const log = pino({ level: "silent" })
const agent = createAgent({
  service: "test",
  collector: "http://127.0.0.1:9",
  key: "unset-unset-unset-unset",
  spool: false,
})
const rule = {
  id: "1",
  name: "Disk",
  detection: "threshold",
  severity: "warning",
  forSec: 0,
  keepFiringSec: 0,
} as const
const BURST = 5
const DIGEST_EVERY_MS = 1_000
const limits = toLimits({ burst: BURST, refillSec: 600 })
limits.email = { ...limits.email, digestWaitSec: 0.5, digestEverySec: DIGEST_EVERY_MS / 1_000 }

let postgres: RunningPostgres
let server: TestMailServer
let database: OpenDatabase
let notifier: Notify | null
let book: ReturnType<typeof createIncidents>["book"]
let telling: Running
let databases = 0

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(async () => {
  await agent.stop(0)
  await postgres.stop()
})
beforeEach(async () => {
  server = await startTestMailServer()
  database = openDatabase({ url: await createTestDatabase(postgres.url, `n${++databases}`), onFault: () => undefined })
  await migrate(database.pool)
  notifier = await start()
  await seedOnCall(database.db, ["ann@example.com"], false)
  const incidents = createIncidents({
    db: database.db,
    builtIn: () => new Set(["email"]),
    findCulprit: async () => null,
    now: Date.now,
    onOutbox: (ids) => notifier?.wake(ids),
    onChanged: () => {},
    log,
  })
  book = incidents.book
  telling = incidents.start()
})
afterEach(async () => {
  await telling.stop()
  await notifier?.stop()
  await database.close()
  await server.stop()
})

function start(): Promise<Notify> {
  const { db, pool } = database
  const postgresUrl = String(pool.options.connectionString)
  return startNotify({
    settings: {
      ...{ postgresUrl, dashboardUrl: "http://dash.test", from: "OssAgent <ossagent@localhost>" },
      ...{ limits, allowPrivate: false, im: null },
    },
    ...{ db, log, agent, now: Date.now, random: () => 0, sweepMs: 300, sendMs: 15_000 },
    mailbox: createMailbox(db, { keep: 10, keepDays: 1 }, Date.now),
    smtp: { url: server.url, local: false },
    readPicture: async () => Buffer.from("png"),
    onReply: async () => {},
  })
}

const look = (verdict: "bad" | "good", i = 1) =>
  toCondition({
    rule,
    verdict,
    title: `disk ${i} is full`,
    why: "it is 97 %",
    metric: "host.disk.used",
    stat: "avg",
    unit: "1",
    group: { host: `web-${i}` },
    value: 0.97,
    score: 0.9,
  })
const judge = (conditions: ReturnType<typeof look>[]) => book.judge({ ruleIds: ["1"], conditions, at: Date.now() })
const states = async () => {
  const rows = await database.db.selectFrom("outbox").select(["kind", "state"]).orderBy("id").execute()
  return rows.map(({ kind, state }) => `${kind} ${state}`)
}

/** Whether so many alarms were told, by themselves or in a digest. */
const areTold = async (count: number) => {
  const all = (await states()).filter((state) => !state.startsWith("digest"))
  return all.length === count && all.every((state) => state.endsWith(" sent"))
}

test("an alarm and its end are two mails of one thread, kept as sent out", async () => {
  await judge([look("bad")])
  await until("mail", () => server.mails.length === 1)
  await judge([look("good")])
  const [firing, resolved] = await until("second mail", () => server.mails.length === 2 && server.mails)
  expect(firing?.subject).toBe("[firing] disk 1 is full")
  expect(resolved?.subject).toBe("[resolved] disk 1 is full")
  expect(resolved?.references).toEqual(firing?.references)
  expect(firing?.headers.get("auto-submitted")).toBe("auto-generated")
  expect(firing?.attachments[0]?.cid).toBe("chart")
  const kept = await until("copies", async () => {
    const rows = await database.db.selectFrom("outbox_mail").selectAll().execute()
    return rows.length === 2 && rows
  })
  expect(kept.every(({ sent_out }) => sent_out)).toBe(true)
  await until("recorded", async () => (await states()).join() === "firing sent,resolved sent")
})

test("a server that is busy gets the mail later, once", async () => {
  server.refuse = { code: 451, times: 2 }
  await judge([look("bad")])
  await until("mail", () => server.mails.length === 1)
  await until("recorded", async () => (await states()).join() === "firing sent")
  const row = await database.db.selectFrom("outbox").select("attempts").executeTakeFirstOrThrow()
  expect(row.attempts).toBe(3)
})

test("a mail that the server refuses for good is failed and says why", async () => {
  server.refuse = { code: 550, times: 99 }
  await judge([look("bad")])
  await until("failed", async () => (await states()).join() === "firing failed")
  const row = await database.db.selectFrom("outbox").select("detail").executeTakeFirstOrThrow()
  expect(row.detail).toContain("refused")
})

test("a thousand alarms at one look are one incident and one mail, and so is their end", async () => {
  await judge(Array.from({ length: 1_000 }, (_, i) => look("bad", i)))
  await until("told", () => areTold(1))
  expect(server.mails.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[firing\] disk \d+ is full/)])
  await judge(Array.from({ length: 1_000 }, (_, i) => look("good", i)))
  await until("its end", async () => (await areTold(2)) && server.mails.length === 2)
  expect(server.mails[1]?.subject).toMatch(/^\[resolved\]/)
})

/** From now on every host is an incident of its own. */
const groupByHost = () =>
  database.pool.query(
    "UPDATE alerting.oncall SET body = jsonb_set(body, '{groupBy}', '[\"host\"]') WHERE kind = 'route'",
  )

/** How many incidents each digest so far was about. */
const digests = () =>
  server.mails.flatMap(({ subject }) => {
    const [, count] = /^\[digest\] (\d+) (?:alarms|incidents)/.exec(subject ?? "") ?? []
    return count === undefined ? [] : [Number(count)]
  })
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

test("a thousand incidents at once come as digests, and so do their ends", async () => {
  await groupByHost()
  const from = Date.now()
  await judge(Array.from({ length: 1_000 }, (_, i) => look("bad", i)))
  await until("everything told", () => areTold(1_000), 40_000)
  expect(sum(digests())).toBe(1_000)
  await judge(Array.from({ length: 1_000 }, (_, i) => look("good", i)))
  await until("its end", async () => (await areTold(2_000)) && sum(digests()) === 2_000, 40_000)
  expect(server.mails.length).toBe(digests().length)
  expect(digests().length).toBeLessThanOrEqual(4 + (Date.now() - from) / DIGEST_EVERY_MS)
}, 90_000)

test("a storm of alarms, a few at a look, is a few mails and a digest or two, and nothing is lost", async () => {
  await groupByHost()
  const from = Date.now()
  for (let n = 5; n <= 100; n += 5) await judge(Array.from({ length: n }, (_, i) => look("bad", i)))
  await until("everything told", () => areTold(100))
  expect(server.mails.length).toBeLessThanOrEqual(BURST + digests().length)
  expect(server.mails.length - digests().length + sum(digests())).toBe(100)
  expect(digests().length).toBeLessThanOrEqual(2 + (Date.now() - from) / DIGEST_EVERY_MS)
})

test("rows that no job was made for are found by the sweep", async () => {
  await notifier?.stop()
  notifier = null
  await judge([look("bad")])
  notifier = await start()
  await until("mail", () => server.mails.length === 1)
})

test("adding a row twice sends it once, and two looks at once open one alarm", async () => {
  await Promise.all([judge([look("bad")]), judge([look("bad")]), judge([look("bad")])])
  const { id } = await until("row", () => database.db.selectFrom("outbox").select("id").executeTakeFirst())
  notifier?.wake([id, id])
  notifier?.wake([id])
  await until("recorded", async () => (await states()).join() === "firing sent")
  await judge([look("good")])
  await until("resolved", () => server.mails.length === 2)
  expect(server.mails.map(({ subject }) => subject?.slice(0, 10))).toEqual(["[firing] d", "[resolved]"])
})

test("the schema is brought up to date once, however many begin at the same time", async () => {
  const url = await createTestDatabase(postgres.url, "fresh")
  const several = [1, 2, 3].map(() => openDatabase({ url, onFault: () => undefined }))
  const applied = await Promise.all(several.map(({ pool }) => migrate(pool)))
  const all = ["001_alarms.sql", "002_memory.sql", "003_incidents.sql", "004_channels.sql", "005_release.sql"]
  expect(applied.flat().sort()).toEqual(all)
  await Promise.all(several.map((one) => one.close()))
})
