/** Outbox rows on real channels: fallback, receipts, rates, and channels that are in trouble. */
import { createAgent } from "@ossagent/agent"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import type { ChannelKind } from "@ossagent/wire"
import type { Insertable } from "kysely"
import { pino } from "pino"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { migrate } from "../database/migrate.ts"
import { type OpenDatabase, openDatabase } from "../database/open.ts"
import type { OutboxTable } from "../database/types.ts"
import { createTestDatabase, startTestMailServer, type TestMailServer, until as untilWithin } from "../testing.ts"
import type { Peer } from "./channel/contract.ts"
import { type SmscPeer, startHttpPeer, startSmscPeer } from "./channel/peers.ts"
import { toLimits } from "./limits.ts"
import { createMailbox } from "./mailbox.ts"
import { type Notify, startNotify } from "./start.ts"

/** A machine that does much else at the same time is slow. */
const PATIENCE_MS = 60_000
vi.setConfig({ testTimeout: 3 * PATIENCE_MS })
const until = <T>(what: string, condition: () => T | Promise<T>) => untilWithin(what, condition, PATIENCE_MS)

const lines: string[] = []
const log = pino({ level: "info" }, { write: (line) => lines.push(line) })
const agent = createAgent({
  service: "test",
  collector: "http://127.0.0.1:9",
  key: "unset-unset-unset-unset",
  spool: false,
})
const nothing = { kind: "sms", receipts: false, send: async () => ({ delivered: true }), stop: async () => {} } as const

let postgres: RunningPostgres
let database: OpenDatabase
let mail: TestMailServer
let hook: Peer
let smsc: SmscPeer
let notify: Notify
let hookUrl = ""
let smscPort = 0
let databases = 0

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(async () => {
  await agent.stop(0)
  await postgres.stop()
})
beforeEach(async () => {
  lines.length = 0
  mail = await startTestMailServer()
  hook = await startHttpPeer(
    {
      refuse: { status: 410, body: {} },
      throttle: { status: 429, body: {}, headers: { "retry-after": "1" } },
      take: { status: 200, body: {} },
      idOf: (request) => String(request.headers["idempotency-key"]),
      textOf: (body) => body,
    },
    (url) => {
      hookUrl = url
      return { ...nothing, kind: "webhook" }
    },
    [],
  )
  smsc = await startSmscPeer((port) => {
    smscPort = port
    return nothing
  })
  const url = await createTestDatabase(postgres.url, `c${++databases}`)
  database = openDatabase({ url, onFault: () => undefined })
  await migrate(database.pool)
  const { db } = database
  notify = await startNotify({
    settings: {
      ...{
        postgresUrl: url,
        dashboardUrl: "http://dash.test",
        from: "OssAgent <ossagent@localhost>",
        allowPrivate: true,
      },
      im: null,
      limits: toLimits({ burst: 50, refillSec: 1 }),
    },
    ...{ db, log, agent, now: Date.now, random: () => 0, sweepMs: 100, sendMs: 3_000 },
    mailbox: createMailbox(db, { keep: 10, keepDays: 1 }, Date.now),
    smtp: { url: mail.url, local: true },
    readPicture: async () => null,
    onReply: async () => {},
  })
})
afterEach(async () => {
  await notify.stop()
  await database.close()
  await hook.stop()
  await smsc.stop()
  await mail.stop()
})

const insert = async (
  kind: "channel" | "contact" | "template",
  body: object,
  secrets: object = {},
): Promise<string> => {
  const { id } = await database.db
    .insertInto("oncall")
    .values({ kind, body: JSON.stringify(body), secrets: JSON.stringify(secrets), updated_by: "ann" })
    .returning("id")
    .executeTakeFirstOrThrow()
  return id
}
const addWebhook = (path = "/hook") =>
  insert(
    "channel",
    { name: `hook ${path}`, kind: "webhook", enabled: true, settings: { url: `${hookUrl}${path}` } },
    { secret: "a-webhook-secret-0123" },
  )
const addSms = () =>
  insert(
    "channel",
    {
      name: "sms",
      kind: "sms",
      enabled: true,
      settings: { way: "smpp", host: "127.0.0.1", port: smscPort, systemId: "ossagent" },
    },
    { password: "smscpass" },
  )

const put = async (row: Partial<Insertable<OutboxTable>> & { channel: ChannelKind }): Promise<string> => {
  const at = new Date()
  const { id } = await database.db
    .insertInto("outbox")
    .values({
      kind: "test",
      severity: "critical",
      recipient: "",
      state: "queued",
      created_at: at,
      touched_at: at,
      ...row,
    })
    .returning("id")
    .executeTakeFirstOrThrow()
  return id
}
const rowOf = (id: string) =>
  database.db.selectFrom("outbox").selectAll().where("id", "=", id).executeTakeFirstOrThrow()
