/** The IM as a channel, against the IM itself in a process of its own. */
import { createAgent } from "@ossagent/agent"
import {
  type ChatClient,
  ContactState,
  createClient,
  isGroup,
  MemoryStore,
  type Message,
  tcpTransport,
} from "@ossagent/im-client/node"
import { ServiceError } from "@ossagent/svrkit"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import { pino } from "pino"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { migrate } from "../../database/migrate.ts"
import { type OpenDatabase, openDatabase } from "../../database/open.ts"
import { createTestDatabase, startTestMailServer, type TestMailServer, until as untilWithin } from "../../testing.ts"
import { toOutgoing } from "../channel/contract.ts"
import { createIm } from "../channel/im.ts"
import { toLimits } from "../limits.ts"
import { createMailbox } from "../mailbox.ts"
import { type Notify, startNotify } from "../start.ts"
import { type ImProcess, startImProcess } from "./process.ts"
import type { ImReply } from "./replies.ts"
import { createImStore } from "./store.ts"

const agent = createAgent({
  service: "test",
  collector: "http://127.0.0.1:9",
  key: "unset-unset-unset-unset",
  spool: false,
})
const log = pino({ level: "silent" })
const password = "alarm-account-password"
const replies: ImReply[] = []
/** A machine that does much else at the same time is slow. */
const PATIENCE_MS = 60_000
vi.setConfig({ testTimeout: 3 * PATIENCE_MS, hookTimeout: 2 * PATIENCE_MS })
const until = <T>(what: string, condition: () => T | Promise<T>) => untilWithin(what, condition, PATIENCE_MS)

let postgres: RunningPostgres
let im: ImProcess
let database: OpenDatabase
let mail: TestMailServer
let notify: Notify
let ann: ChatClient
let eve: ChatClient
const heard = new Map<string, Message[]>()

async function enter(name: string): Promise<ChatClient> {
  const messages: Message[] = []
  heard.set(name, messages)
  const client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), dispatch: im.dispatch, appKey: im.appKey },
    onChange: ({ messages: fresh, older }) => {
      if (!older) messages.push(...(fresh ?? []).filter(({ mine }) => !mine))
    },
  })
  await client.register(name, "a-password")
  await client.login(name, "a-password")
  return client
}

const start = (url: string): Promise<Notify> =>
  startNotify({
    settings: {
      ...{
        postgresUrl: url,
        dashboardUrl: "http://dash.test",
        from: "OssAgent <ossagent@localhost>",
        allowPrivate: false,
      },
      ...{ limits: toLimits({ burst: 50, refillSec: 1 }) },
      im: { dispatch: im.dispatch, appKey: im.appKey, account: "alarms", password },
    },
    ...{ db: database.db, log, agent, now: Date.now, random: () => 0, sweepMs: 100, sendMs: 15_000 },
    mailbox: createMailbox(database.db, { keep: 10, keepDays: 1 }, Date.now),
    smtp: { url: mail.url, local: true },
    readPicture: async () => null,
    onReply: async (reply) => {
      if (reply.incidentId === "999") throw new ServiceError("unknown_incident", "cannot find incident 999")
      replies.push(reply)
    },
  })

beforeAll(async () => {
  postgres = await startTestPostgres()
  im = await startImProcess(await createTestDatabase(postgres.url, "im"))
  mail = await startTestMailServer()
  const url = await createTestDatabase(postgres.url, "alerting")
  database = openDatabase({ url, onFault: () => undefined })
  await migrate(database.pool)
  ann = await enter("ann")
  eve = await enter("eve")
  notify = await start(url)
})
afterAll(async () => {
  await notify.stop()
  await ann.stop()
  await eve.stop()
  await database.close()
  await im.stop()
  await mail.stop()
  await agent.stop(0)
  await postgres.stop()
})

let groups = 0
async function addIncident(): Promise<string> {
  const at = new Date()
  const { rows } = await database.pool.query<{ id: string }>(
    `INSERT INTO alerting.incident (group_key, state, severity, title, "group", alarms, open_alarms, grown_at, started_at, updated_at)
     VALUES ($1, 'firing', 'critical', 'shop/checkout: too many errors', '{}', 1, 1, $2, $2, $2) RETURNING id`,
    [`g${++groups}`, at],
  )
  return rows[0]?.id ?? ""
}
async function tell(row: Record<string, unknown>): Promise<string> {
  const at = new Date()
  const { id } = await database.db
    .insertInto("outbox")
    .values({
      kind: "firing",
      severity: "critical",
      channel: "im",
      state: "queued",
      created_at: at,
      touched_at: at,
      ...row,
    } as never)
    .returning("id")
    .executeTakeFirstOrThrow()
  if (row.state !== "waiting") notify.wake([id])
  return id
}
const reaches = (id: string, state: string) =>
  until(`${id} ${state}`, async () => {
    const row = await database.db.selectFrom("outbox").selectAll().where("id", "=", id).executeTakeFirstOrThrow()
    return row.state === state && row
  })
const insert = async (kind: "contact" | "channel", body: object): Promise<string> => {
  const { id } = await database.db
    .insertInto("oncall")
    .values({ kind, body: JSON.stringify(body), updated_by: "test" })
    .returning("id")
    .executeTakeFirstOrThrow()
  return id
}

