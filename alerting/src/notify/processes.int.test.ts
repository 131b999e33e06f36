/** Two alerting processes on one database: they share the work, and what a killed one was sending goes out under the same id. */
import { execFile, fork } from "node:child_process"
import { createHmac } from "node:crypto"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import type { Message } from "@ossagent/wire"
import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestDatabase, startTestCollector, type TestCollector, until } from "../testing.ts"
import type { Peer } from "./channel/contract.ts"
import { startHttpPeer } from "./channel/peers.ts"

const token = "dashboard-token-0123456789"
const package_ = fileURLToPath(new URL("../..", import.meta.url))

let postgres: RunningPostgres
let collector: TestCollector
let hook: Peer
let gateway: Peer
let hookUrl = ""
let gatewayUrl = ""
let client: pg.Client
const children: Child[] = []

interface Child {
  url: string
  kill: (signal: NodeJS.Signals) => Promise<void>
}

beforeAll(async () => {
  await promisify(execFile)("npx", ["tsc", "-b", package_])
  postgres = await startTestPostgres()
  collector = await startTestCollector()
  const form = {
    refuse: { status: 410, body: {} },
    throttle: { status: 429, body: {} },
    take: { status: 200, body: {} },
  }
  const none = {
    kind: "webhook",
    receipts: false,
    send: async () => ({ delivered: true }),
    stop: async () => {},
  } as const
  const idOf = (header: string) => (request: { headers: Record<string, unknown> }) => String(request.headers[header])
  hook = await startHttpPeer(
    { ...form, idOf: idOf("idempotency-key"), textOf: (body) => body },
    (url) => {
      hookUrl = url
      return none
    },
    [],
  )
  let sid = 0
  gateway = await startHttpPeer(
    {
      ...form,
      get take() {
        return { status: 201, body: { sid: `SM${++sid}` } }
      },
      idOf: idOf("i-twilio-idempotency-token"),
      textOf: (body) => body,
    },
    (url) => {
      gatewayUrl = url
      return none
    },
    [],
  )
  const databaseUrl = await createTestDatabase(postgres.url, "two")
  client = new pg.Client(databaseUrl)
  await client.connect()
  children.push(await startChild(databaseUrl), await startChild(databaseUrl))
})
afterAll(async () => {
  for (const child of children) await child.kill("SIGTERM")
  await client.end()
  await Promise.all([hook.stop(), gateway.stop(), collector.stop()])
  await postgres.stop()
})

async function startChild(databaseUrl: string): Promise<Child> {
  const child = fork(join(package_, "dist/main.js"), {
    silent: true,
    env: {
      PATH: process.execPath,
      ...{ OSSAGENT_ALERTING_PORT: "0", OSSAGENT_SMTP_PORT: "0", OSSAGENT_ALERTING_TOKEN: token },
      ...{ OSSAGENT_READ_TOKEN: "read-token-0123456789", OSSAGENT_COLLECTOR: collector.url },
      ...{ OSSAGENT_POSTGRES_URL: databaseUrl, OSSAGENT_WEBHOOK_ALLOW_PRIVATE: "true", OSSAGENT_SEND_SEC: "2" },
    },
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => said.push(String(chunk)))
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    child.once("message", (message) => resolve((message as { started: string }).started))
    child.once("exit", () => reject(new Error(said.join(""))))
  })
  await until("ready", async () => (await fetch(`${url}/readyz`)).ok)
  return {
    url,
    kill: async (signal) => {
      child.kill(signal)
      await ended
    },
  }
}

