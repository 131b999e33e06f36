/** The client library against all services: what people see is what was said, in order, once. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type ChatClient,
  type ClientOptions,
  ContactState,
  createClient,
  FileStore,
  MemoryStore,
  tcpTransport,
  webSocketTransport,
} from "@ossagent/im-client/node"
import { encodeCommand, Topic } from "@ossagent/im-client/protocol"
import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import { WebSocket } from "ws"
import { createMailboxClient } from "../mailbox/generated/mailbox.client.ts"
import { MAILBOX } from "../mailbox/generated/mailbox.table.ts"
import { APP_KEY, type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"

const PASSWORD = "a password of tests"
let im: RunningIm
const clients: ChatClient[] = []
const dirs: string[] = []
beforeAll(async () => {
  im = await startIm()
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop()
})
afterAll(async () => {
  await im.stop()
  await Promise.all(dirs.map((dir) => rm(dir, { recursive: true })))
})

async function start(more: Partial<ClientOptions> = {}): Promise<ChatClient> {
  const client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), appKey: APP_KEY, dispatch: im.dispatchUrl },
    ...more,
  })
  clients.push(client)
  return client
}

async function enter(name: string, more: Partial<ClientOptions> = {}): Promise<ChatClient> {
  const client = await start(more)
  await client.register(name, PASSWORD)
  await client.login(name, PASSWORD)
  return client
}

const uidOf = (client: ChatClient): number => client.account?.uid as number
const textsOf = async (client: ChatClient, chat: number): Promise<string[]> =>
  (await client.messages(chat)).map(({ text }) => text).reverse()

async function befriend(a: ChatClient, b: ChatClient): Promise<void> {
  const { uid } = await a.findUser(b.account?.name as string)
  await a.askFriend(uid, "hello")
  await until("the question arrives", () => b.contacts().some(({ state }) => state === ContactState.asking))
  await b.acceptFriend(uidOf(a))
  await until("both are friends", () => [a, b].every((one) => one.contacts().some(({ state }) => state === 3)))
}

const webSocket = () => webSocketTransport(WebSocket as unknown as typeof globalThis.WebSocket)

it("two people find each other, become friends and talk, over TCP and WebSocket", async () => {
  const ada = await enter("ada")
  const bob = await enter("bob", { transport: webSocket(), addresses: [im.wsUrl] })
  await befriend(ada, bob)
  for (let i = 0; i < 20; i++) await ada.send(uidOf(bob), `to bob ${i}`)
  await bob.send(uidOf(ada), "to ada")
  await until("all arrives", async () => (await textsOf(bob, uidOf(ada))).length === 21 && ada.outgoing().length === 0)
  await until("and the answer", async () => (await textsOf(ada, uidOf(bob))).includes("to ada"))
  const heard = (await textsOf(bob, uidOf(ada))).filter((text) => text.startsWith("to bob"))
  expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => `to bob ${i}`))
  expect(bob.chats()).toMatchObject([{ chat: uidOf(ada), unread: 20 }])
  expect(bob.nameOf(uidOf(ada))).toBe("ada")
  await bob.markRead(uidOf(ada))
  expect(bob.chats()).toMatchObject([{ unread: 0 }])
})

it("a message to somebody who is no friend is refused, kept as refused, and can be discarded", async () => {
  const [eve, joe] = [await enter("eve"), await enter("joe")]
  const { clientId } = await eve.send(uidOf(joe), "buy this")
  await until("it is refused", () => eve.outgoing().some(({ failed }) => failed === "not_friends"))
  await eve.discard(clientId)
  expect(eve.outgoing()).toEqual([])
})

it("what was written while there was no connection goes out once, also after a new start", async () => {
  const dir = await mkdtemp(join(tmpdir(), "im-chat-"))
  dirs.push(dir)
  const kim = await enter("kim", { store: new FileStore(dir) })
  const lee = await enter("lee")
  await befriend(kim, lee)
  await kim.stop()
  clients.splice(clients.indexOf(kim), 1)

  const nowhere = await start({ store: new FileStore(dir), dispatch: undefined, addresses: ["127.0.0.1:1"] })
  await nowhere.send(uidOf(lee), "first")
  await nowhere.send(uidOf(lee), "second")
  await lee.send(uidOf(kim), "are you there")
  await nowhere.stop()
  clients.splice(clients.indexOf(nowhere), 1)

  const back = await start({ store: new FileStore(dir) })
  await until("it goes out", () => back.outgoing().length === 0)
  await until("what was missed is there", async () => (await textsOf(back, uidOf(lee))).length === 3)
  await until("lee has both", async () => (await textsOf(lee, uidOf(back))).length === 3)
  const fromKim = (await textsOf(lee, uidOf(back))).filter((text) => text !== "are you there")
  expect(fromKim).toEqual(["first", "second"])
})

it("a message is taken back on both sides, by its writer alone", async () => {
  const [meg, ned] = [await enter("meg"), await enter("ned")]
  await befriend(meg, ned)
  await meg.send(uidOf(ned), "oops")
  const [message] = await until("it arrives", async () => {
    const found = await ned.messages(uidOf(meg))
    return found.length > 0 ? found : null
  })
  expect(message).toMatchObject({ text: "oops", recalled: false })
  const own = await until("it is sent", async () => (await meg.messages(uidOf(ned)))[0])
  await meg.recall(own)
  await until("ned has it no more", async () => (await ned.messages(uidOf(meg)))[0]?.recalled)
  await until("nor has meg", async () => (await meg.messages(uidOf(ned)))[0]?.recalled)
})

it("two devices of one user have the same, what the one wrote and read too", async () => {
  const [pat, sue] = [await enter("pat"), await enter("sue")]
  const phone = await start({ transport: webSocket() })
  await phone.login("pat", PASSWORD)
  await befriend(pat, sue)
  await sue.send(uidOf(pat), "hi both")
  await until("both have it", () => [pat, phone].every((one) => one.chats()[0]?.unread === 1))
  await pat.send(uidOf(sue), "from the first")
  await until("the other has it", async () => (await textsOf(phone, uidOf(sue))).includes("from the first"))
  await phone.markRead(uidOf(sue))
  await until("it is read on the first", () => pat.chats()[0]?.unread === 0)
  expect(await textsOf(pat, uidOf(sue))).toEqual(await textsOf(phone, uidOf(sue)))
  expect((await pat.devices()).length).toBe(2)
})

it("a group is made, spoken in and left", async () => {
  const [tom, una, vic] = [await enter("tom"), await enter("una"), await enter("vic")]
  await befriend(tom, una)
  await befriend(tom, vic)
  const { gid } = await tom.createGroup("lunch", [uidOf(una), uidOf(vic)])
  await until("all are in it", () => [tom, una, vic].every((one) => one.groups().some((group) => group.gid === gid)))
  expect(una.nameOf(gid)).toBe("lunch")
  await una.send(gid, "where?")
  const has = async (one: ChatClient) => (await textsOf(one, gid)).includes("where?")
  await until("all have it", async () => (await Promise.all([tom, una, vic].map(has))).every(Boolean))
  await vic.leaveGroup(gid)
  await until("vic is out", () => vic.groups().length === 0)
})

it("a client goes away when it is told to, and comes back when it may", async () => {
  const states: string[] = []
  const zoe = await enter("zoe", { onState: ({ is }) => states.push(is) })
  const command = encodeCommand({ offlineSec: 1, featureOff: ["History"], why: "rest" })
  await im.access.command({ uid: uidOf(zoe), device: 0, command })
  await until("it waits", () => zoe.state.is === "waiting" && zoe.state.why === "rest")
  zoe.hurry()
  expect(zoe.state.is).toBe("waiting")
  await until("it is back", () => zoe.state.is === "online")
  await expect(zoe.history(1)).rejects.toMatchObject({ code: "feature_off" })
})

it("a device that is logged out stays out, and says why", async () => {
  const wes = await enter("wes")
  await im.access.kick({ uid: uidOf(wes), device: 0, code: "revoked_ticket" })
  await until("it is out", () => wes.state.is === "out")
  expect(wes.state).toEqual({ is: "out", why: "revoked_ticket" })
  await wes.login("wes", PASSWORD)
  expect(wes.state.is).toBe("online")
})

it("a wrong password and a name that somebody has are told by their codes", async () => {
  const xan = await enter("xan")
  await expect(xan.register("xan", "another password")).rejects.toMatchObject({ code: "name_taken" })
  const other = await start()
  await expect(other.login("xan", "another password")).rejects.toMatchObject({ code: "wrong_password" })
  expect(other.state).toEqual({ is: "out", why: "wrong_password" })
})

it("an account goes with its password alone; its name is free, its devices are out, and nothing of it is left in mailboxes", async () => {
  const [uma, vic] = [await enter("uma"), await enter("vic")]
  await befriend(uma, vic)
  await uma.send(uidOf(vic), "good-bye")
  await until("it arrives", async () => (await textsOf(vic, uidOf(uma))).length === 1)
  const second = await start()
  await second.login("uma", PASSWORD)
  const before = uidOf(uma)
  await expect(uma.unregister("another password")).rejects.toMatchObject({ code: "wrong_password" })
  expect(uma.state.is).toBe("online")
  await uma.removeFriend(uidOf(vic))
  await uma.unregister(PASSWORD)
  expect([uma.state.is, uma.account, uma.chats()]).toEqual(["out", null, []])
  await until("the other device is out", () => second.state.is === "out")
  await expect(uma.login("uma", PASSWORD)).rejects.toMatchObject({ code: "wrong_password" })
  await expect(vic.findUser("uma")).rejects.toMatchObject({ code: "no_such_user" })
  expect(await textsOf(vic, before)).toEqual(["good-bye"])
  const mailbox = createMailboxClient(im.channel(MAILBOX, []))
  expect((await mailbox.history({ uid: before, chat: uidOf(vic), before: 0, limit: 10 })).messages).toBe(0)
  expect((await mailbox.getChanges({ uid: before, topic: Topic.contact, subjects: [] })).changes).toEqual([])
  const again = await enter("uma")
  expect(uidOf(again)).not.toBe(before)
  expect([again.chats(), again.contacts()]).toEqual([[], []])
})
