/** A group that grows beyond 500 while people write in it: to them it is one chat, before and after. */
import { type ChatClient, ContactState, createClient, MemoryStore, tcpTransport } from "@ossagent/im-client/node"
import { encodeContact, Kind, LARGE_GROUP, Topic } from "@ossagent/im-client/protocol"
import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import { createMailboxRoute } from "../mailbox/route.ts"
import { createMessageClient } from "../message/generated/message.client.ts"
import { MESSAGE } from "../message/generated/message.table.ts"
import { APP_KEY, type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"

const PASSWORD = "a password of tests"
let im: RunningIm
const clients: ChatClient[] = []
beforeAll(async () => {
  im = await startIm()
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop()
})
afterAll(() => im?.stop())

async function enter(name: string, known = false): Promise<ChatClient> {
  const parts = { store: new MemoryStore(), transport: tcpTransport(), appKey: APP_KEY, dispatch: im.dispatchUrl }
  const client = await createClient(parts)
  clients.push(client)
  if (!known) await client.register(name, PASSWORD)
  await client.login(name, PASSWORD)
  return client
}

const uidOf = (client: ChatClient): number => client.account?.uid as number

async function befriend(a: ChatClient, b: ChatClient): Promise<void> {
  await a.askFriend(uidOf(b))
  await b.acceptFriend(uidOf(a))
}

/** Friends who have mailboxes and no accounts. */
async function addFriends(uid: number, count: number): Promise<number[]> {
  const route = createMailboxRoute(im, ["in:1", "memory:1"])
  const others = Array.from({ length: count }, (_, i) => 800_000_000 + i)
  const row = (owner: number, peer: number) => ({
    ...{ uid: owner, topic: Topic.contact, subject: peer, state: ContactState.friend },
    value: encodeContact({ uid: peer, name: `user ${peer}` }),
  })
  await route.clientOf(uid).putChanges({ changes: others.map((other) => row(uid, other)) })
  for (const set of [0, 1]) {
    const changes = others.filter((other) => route.setOf(other) === set).map((other) => row(other, uid))
    await route.clientOfSet(set).putChanges({ changes })
  }
  return others
}

/** What people wrote, as a chat shows it. */
async function textsOf(client: ChatClient, chat: number): Promise<string[]> {
  const messages = (await client.messages(chat, undefined, 200)).filter(({ kind }) => kind === Kind.text)
  return messages.map(({ text, recalled }) => (recalled ? "-" : text)).reverse()
}
const has = (client: ChatClient, chat: number, texts: readonly string[]) =>
  until(`${client.account?.name} has ${texts.at(-1)}`, async () => {
    const found = await textsOf(client, chat)
    return found.join() === texts.join() ? true : null
  }).catch(async () => expect(await textsOf(client, chat)).toEqual(texts))

it("stays one chat: in order, once, with what was written before; what was taken back, read, joined and left counts", async () => {
  const [ann, bob, cat, dan] = await Promise.all(["ann", "bob", "cat", "dan"].map((name) => enter(name)))
  if (!ann || !bob || !cat || !dan) throw new Error("somebody is missing")
  for (const other of [bob, cat, dan]) await befriend(ann, other)
  const ghosts = await addFriends(uidOf(ann), LARGE_GROUP - 2)
  const { gid } = await ann.createGroup("everybody", [uidOf(bob), ...ghosts])
  const say = async (who: ChatClient, text: string): Promise<number> => {
    const { clientId } = await who.send(gid, text)
    await until(`${text} is acknowledged`, () => who.outgoing().length === 0)
    return clientId
  }
  const early = await say(ann, "1")
  await has(bob, gid, ["1"])
  const second = await say(bob, "2")
  await has(ann, gid, ["1", "2"])
  await ann.markRead(gid)

  await ann.invite(gid, [uidOf(cat), uidOf(dan)])
  await until("cat is in it", () => cat.groups().some((group) => group.gid === gid))
  const message = createMessageClient(im.channel(MESSAGE, []))
  await message.send({ uid: uidOf(bob), chat: gid, clientId: second, text: "2" }) // its answer was lost, say
  const third = await say(ann, "3")
  await say(cat, "4")
  await has(ann, gid, ["1", "2", "3", "4"])
  await has(bob, gid, ["1", "2", "3", "4"])
  await has(cat, gid, ["3", "4"])
  await has(dan, gid, ["3", "4"])
  const chatOf = (who: ChatClient) => who.chats().find(({ chat }) => chat === gid)
  expect(chatOf(bob)).toMatchObject({ lastText: "4" })

  const web = await enter("ann", true)
  await has(web, gid, ["1", "2", "3", "4"])
  await ann.markRead(gid)
  await until("it is read on the other device", () => chatOf(web)?.unread === 0)

  const own = (await web.messages(gid)).find(({ text }) => text === "3")
  expect(own?.clientId).toBe(third)
  await web.recall({ chat: gid, clientId: third })
  await has(bob, gid, ["1", "2", "-", "4"])
  await ann.recall({ chat: gid, clientId: early })
  await has(bob, gid, ["-", "2", "-", "4"])
  await has(ann, gid, ["-", "2", "-", "4"])
  await has(cat, gid, ["-", "4"])

  await dan.leaveGroup(gid)
  await until("dan is out", () => dan.groups().length === 0)
  await say(bob, "5")
  await has(cat, gid, ["-", "4", "5"])
  await dan.send(gid, "may I?")
  await until("dan may not", () => dan.outgoing()[0]?.failed === "no_such_group")
  await has(dan, gid, ["-", "4"])
  const back = await enter("bob", true)
  await back.history(gid)
  await has(back, gid, ["-", "2", "-", "4", "5"])
}, 150_000)
