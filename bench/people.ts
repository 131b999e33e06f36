/** Everything between a series and people: collector, store, PostgreSQL, IM and alerting as processes, and the other sides of the channels. */
import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { createRequire } from "node:module"
import type { AddressInfo, Server } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { type ChatClient, ContactState, createClient, MemoryStore, tcpTransport } from "@ossagent/im-client/node"
import { toLocalEnv } from "@ossagent/im-services/layout"
import { startTestPostgres } from "@ossagent/svrkit/postgres"
import { simpleParser } from "mailparser"
import { SMTPServer } from "smtp-server"
import { INGEST_KEY, READ_TOKEN, type Stack, startStack } from "./stack.ts"

const ROOT = fileURLToPath(new URL("../../", import.meta.url))
const TOKEN = "bench-alerting-token-0123"

/** What came to people. `at`: Unix ms. */
export interface Arrived {
  channel: "email" | "sms" | "im"
  to: string
  text: string
  at: number
}

export interface People {
  stack: Stack
  databaseUrl: string
  smscPort: number
  arrived: Arrived[]
  /** Whoever reads the alarm account's messages. */
  reader: { name: string; client: ChatClient }
  call: <T>(method: string, path: string, body?: unknown) => Promise<T>
  stop: () => Promise<void>
}

interface Pdu {
  command_status: number
  destination_addr: string
  short_message: { message: string | Buffer }
  response: (fields?: object) => Pdu
}
interface Session {
  on: (event: string, heard: (pdu: Pdu) => void) => void
  send: (pdu: Pdu) => void
  destroy: () => void
}
const smpp = createRequire(import.meta.url)("smpp") as { createServer: (take: (session: Session) => void) => Server }

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()))
  return (server.address() as AddressInfo).port
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net")
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function startSmsc(arrived: Arrived[]): Server {
  let next = 0
  return smpp.createServer((session) => {
    session.on("error", () => session.destroy())
    for (const request of ["bind_transceiver", "enquire_link", "unbind"])
      session.on(request, (pdu) => session.send(pdu.response()))
    session.on("submit_sm", (pdu) => {
      arrived.push({
        channel: "sms",
        to: pdu.destination_addr,
        text: String(pdu.short_message.message),
        at: Date.now(),
      })
      session.send(pdu.response({ message_id: String(++next) }))
    })
  })
}

function startMailServer(arrived: Arrived[]): SMTPServer {
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ["STARTTLS", "AUTH"], disableReverseLookup: true },
    onData: (stream, session, done) => {
      const at = Date.now()
      simpleParser(stream).then(({ subject = "" }) => {
        const [to] = session.envelope.rcptTo
        arrived.push({ channel: "email", to: to?.address ?? "", text: subject, at })
        done()
      }, done)
    },
  })
  server.on("error", () => undefined) // a client that hung up
  return server
}

async function startProcess(
  main: string,
  env: Record<string, string>,
  flags: string[] = [],
): Promise<[ChildProcess, string]> {
  const child = fork(join(ROOT, main), {
    env: { ...process.env, ...env },
    execArgv: flags,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", () => reject(new Error(`cannot start ${main}`)))
    child.on("message", ({ started }: { started?: string }) => started !== undefined && resolve(started))
  })
  return [child, url]
}

async function until(what: string, condition: () => Promise<unknown>, withinMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; ; await sleep(100)) {
    if (await condition().catch(() => false)) return
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
  }
}

async function enter(dispatch: string, appKey: string, arrived: Arrived[]): Promise<People["reader"]> {
  const name = "reader"
  const client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), dispatch, appKey },
    onChange: ({ messages = [], older, contacts = [] }) => {
      for (const { state, uid } of contacts) if (state === ContactState.asking) void client.acceptFriend(uid)
      if (!older)
        for (const { mine, text } of messages)
          if (!mine) arrived.push({ channel: "im", to: name, text, at: Date.now() })
    },
  })
  await client.register(name, "reader-password")
  await client.login(name, "reader-password")
  return { name, client }
}
export async function startPeople(settings: Record<string, string> = {}): Promise<People> {
  const arrived: Arrived[] = []
  const stack = await startStack()
  const postgres = await startTestPostgres()
  const smsc = startSmsc(arrived)
  const mail = startMailServer(arrived)
  const smscPort = await listen(smsc)
  const mailPort = await listen(mail.server as Server)
  const [dispatchPort, tcpPort, wsPort] = [await freePort(), await freePort(), await freePort()]
  const secret = () => randomBytes(24).toString("base64url")
  const appKey = secret()
  const im = toLocalEnv({
    ...{ postgresUrl: postgres.url, rpcToken: secret(), appKey, ticketKey: secret() + secret(), probeKey: secret() },
    ...{ dispatchPort, tcpPort, wsPort, origins: ["http://localhost"] },
  })
  const common = { OSSAGENT_LOG: "error", OSSAGENT_COLLECTOR: stack.collectorUrl, OSSAGENT_KEY: INGEST_KEY }
  const [imProcess] = await startProcess("im-services/dist/main.js", { ...common, ...im, PROBE_EVERY_SEC: "0" })
  const dispatch = `http://127.0.0.1:${dispatchPort}`
  await until("the IM", async () => (await fetch(`${dispatch}/v1/access`, { headers: { "x-app-key": appKey } })).ok)
  const [alerting, url] = await startProcess("alerting/dist/main.js", {
    ...common,
    ...{ OSSAGENT_ALERTING_PORT: "0", OSSAGENT_ALERTING_TOKEN: TOKEN, OSSAGENT_READ_TOKEN: READ_TOKEN },
    ...{ OSSAGENT_POSTGRES_URL: postgres.url, OSSAGENT_SMTP_URL: `smtp://127.0.0.1:${mailPort}` },
    ...{ OSSAGENT_IM_DISPATCH_URL: dispatch, OSSAGENT_IM_APP_KEY: appKey, OSSAGENT_IM_ALARM_PASSWORD: secret() },
    ...settings,
  })
  await until("alerting", async () => (await fetch(`${url}/readyz`)).ok)
  const reader = await enter(dispatch, appKey, arrived)
  const call: People["call"] = async (method, path, body) => {
    const headers = { authorization: `Bearer ${TOKEN}`, ...(body ? { "content-type": "application/json" } : {}) }
    const answer = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as never
  }
  return {
    ...{ stack, databaseUrl: postgres.url, smscPort, arrived, reader, call },
    stop: async () => {
      await reader.client.stop()
      for (const child of [alerting, imProcess]) {
        const exited = once(child, "exit")
        child.kill("SIGTERM")
        await exited
      }
      await stack.stop()
      await postgres.stop()
      smsc.close()
      mail.close()
    },
  }
}

/** A document of people on call; answers its id. */
export async function put({ call }: People, kind: string, body: object): Promise<string> {
  const { item } = await call<{ item: { id: string } }>("POST", `/v1/oncall/${kind}`, body)
  return item.id
}

export const toSmsChannel = ({ smscPort }: People) => ({
  ...{ name: "SMS", kind: "sms", enabled: true, secrets: { password: "any" } },
  settings: { way: "smpp", host: "127.0.0.1", port: smscPort, systemId: "bench", receipts: false },
})

/** The alarm account is accepted by the reader, so that what follows is not about that. */
export async function untilFriends(people: People): Promise<void> {
  await until("friends", async () => people.reader.client.contacts().some(({ state }) => state === ContactState.friend))
}
