/** A back-up that is put back: what was acknowledged after it is gone, and no client takes what comes instead for what it has. */
import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { type ChatClient, ContactState, createClient, MemoryStore, tcpTransport } from "@ossagent/im-client/node"
import { type RunningPostgres, startPostgres } from "@ossagent/svrkit/postgres"
import { afterEach, beforeEach, expect, it } from "vitest"
import { APP_KEY, type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"

const run = promisify(execFile)
const PASSWORD = "a password of tests"

let dir: string
let postgres: RunningPostgres
let im: RunningIm
const clients: ChatClient[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "ossagent-restore-"))
  await start()
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop()
  await stop()
  await rm(dir, { recursive: true, force: true })
})

async function start(): Promise<void> {
  const dataDir = join(dir, "now")
  postgres = await startPostgres({ dataDir, port: 0, user: "im", password: "of tests", database: "im", durable: false })
  im = await startIm({}, postgres.url)
}
async function stop(): Promise<void> {
  await im.stop()
  await postgres.stop()
}
/** With owners, times and all. */
async function copy(from: string, to: string): Promise<void> {
  await rm(join(dir, to), { recursive: true, force: true })
  await run("cp", ["-a", join(dir, from), join(dir, to)])
}
/** Back-ups and what is put back are of a time at which nothing runs. */
async function between(work: () => Promise<void>): Promise<void> {
  for (const client of clients.splice(0)) await client.stop()
  await stop()
  await work()
  await start()
}

async function open(store: MemoryStore): Promise<ChatClient> {
  const parts = { store, transport: tcpTransport(), appKey: APP_KEY, dispatch: im.dispatchUrl, random: () => 0.1 }
  const client = await createClient(parts)
  clients.push(client)
  return client
}

const textsOf = async (client: ChatClient, chat: number): Promise<string[]> =>
  (await client.messages(chat)).map(({ text }) => text).reverse()
const uidOf = (client: ChatClient): number => client.account?.uid as number

async function enter(name: string, store: MemoryStore): Promise<ChatClient> {
  const client = await open(store)
  await client.register(name, PASSWORD)
  await client.login(name, PASSWORD)
  return client
}

it("clients notice, end in sync with each other and with the store, and go on", async () => {
  const [annStore, bobStore, lateStore] = [new MemoryStore(), new MemoryStore(), new MemoryStore()]
  let ann = await enter("ann", annStore)
  let bob = await enter("bob", bobStore)
  const late = await open(lateStore)
  await late.login("bob", PASSWORD)
  await ann.askFriend(uidOf(bob))
  await bob.acceptFriend(uidOf(ann))
  const [annUid, bobUid] = [uidOf(ann), uidOf(bob)]
  await until("they are friends", () => late.contacts().some(({ state }) => state === ContactState.friend))
  const say = async (...texts: string[]): Promise<void> => {
    for (const text of texts) await ann.send(bobUid, text)
    await until(`${texts.at(-1)} is there`, async () => (await textsOf(bob, annUid)).at(-1) === texts.at(-1))
    await until("it is acknowledged", () => ann.outgoing().length === 0)
  }
  await say("1", "2")
  await until("the other device has it", async () => (await textsOf(late, annUid)).length === 2)
  await between(() => copy("now", "backup"))
  ann = await open(annStore)
  bob = await open(bobStore)
  const other = await open(lateStore)
  await say("3, undone", "4, undone", "5, undone")
  await until("the other device has it", async () => (await textsOf(other, annUid)).length === 5)
  const undone = (await lateStore.open()).key

  await between(() => copy("backup", "now"))
  ann = await open(annStore)
  bob = await open(bobStore)
  await say("3", "4", "5", "6")
  expect(await textsOf(ann, bobUid)).toEqual(["1", "2", "3", "4", "5", "6"])
  expect(await textsOf(bob, annUid)).toEqual(["1", "2", "3", "4", "5", "6"])
  // The numbers that were undone have been given again by now: the key alone tells.
  expect((await lateStore.open()).key).toEqual(undone)
  const returned = await open(lateStore)
  await until("the other device has what is there", async () => (await textsOf(returned, annUid)).at(-1) === "6")
  expect(await textsOf(returned, annUid)).toEqual(["1", "2", "3", "4", "5", "6"])
}, 150_000)