const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(`${children.at(-1)?.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
const addChannel = async (body: object): Promise<string> =>
  (await call<{ item: { id: string } }>("POST", "/v1/oncall/channel", body)).item.id
const messages = async (query: string) => (await call<{ messages: Message[] }>("GET", `/v1/messages?${query}`)).messages

test("the channel's test, the delivery log, and receipts that are signed", async () => {
  const id = await addChannel({
    ...{ name: "gateway", kind: "sms", enabled: true, secrets: { password: "twilio-token-0123" } },
    settings: {
      way: "http",
      url: gatewayUrl,
      accountSid: "AC1",
      from: "+15550001",
      callbackUrl: "https://oss.example.com",
    },
  })
  await expect(call("POST", `/v1/oncall/channel/${id}/test`, {})).rejects.toThrow(/400 .*say to whom/)
  const { message } = await call<{ message: Message }>("POST", `/v1/oncall/channel/${id}/test`, {
    to: "+8613800138000",
  })
  expect(message).toMatchObject({ kind: "test", channel: "sms", channelName: "gateway", to: "+8613800138000" })
  const [sent] = await until("sent", async () => {
    const found = await messages("channel=sms&state=sent")
    return found.length === 1 && found
  })
  expect(sent?.id).toBe(message.id)
  const fields = { MessageSid: "SM1", MessageStatus: "delivered" }
  const post = (signature: string) =>
    fetch(`${children[0]?.url}/v1/receipts/sms/${id}`, {
      method: "POST",
      headers: { "x-twilio-signature": signature },
      body: new URLSearchParams(fields),
    })
  expect((await post("bm8=")).status).toBe(401)
  const text = `https://oss.example.com/v1/receipts/sms/${id}MessageSidSM1MessageStatusdelivered`
  expect((await post(createHmac("sha1", "twilio-token-0123").update(text).digest("base64"))).status).toBe(200)
  expect(await messages("state=delivered")).toMatchObject([{ id: message.id }])
  const { kinds } = await call<{ kinds: Record<string, string[]> }>("GET", "/v1/templates/variables")
  expect(kinds.firing).toContain("culprit")
  const bad = { name: "t", message: "firing", channel: "im", language: "en", body: "x\n{{ titel }}" }
  await expect(call("POST", "/v1/oncall/template", bad)).rejects.toThrow(/400 .*did you mean title.*line 2, column 4/)
  const wrong = {
    name: "w",
    kind: "webhook",
    enabled: true,
    settings: { url: "ftp://x" },
    secrets: { secret: "short" },
  }
  await expect(call("POST", "/v1/oncall/channel", wrong)).rejects.toThrow(/400 .*settings\.url/)
})

test("one of two processes is killed while everything is under way: the other goes on within 30 s, and no id is another message's", async () => {
  const secret = "a-webhook-secret-0123"
  const id = await addChannel({
    name: "hook",
    kind: "webhook",
    enabled: true,
    settings: { url: hookUrl },
    secrets: { secret },
  })
  hook.behave("stall")
  const from = Date.now()
  await client.query(
    `INSERT INTO alerting.outbox (kind, severity, channel, channel_id, recipient, state, created_at, touched_at)
     SELECT 'test', 'critical', 'webhook', $1, 'hook', 'queued', now(), now() - interval '1 minute' FROM generate_series(1, 12)`,
    [id],
  )
  await client.query(
    `INSERT INTO alerting.outbox (kind, severity, channel, recipient, state, after_id, due_at, created_at, touched_at)
     SELECT 'test', 'critical', 'email', 'ann@example.com', 'waiting', id, now() + interval '10 minutes', now(), now()
     FROM alerting.outbox WHERE channel = 'webhook'`,
  )
  await until("under way", async () => (await messages("channel=webhook&state=sending")).length >= 2)
  await children[0]?.kill("SIGKILL")
  children.shift()
  hook.behave("take")
  await until("all delivered", async () => (await messages("channel=webhook&state=delivered")).length === 12, 30_000)
  expect(Date.now() - from).toBeLessThan(30_000)
  expect(new Set(hook.taken.map(({ id: key }) => key)).size).toBe(12)
  const spare = await messages("channel=email")
  expect(spare).toHaveLength(12)
  // those whose channel was away were passed on, each once; the others are not needed any more
  await until("nothing waits", async () =>
    (await messages("channel=email")).every(({ state }) => state === "sent" || state === "skipped"),
  )
})
