/** Every service in a process of its own; each that others can do without is killed in turn, and what people write arrives all the same. */
import { type ChatClient, createClient, MemoryStore, type Message, tcpTransport } from "@ossagent/im-client/node"
import { startTestPostgres } from "@ossagent/svrkit/postgres"
import { afterAll, beforeAll, expect, it } from "vitest"
import { toLocalEnv } from "./layout.ts"
import { freePort, type Process, startProcess, TOKEN } from "./testing/processes.ts"
import { startSums } from "./testing/sums.ts"
import { APP_KEY, TICKET_KEY } from "./testing.ts"
import { until } from "./until.ts"

const NAMES = [
  "datastore",
  "seq",
  "mailbox",
  "spam",
  "auth",
  "social",
  "message",
  "async",
  "guard",
  "play",
  "dispatch",
  "access",
] as const
const PASSWORD = "a-password-of-ann-and-bob"
const SENT = 30

let postgres: Awaited<ReturnType<typeof startTestPostgres>>
let sums: Awaited<ReturnType<typeof startSums>>
const processes = new Map<string, Process>()
const clients: ChatClient[] = []
const received: Message[] = []
let ann: ChatClient
let bob: ChatClient
/** Where the first access takes clients. */
let door = ""

beforeAll(async () => {
  postgres = await startTestPostgres()
  sums = await startSums()
  const ports = new Map<string, number>()
  for (const name of [...NAMES, "access-2", "tcp", "tcp-2", "http"]) ports.set(name, await freePort())
  const port = (name: string): number => ports.get(name) as number
  const at = (name: string): string => `127.0.0.1:${port(name)}`
  const env = {
    ...toLocalEnv({
      ...{ postgresUrl: postgres.url, rpcToken: TOKEN, appKey: APP_KEY, ticketKey: TICKET_KEY },
      ...{ probeKey: "unused", dispatchPort: port("http"), tcpPort: 0, wsPort: 0, origins: [] },
    }),
    ...Object.fromEntries(NAMES.map((name) => [`OSSAGENT_${name.toUpperCase()}_TARGETS`, at(name)])),
    ...sums.env,
    OSSAGENT_IM_THROTTLE: "off", // Ann writes faster than a person
    OSSAGENT_STORES: ["a", "b", "c"].map((name) => `${name}=${at("datastore")}`).join(","),
    OSSAGENT_MAILBOX_SETS: `${at("mailbox")},${at("mailbox")}`,
    OSSAGENT_ACCESS_TARGETS: `${at("access")},${at("access-2")}`,
  }
  for (const name of NAMES.slice(0, -1)) processes.set(name, await startProcess(name, env, port(name)))
  for (const [name, tcp] of [
    ["access", "tcp"],
    ["access-2", "tcp-2"],
  ] as const) {
    const own = { ...env, OSSAGENT_ACCESS_ADDRESS: at(name), OSSAGENT_IM_TCP_PORT: `${port(tcp)}` }
    processes.set(name, await startProcess("access", own, port(name)))
  }
  door = at("tcp")
  ann = await openClient(door)
  bob = await openClient(door, (message) => received.push(message))
  for (const [client, name] of [
    [ann, "ann"],
    [bob, "bob"],
  ] as const)
    await enter(client, name)
  await ann.askFriend(uidOf(bob), "hi")
  await bob.acceptFriend(uidOf(ann))
  const second = await openClient(at("tcp-2"))
  await second.login("bob", PASSWORD)
}, 60_000)
afterAll(async () => {
  for (const client of clients) await client.stop()
  for (const one of processes.values()) await one.end("SIGKILL")
  sums?.stop()
  await postgres?.stop()
})

const uidOf = (client: ChatClient): number => client.account?.uid as number

async function openClient(address: string, onMessage: (message: Message) => void = () => undefined) {
  const client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), appKey: APP_KEY, addresses: [address] },
    onChange: ({ messages = [] }) => messages.filter(({ mine }) => !mine).forEach(onMessage),
  })
  clients.push(client)
  return client
}

/** Registers as soon as the services know each other. */
async function enter(client: ChatClient, name: string): Promise<void> {
  await until(`${name} is registered`, () =>
    client.register(name, PASSWORD).then(
      () => true,
      () => false,
    ),
  )
  await client.login(name, PASSWORD)
}

/** Ann's messages to Bob, one after the other: each is acknowledged and arrives. */
async function write(what: string): Promise<void> {
  for (let i = 0; i < SENT; i++) {
    const text = `${what} ${i}`
    await ann.send(uidOf(bob), text)
    await until(`Bob has "${text}"`, () => received.some((one) => one.text === text))
  }
}

const missedBy = (subsystem: string, to: string): number =>
  sums.sum(
    ({ metric, subsystem: by, labels }) =>
      metric === "rpc.client.optional_missed" && by === subsystem && labels.to === to,
  )

/** Kills a service while `meanwhile` is done, and lets it come back. */
async function without(name: string, meanwhile: () => Promise<void>): Promise<void> {
  const process = processes.get(name) as Process
  await process.end("SIGKILL")
  try {
    await meanwhile()
  } finally {
    processes.set(name, await process.again())
  }
}

it("with everything there, what is written arrives, and nothing is missed", async () => {
  await until("the filter answers", async () => {
    const before = missedBy("message", "spam")
    await write("before")
    return missedBy("message", "spam") === before
  })
})

it("without the spam filter everything arrives, and each judgement that is missed is counted", async () => {
  const before = missedBy("message", "spam")
  await without("spam", () => write("no spam filter"))
  await until("all are counted", () => missedBy("message", "spam") - before >= SENT)
})

it("without async everything arrives; a group's message is taken, and delivered when async is back", async () => {
  const group = await until("a group", () => ann.createGroup("two", [uidOf(bob)]).catch(() => null))
  const before = missedBy("mailbox", "async")
  await without("async", async () => {
    await ann.send(group.gid, "to the group")
    await write("no async")
  })
  await until("it is counted", () => missedBy("mailbox", "async") > before)
  await until("the group's message arrives", () => received.some(({ text }) => text === "to the group"))
})

it("without dispatch everything arrives, and the reports that it misses are counted", async () => {
  const before = missedBy("access", "dispatch")
  await without("dispatch", async () => {
    await write("no dispatch")
    await until("it is counted", () => missedBy("access", "dispatch") > before)
  })
})

it("without guard everything arrives, and what it would have said is counted as missed", async () => {
  const before = missedBy("dispatch", "guard")
  await without("guard", async () => {
    await write("no guard")
    await until("it is counted", () => missedBy("dispatch", "guard") > before)
  })
})

it("without social everything arrives, and people log in", async () => {
  const before = missedBy("access", "social")
  await without("social", async () => {
    await write("no social")
    const third = await openClient(door)
    await third.login("ann", PASSWORD)
    await until("it is counted", () => missedBy("access", "social") > before)
  })
})

it("without play everything arrives, shakes alone are unavailable, and each is counted", async () => {
  const before = missedBy("access", "play")
  await without("play", async () => {
    const nearby = ann.nearby({ lat: 1, lng: 1 }).catch(({ code }: { code: string }) => code)
    await write("no play")
    expect(await nearby).toBe("unavailable")
    await until("it is counted", () => missedBy("access", "play") > before)
  })
  await until("it is back", () =>
    ann.nearby({ lat: 1, lng: 1 }).then(
      () => true,
      () => false,
    ),
  )
})

it("an access that died is not waited for: everything arrives at the other", async () => {
  const before = missedBy("mailbox", "access")
  await without("access-2", () => write("no second access"))
  await until("it is counted", () => missedBy("mailbox", "access") > before)
})