test("a person gets alarms once the alarm account was accepted; until then the next channel goes at once", async () => {
  const contact_id = await insert("contact", { name: "Ann Archer", im: "ann", timeZone: "UTC" })
  const incident_id = await addIncident()
  const first = await tell({ contact_id, recipient: "ann", incident_id })
  const spare = await tell({
    ...{ contact_id, recipient: "ann@example.com", incident_id, channel: "email", state: "waiting" },
    ...{ after_id: first, due_at: new Date(Date.now() + 600_000) },
  })
  expect((await reaches(first, "failed")).detail).toContain("was not accepted as a friend yet")
  await reaches(spare, "sent")
  const asking = await until("asked", () => ann.contacts().find(({ state }) => state === ContactState.asking))
  await ann.acceptFriend(asking.uid)
  const second = await until("accepted", async () => {
    const id = await tell({ contact_id, recipient: "ann", incident_id })
    const { state } = await until("told", async () => {
      const row = await database.db.selectFrom("outbox").select("state").where("id", "=", id).executeTakeFirstOrThrow()
      return (row.state === "sent" || row.state === "failed") && row
    })
    return state === "sent" && id
  })
  const message = await until("there", () => heard.get("ann")?.find(({ text }) => text.includes(`#${incident_id}`)))
  expect(message.text).toContain(`Reply "ack ${incident_id}" to take it.`)
  expect(await reaches(second, "sent")).toMatchObject({ state: "sent" })
})

test("the on-call group is made, and a reply there acknowledges what was told last; a stranger's does not", async () => {
  const channel_id = await insert("channel", {
    name: "IM group",
    kind: "im",
    enabled: true,
    settings: { group: "On call" },
  })
  const incident_id = await addIncident()
  await reaches(await tell({ channel_id, recipient: "IM group", incident_id }), "sent")
  const message = await until("in the group", () => heard.get("ann")?.find(({ chat }) => isGroup(chat)))
  const [group] = ann.groups()
  expect(group).toMatchObject({ name: "On call" })
  await ann.send(message.chat, "see you later")
  await ann.send(message.chat, "ack")
  await until("acknowledged", () => replies.length === 1)
  expect(replies[0]).toMatchObject({ imUser: "ann", name: "Ann Archer", incidentId: incident_id })
  await until("answered", () =>
    heard.get("ann")?.some(({ text }) => text === `#${incident_id} is acknowledged by Ann Archer.`),
  )
  await ann.send(message.chat, "确认 999")
  await until("answered", () => heard.get("ann")?.some(({ text }) => text === "未能确认：cannot find incident 999"))
  await eve.askFriend((await eve.findUser("alarms")).uid, "hello")
  await eve.send((await eve.findUser("alarms")).uid, "ack 1").catch(() => undefined)
  const again = await addIncident()
  await reaches(await tell({ channel_id, recipient: "IM group", incident_id: again }), "sent")
  await ann.send(message.chat, `ack #${again}`)
  await until("acknowledged", () => replies.length === 2)
  expect(replies.map(({ imUser }) => imUser)).toEqual(["ann", "ann"])
})

test("a repeat is the same message, also when its words have changed since; two processes answer a reply once", async () => {
  const other = await createIm(
    { dispatch: im.dispatch, appKey: im.appKey, account: "alarms", password },
    { store: createImStore(database.db), onReply: async (reply) => void replies.push(reply), log, now: Date.now },
  )
  const say = (text: string) => other.send({ ...toOutgoing("key-1", "ann", text) }, AbortSignal.timeout(5_000))
  await say("firing for 1 s")
  await say("firing for 2 s")
  await until("there", () => heard.get("ann")?.some(({ text }) => text.startsWith("firing for")))
  const before = replies.length
  const chat = heard.get("ann")?.find(({ text }) => text.startsWith("firing for"))?.chat ?? 0
  await ann.send(chat, "ack 5")
  await until("acknowledged", () => replies.length > before)
  await until("answered", () => heard.get("ann")?.some(({ text }) => text.startsWith("#5 is acknowledged")))
  expect(replies.length).toBe(before + 1)
  expect(heard.get("ann")?.filter(({ text }) => text.startsWith("firing for"))).toHaveLength(1)
  await other.stop()
})

test("an IM that is gone is told soon, without a secret, and the other channel says so; it works again when it is back", async () => {
  await im.stop()
  const contact_id = await insert("contact", { name: "Ann again", im: "ann", timeZone: "UTC" })
  const incident_id = await addIncident()
  const id = await tell({ contact_id, recipient: "ann", incident_id })
  const spare = await tell({
    ...{ contact_id, recipient: "ann@example.com", incident_id, channel: "email", state: "waiting", kind: "escalated" },
    ...{ after_id: id, due_at: new Date(Date.now() + 600_000) },
  })
  await reaches(spare, "sent")
  const told = mail.mails.at(-1)?.text
  expect(told).toContain("The IM itself is in trouble")
  const { detail } = await database.db
    .selectFrom("outbox")
    .select("detail")
    .where("id", "=", id)
    .executeTakeFirstOrThrow()
  expect(detail).toMatch(/^cannot (reach the IM|write in the IM)/)
  expect(detail).not.toContain(password)
  await im.start()
  await reaches(id, "sent")
  await until("there", () => heard.get("ann")?.some(({ text }) => text.includes(`#${incident_id} `)))
})