const reaches = async (id: string, state: string) => {
  await until(`${id} ${state}`, async () => (await rowOf(id)).state === state)
  return rowOf(id)
}
const later = (ms: number) => new Date(Date.now() + ms)
const ann = "ann@example.com"
const phone = "+8613800138000"

test("the next channel goes at once when the one before has failed for good, and not when it delivered", async () => {
  const channel_id = await addWebhook()
  hook.behave("refuse")
  const first = await put({ channel: "webhook", channel_id, state: "waiting", due_at: later(600_000) })
  await database.db.updateTable("outbox").set({ state: "queued" }).where("id", "=", first).execute()
  const next = await put({
    channel: "email",
    recipient: ann,
    state: "waiting",
    after_id: first,
    due_at: later(600_000),
  })
  notify.wake([first])
  await reaches(first, "failed")
  await reaches(next, "sent")
  hook.behave("take")
  const good = await put({ channel: "webhook", channel_id, state: "waiting", due_at: later(600_000) })
  const spare = await put({
    channel: "email",
    recipient: ann,
    state: "waiting",
    after_id: good,
    due_at: later(600_000),
  })
  const last = await put({
    channel: "sms",
    recipient: phone,
    state: "waiting",
    after_id: spare,
    due_at: later(900_000),
  })
  await database.db.updateTable("outbox").set({ state: "queued" }).where("id", "=", good).execute()
  notify.wake([good])
  await reaches(good, "delivered")
  expect(await rowOf(spare)).toMatchObject({ state: "skipped", detail: "delivered by webhook" })
  expect(await rowOf(last)).toMatchObject({ state: "skipped" })
  expect(new Set(mail.mails.map(({ messageId }) => messageId)).size).toBe(1)
})

test("an SMS counts when its receipt says so: delivered stops the next channel, a failure sends it, and silence does in time", async () => {
  const channel_id = await addSms()
  const sms = {
    channel: "sms",
    channel_id,
    recipient: phone,
    contact_id: await insert("contact", { name: "Ann" }),
  } as const
  const receipt = (id: string, stat: string) => smsc.report({ short_message: `id:${id} stat:${stat} err:000` })
  const start = async (dueMs: number) => {
    const id = await put({ ...sms, state: "waiting", due_at: later(600_000) })
    const spare = await put({ channel: "email", recipient: ann, state: "waiting", after_id: id, due_at: later(dueMs) })
    await database.db.updateTable("outbox").set({ state: "queued" }).where("id", "=", id).execute()
    notify.wake([id])
    const { provider_id } = await reaches(id, "sent")
    return { id, spare, provider: provider_id ?? "" }
  }
  const good = await start(600_000)
  expect((await rowOf(good.spare)).state).toBe("waiting")
  await receipt(String(Number.parseInt(good.provider, 16)), "DELIVRD") // given in hex, reported in decimal
  await reaches(good.id, "delivered")
  expect(await rowOf(good.spare)).toMatchObject({ state: "skipped", detail: "delivered by sms" })
  const bad = await start(600_000)
  await receipt(bad.provider, "UNDELIV")
  expect(await reaches(bad.id, "failed")).toMatchObject({ detail: expect.stringContaining("could not be delivered") })
  await reaches(bad.spare, "sent")
  const silent = await start(300)
  expect(await reaches(silent.spare, "sent")).toMatchObject({ state: "sent" })
  expect((await rowOf(silent.id)).state).toBe("sent")
})

test("a channel that stalls holds up no other, passes on at once, and loses nothing", async () => {
  const channel_id = await addWebhook()
  hook.behave("stall")
  const stalled = await Promise.all(Array.from({ length: 6 }, () => put({ channel: "webhook", channel_id })))
  const spare = await put({
    channel: "email",
    recipient: ann,
    state: "waiting",
    after_id: stalled[5] as string,
    due_at: later(600_000),
  })
  notify.wake(stalled)
  await until("all at work", async () => (await rowOf(stalled[0] as string)).attempts > 0)
  const mails = await Promise.all(
    Array.from({ length: 5 }, (_, i) => put({ channel: "email", recipient: `p${i}@example.com` })),
  )
  notify.wake(mails)
  for (const id of mails) await reaches(id, "sent")
  expect(await reaches(spare, "sent")).toMatchObject({ state: "sent" })
  hook.behave("take")
  for (const id of stalled) await reaches(id, "delivered")
  expect(new Set(hook.taken.map(({ id }) => id)).size).toBe(6)
})

