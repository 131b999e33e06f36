/** What users do arrives at the collector as events, and nothing else does. */
import { type ChatClient, ContactState, createClient, MemoryStore, tcpTransport } from "@ossagent/im-client/node"
import { CHAT_METHODS } from "@ossagent/im-client/protocol"
import { afterAll, beforeAll, expect, it } from "vitest"
import { startSums } from "../testing/sums.ts"
import { APP_KEY, type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"
import { EVENTS } from "./events.ts"

const PASSWORD = "a password of tests"
let sums: Awaited<ReturnType<typeof startSums>>
let im: RunningIm
const clients: ChatClient[] = []
beforeAll(async () => {
  sums = await startSums()
  im = await startIm(sums.env)
})
afterAll(async () => {
  for (const client of clients) await client.stop()
  await im.stop()
  sums.stop()
})

async function enter(name: string, version: string): Promise<ChatClient> {
  const client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), appKey: APP_KEY, dispatch: im.dispatchUrl, version },
  })
  clients.push(client)
  await client.register(name, PASSWORD)
  await client.login(name, PASSWORD)
  return client
}

const uidOf = (client: ChatClient): number => client.account?.uid as number
const eventsOf = (client: ChatClient) => sums.events.filter(({ user }) => user === String(uidOf(client)))
const namesOf = (client: ChatClient): string[] => eventsOf(client).map(({ name }) => name)

async function befriend(a: ChatClient, b: ChatClient): Promise<void> {
  await a.askFriend(uidOf(b), "hello")
  await until("the question arrives", () => b.contacts().some(({ state }) => state === ContactState.asking))
  await b.acceptFriend(uidOf(a))
  await until("both are friends", () => [a, b].every((one) => one.contacts()[0]?.state === ContactState.friend))
}

it("each act of a user is one event of their own name, with the version of their client", async () => {
  const [ann, bob] = [await enter("ann", "8.0.1"), await enter("bob", "7.9.0")]
  await befriend(ann, bob)
  await ann.send(uidOf(bob), "hi")
  await until("it is out", () => ann.outgoing().length === 0)
  const [message] = await ann.messages(uidOf(bob))
  await ann.recall(message as NonNullable<typeof message>)
  await until("it is back", () => ann.outgoing().length === 0)
  const { gid } = await ann.createGroup("two", [uidOf(bob)])
  await ann.send(gid, "hi all")
  await until("it is out", () => ann.outgoing().length === 0)
  await ann.invite(gid, [uidOf(bob)])
  await ann.setProfile("here")
  await ann.leaveGroup(gid)
  await bob.markRead(uidOf(ann))
  const wanted = ["register", "login", "friend.ask", "send", "recall", "group.create", "send", "group.invite"]
  await until("all are told", () => namesOf(ann).length >= wanted.length + 2 && namesOf(bob).length >= 3)
  expect(namesOf(ann)).toEqual([...wanted, "profile", "group.leave"])
  expect(namesOf(bob)).toEqual(["register", "login", "friend.accept"])
  const [register, ...rest] = eventsOf(ann)
  expect(register?.version).toBe("")
  expect(new Set(rest.map(({ version }) => version))).toEqual(new Set(["8.0.1"]))
  expect(
    eventsOf(ann)
      .filter(({ name }) => name === "send")
      .map(({ props }) => props),
  ).toEqual([{ kind: "person" }, { kind: "group" }])
})

it("coming back with a ticket is one, what is refused is none, and probe users are none", async () => {
  const eve = await enter("eve", "8.0.1")
  const probe = await enter("probe-1-a", "probe")
  await expect(eve.acceptFriend(uidOf(probe))).rejects.toMatchObject({ code: "not_friends" })
  await probe.setProfile("a probe")
  eve.networkLost()
  await until("it is back", () => eve.state.is === "online")
  await until("it is told", () => namesOf(eve).includes("open"))
  expect(namesOf(eve)).toEqual(["register", "login", "open"])
  expect(namesOf(probe)).toEqual([])
})

it("every request is an event or is known to be none", () => {
  const none = [
    ...["heartbeat", "sync", "read", "syncGroup", "history", "findUser", "removeFriend", "block", "unblock"],
    ...["getGroup", "devices", "revoke", "obeyed"],
  ]
  const names = Object.entries(CHAT_METHODS).filter(([, { number }]) => !EVENTS.has(number))
  expect(names.map(([name]) => name)).toEqual(none)
})