test("a throttled channel gets everything in the end, each once", async () => {
  const channel_id = await addWebhook()
  hook.behave("throttle")
  const ids = await Promise.all(Array.from({ length: 10 }, () => put({ channel: "webhook", channel_id })))
  notify.wake(ids)
  for (const id of ids) await reaches(id, "delivered")
  expect(hook.taken).toHaveLength(10)
})

test("while the IM is away the next channel goes at once and says so; a channel that is not set up is failed", async () => {
  const im = await put({ channel: "im", recipient: "ann", state: "waiting", due_at: later(600_000) })
  const { id: incident_id } = await database.db
    .insertInto("incident")
    .values({
      ...{
        group_key: "g",
        state: "firing",
        severity: "critical",
        title: "IM is down",
        group: "{}",
        alarms: 1,
        open_alarms: 1,
      },
      ...{ grown_at: new Date(), started_at: new Date(), updated_at: new Date() },
    } as never)
    .returning("id")
    .executeTakeFirstOrThrow()
  const spare = await put({
    channel: "email",
    kind: "firing",
    incident_id,
    recipient: ann,
    state: "waiting",
    after_id: im,
    due_at: later(600_000),
  })
  await notify.outbox.recordFault(im, { why: "cannot reach the IM", final: false, away: true }).then(notify.wake)
  notify.wake([im])
  await reaches(spare, "sent")
  expect(mail.mails[0]?.text).toContain("The IM itself is in trouble")
  await until("failed", async () => (await rowOf(im)).state === "failed")
  expect((await rowOf(im)).detail).toContain("no such channel is configured")
})

test("SMS over a person's rate become one digest that waits for a token, and a number is in no log", async () => {
  const channel_id = await addSms()
  const contact_id = await insert("contact", { name: "Ann" })
  const incidents: string[] = []
  for (let i = 0; i < 8; i++) {
    const { id } = await database.db
      .insertInto("incident")
      .values({
        ...{
          group_key: `g${i}`,
          state: "firing",
          severity: "critical",
          title: `disk ${i} is full`,
          group: "{}",
          alarms: 1,
        },
        ...{ open_alarms: 1, grown_at: new Date(), started_at: new Date(), updated_at: new Date() },
      } as never)
      .returning("id")
      .executeTakeFirstOrThrow()
    incidents.push(id)
  }
  const ids = await Promise.all(
    incidents.map((incident_id) =>
      put({ channel: "sms", kind: "firing", channel_id, contact_id, recipient: phone, incident_id }),
    ),
  )
  notify.wake(ids)
  await until("three are sent, the others wait", async () => {
    const rows = await database.db.selectFrom("outbox").select("state").execute()
    return (
      rows.filter(({ state }) => state === "sent").length === 3 &&
      rows.filter(({ state }) => state === "held").length === 5
    )
  })
  const old = new Date(Date.now() - 600_000)
  await database.db.updateTable("recipient").set({ refilled_at: old }).execute()
  await database.db.updateTable("outbox").set({ touched_at: old }).where("state", "=", "held").execute()
  await until("digest", () => smsc.taken.length === 4)
  expect(smsc.taken[3]?.text).toMatch(
    /^5 incidents in 1 subsystem, worst: \[critical\] disk \d is full http:\/\/dash\.test/,
  )
  await until("all told", async () => {
    const rows = await database.db.selectFrom("outbox").select("state").execute()
    return rows.every(({ state }) => state === "sent")
  })
  expect(lines.join("")).not.toContain(phone.slice(1))
})

test("a user's template wins, a changed channel is used at once, and no secret is in log or row", async () => {
  const channel_id = await addWebhook("/one")
  await insert("template", {
    name: "t",
    message: "test",
    channel: "webhook",
    language: "en",
    body: "mine: {{ channelName }}",
  })
  const first = await put({ channel: "webhook", channel_id })
  notify.wake([first])
  await reaches(first, "delivered")
  expect(JSON.parse(hook.taken[0]?.text ?? "").text).toBe("mine: hook /one")
  await database.db
    .updateTable("oncall")
    .set({
      body: JSON.stringify({ name: "gone", kind: "webhook", enabled: true, settings: { url: "http://127.0.0.1:9/x" } }),
      updated_at: new Date(Date.now() + 1_000),
    })
    .where("id", "=", channel_id)
    .execute()
  const second = await put({ channel: "webhook", channel_id })
  notify.wake([second])
  const { detail } = await until("a fault is told", async () =>
    (await rowOf(second)).detail === "" ? null : rowOf(second),
  )
  expect(detail).toContain("ECONNREFUSED")
  expect(lines.join("") + detail).not.toContain("a-webhook-secret-0123")
})
