/** Real processes, real sockets: who takes too much is sent away, and neither disobedience nor anybody's end frees it. */
import { type ChatClient, createClient, MemoryStore, tcpTransport } from "@ossagent/im-client/node"
import {
  CHAT_METHODS as CHAT,
  decodeCommand,
  decodeFailure,
  decodeOrder,
  encodeHelloRequest,
  REFUSED,
} from "@ossagent/im-client/protocol"
import type { AccessNode, FeaturesAnswer, GuardEntry, ThrottlesAnswer } from "@ossagent/wire"
import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import { openTcp, type RawClient } from "../access/test-kit.ts"
import { type Apart, startApart } from "../testing/apart.ts"
import { until } from "../until.ts"

const PASSWORD = "a password of tests"
let im: Apart
const clients: ChatClient[] = []
const raws: RawClient[] = []
beforeAll(async () => {
  im = await startApart(2)
}, 90_000)
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop()
  for (const raw of raws.splice(0)) raw.close()
})
afterAll(() => im.stop())

async function enter(name: string, version = "8.0.1"): Promise<ChatClient> {
  const client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), appKey: im.appKey, dispatch: im.dispatchUrl, version },
  })
  clients.push(client)
  await client.register(name, PASSWORD)
  await client.login(name, PASSWORD)
  return client
}

/** A device's connection in the hands of something that does as it likes. */
async function steal(client: ChatClient, access = 1): Promise<RawClient> {
  const { ticket } = client.account as NonNullable<typeof client.account>
  await client.stop()
  const raw = await openTcp(im.tcpPort(access))
  raws.push(raw)
  await raw.ask(CHAT.hello, { ticket, version: "8.0.1" })
  return raw
}

const throttles = async (query = ""): Promise<ThrottlesAnswer> =>
  (await im.ask("GET", `/v1/throttles${query}`)).body as ThrottlesAnswer
const ticketOf = (client: ChatClient): Uint8Array => client.account?.ticket as Uint8Array

/** How a device is answered that comes with its ticket. */
async function comeBack(ticket: Uint8Array, access: number): Promise<{ code: string; retryAfterMs: number }> {
  const raw = await openTcp(im.tcpPort(access))
  raws.push(raw)
  raw.send(CHAT.hello.number, encodeHelloRequest({ ticket, version: "8.0.1" }))
  await until("an answer or the end", () => raw.frames.length > 0 || raw.closed)
  const refused = raw.frames.find(({ op }) => op === REFUSED)
  if (refused === undefined) return { code: raw.closed ? "cut" : "in", retryAfterMs: 0 }
  return decodeFailure(refused.body)
}

it("a thief is commanded away, disobeys, is put out, and is refused everywhere; guard's and access's end free nobody", async () => {
  const victim = await enter("thief")
  const [ticket, uid] = [ticketOf(victim), victim.account?.uid as number]
  const device = victim.account?.device as number
  const raw = await steal(victim)
  for (let i = 0; i < 300; i++) raw.send(CHAT.findUser.number, new Uint8Array(0))
  const { body } = await raw.take(({ op }) => op === 71)
  expect(decodeOrder(decodeCommand(body).order)).toMatchObject({ uid, device, command: { offlineSec: 300 } })
  await until("it is put out", () => {
    raw.send(CHAT.findUser.number, new Uint8Array(0))
    return raw.closed
  })
  expect(await comeBack(ticket, 1)).toMatchObject({ code: "throttled" })
  await until("the other access knows", async () => (await comeBack(ticket, 2)).code === "throttled")
  const asked = await fetch(`${im.dispatchUrl}/v1/access?uid=${uid}&device=${device}`, {
    headers: { "x-app-key": im.appKey },
  })
  expect([asked.status, Number(asked.headers.get("retry-after")) > 200]).toEqual([429, true])
  await expect(enterAgain("thief")).rejects.toMatchObject({ code: "throttled" })

  await im.process("guard").end("SIGKILL")
  expect(await comeBack(ticket, 1)).toMatchObject({ code: "throttled" })
  await im.process("access-1").end("SIGKILL")
  await im.again("guard")
  await im.again("access-1")
  await until("the access knows again", async () => (await comeBack(ticket, 1)).code === "throttled", 60_000)
  await until("guard has heard of it", async () => ((await throttles(`?uid=${uid}`)).throttles[0]?.defied ?? 0) > 0)
  const { throttles: all } = await throttles(`?uid=${uid}`)
  expect(all).toMatchObject([{ uid, device, state: "active", level: 0, why: "asks", version: "8.0.1" }])
  expect(all[0]?.evidence[0]).toMatchObject({ basis: "limit", feature: "asks" })
})

async function enterAgain(name: string): Promise<void> {
  const client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), appKey: im.appKey, dispatch: im.dispatchUrl },
  })
  clients.push(client)
  await client.login(name, PASSWORD)
}

it("our own client obeys: it stays away, and comes back when it is released and its time is over", async () => {
  const ada = await enter("ada")
  for (let i = 0; i < 400 && ada.state.is === "online"; i++) {
    await ada.findUser(`nobody${i}`).catch(() => undefined)
  }
  await until("it has gone", () => ada.state.is === "waiting")
  expect(ada.commands).toMatchObject({ obeyed: 1, refused: {} })
  const until5 = ada.state.is === "waiting" ? ada.state.until - Date.now() : 0
  expect(until5).toBeGreaterThan(250_000)
  ada.hurry()
  expect(ada.state.is).toBe("waiting")
  const { throttles: all } = await throttles(`?uid=${ada.account?.uid}`)
  expect(all).toMatchObject([{ state: "active", defied: 0 }])
  const released = await im.ask("POST", `/v1/throttles/${all[0]?.id}/release`, {})
  expect(released).toMatchObject({
    status: 200,
    body: { throttle: { state: "released", releasedBy: "ada@example.com" } },
  })
  expect((await im.ask("POST", `/v1/throttles/${all[0]?.id}/release`, {})).status).toBe(409)
  await until("it may come back", async () => {
    await ada.login("ada", PASSWORD).catch(() => undefined)
    return ada.state.is === "online"
  })
})

it("in a dry run and for those who are allowed, decisions are noted or not made, and nobody is sent away", async () => {
  await im.ask("POST", "/v1/dry-run", { on: true })
  const bob = await enter("bob")
  const raw = await steal(bob)
  for (let i = 0; i < 300; i++) raw.send(CHAT.findUser.number, new Uint8Array(0))
  await until("it is noted", async () => (await throttles(`?uid=${bob.account?.uid}`)).throttles.length > 0)
  expect((await throttles(`?uid=${bob.account?.uid}`)).throttles).toMatchObject([{ state: "dry-run", savedBytes: 0 }])
  expect(raw.closed).toBe(false)
  expect(await comeBack(ticketOf(bob), 2)).toMatchObject({ code: "in" })
  await im.ask("POST", "/v1/dry-run", { on: false })

  const eve = await enter("eve")
  expect((await im.ask("POST", "/v1/allow", { uid: eve.account?.uid })).status).toBe(400)
  await im.ask("POST", "/v1/allow", { uid: eve.account?.uid, why: "she tests" })
  const fay = await enter("fay")
  for (const raw of [await steal(eve), await steal(fay)])
    for (let i = 0; i < 300; i++) raw.send(CHAT.findUser.number, new Uint8Array(0))
  await until("the other is judged", async () => (await throttles(`?uid=${fay.account?.uid}`)).throttles.length > 0)
  expect((await throttles(`?uid=${eve.account?.uid}`)).throttles).toEqual([])
  expect(await comeBack(ticketOf(eve), 2)).toMatchObject({ code: "in" })
})

it("a version is throttled as a class, and let in again", async () => {
  const old = await enter("old", "7.6.0")
  const fresh = await enter("fresh", "8.0.1")
  await im.ask("POST", "/v1/classes", { version: "7.6.0", minutes: 30, why: "it syncs without end" })
  await until("the old one has gone", () => old.state.is === "waiting")
  expect(fresh.state.is).toBe("online")
  const isKeptOut = () =>
    enter(`x${Math.random().toString(36).slice(2, 10)}`, "7.6.0").then(
      () => false,
      (error: { code: string }) => error.code === "throttled",
    )
  await until("every door knows", isKeptOut)
  await im.ask("DELETE", "/v1/classes/7.6.0")
  await until("the version may come", async () => !(await isKeptOut()))
})

it("a feature is switched off for a version: its client is told, and a client that does not listen is refused", async () => {
  const [old, fresh] = [await enter("carl", "7.7.0"), await enter("dora", "8.0.1")]
  const raw = await steal(await enter("emil", "8.0.1"))
  expect((await im.ask("POST", "/v1/features", { version: "7.7.0", feature: "hello", why: "no" })).status).toBe(400)
  await im.ask("POST", "/v1/features", { version: "7.7.0", feature: "findUser", why: "it crashes" })
  let asked = 0
  const isOff = () =>
    old.findUser(`nobody${asked++}`).then(
      () => false,
      (error: { code: string }) => error.code === "feature_off",
    )
  await until("the old client is told", isOff)
  expect(await fresh.findUser("carl")).toMatchObject({ name: "carl" })
  await im.ask("POST", "/v1/features", { version: "8.0.1", feature: "history", why: "a test" })
  await until("the server refuses", () =>
    raw.ask(CHAT.history, { chat: 1, limit: 1 }).then(
      () => false,
      (error: Error) => error.message === "feature_off",
    ),
  )
  expect((await im.ask("GET", "/v1/features")).body as FeaturesAnswer).toMatchObject({ off: [{}, {}] })
  for (const path of ["7.7.0/findUser", "8.0.1/history"]) await im.ask("DELETE", `/v1/features/${path}`)
  await until("it is on again", async () => !(await isOff()))
})

it("every change has its entry, and without the token nobody is answered", async () => {
  const { entries } = (await im.ask("GET", "/v1/entries")).body as { entries: GuardEntry[] }
  expect(entries.map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      "throttle released",
      "dry run switched on",
      "user allowed",
      "version throttled",
      "feature switched off",
    ]),
  )
  expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set(["ada@example.com"]))
})

it("an access that is drained empties within its time, messages under way arrive once, and dispatch names it no more", async () => {
  const nodes = async () => ((await im.ask("GET", "/v1/accesses")).body as { accesses: AccessNode[] }).accesses
  const connected = async () => (await nodes()).reduce((sum, one) => sum + one.connections, 0)
  await until("those of earlier tests are gone", async () => (await connected()) === 0)
  const [ann, ben] = [await enter("ann"), await enter("ben")]
  for (const { account } of [ann, ben]) await im.ask("POST", "/v1/allow", { uid: account?.uid, why: "writes fast" })
  await ann.askFriend(ben.account?.uid as number, "hello")
  await until("ben is asked", () => ben.contacts().length > 0)
  await ben.acceptFriend(ann.account?.uid as number)
  await until("they are friends", () => ann.contacts().some(({ state }) => state === 3))
  await until("the connections are reported", async () => (await connected()) === 2)
  const busy = (await nodes()).sort((a, b) => b.connections - a.connections)[0] as AccessNode
  let sent = 0
  const say = setInterval(() => void ann.send(ben.account?.uid as number, `message ${sent++}`), 20)
  const from = Date.now()
  expect((await im.ask("POST", `/v1/accesses/${busy.run}/drain`, { sec: 10 })).status).toBe(200)
  await until("it is empty", async () => (await nodes()).find(({ run }) => run === busy.run)?.connections === 0, 16_000)
  expect(Date.now() - from).toBeLessThan(14_000)
  clearInterval(say)
  expect([ann, ben].reduce((sum, { commands }) => sum + commands.obeyed, 0)).toBe(busy.connections)
  expect([ann.state.is, ben.state.is]).toEqual(["online", "online"])
  const answer = await fetch(`${im.dispatchUrl}/v1/access`, { headers: { "x-app-key": im.appKey } })
  const { addresses } = (await answer.json()) as { addresses: { tcp: string }[] }
  expect(addresses.map(({ tcp }) => tcp)).not.toContain(busy.tcp)
  await until(
    "all has arrived",
    async () =>
      ann.outgoing().length === 0 && (await ben.messages(ann.account?.uid as number, undefined, 2_000)).length === sent,
  )
  const texts = (await ben.messages(ann.account?.uid as number, undefined, 2_000)).map(({ text }) => text).reverse()
  expect(texts).toEqual(Array.from({ length: sent }, (_, i) => `message ${i}`))
  expect((await im.ask("DELETE", `/v1/accesses/${busy.run}/drain`)).status).toBe(200)
  expect((await im.ask("POST", "/v1/accesses/nobody/drain", { sec: 10 })).status).toBe(404)
})

it("an access that dies empties by itself: its clients are at the other within seconds", async () => {
  const client = await enter("gina")
  const nodes = ((await im.ask("GET", "/v1/accesses")).body as { accesses: AccessNode[] }).accesses
  expect(nodes).toHaveLength(2)
  const states: string[] = []
  for (const name of ["access-1", "access-2"]) {
    await im.process(name).end("SIGKILL")
    await until("its client is on line elsewhere", () => client.state.is === "online", 15_000)
    const { uid } = await client.findUser(`gina`)
    states.push(`${name} ${uid === client.account?.uid}`)
    await im.again(name)
    await until("both are there", async () => {
      const { accesses } = (await im.ask("GET", "/v1/accesses")).body as { accesses: AccessNode[] }
      return accesses.length === 2
    })
  }
  expect(states).toEqual(["access-1 true", "access-2 true"])
})

it("an address from which the refused come without end is not even listened to", async () => {
  const hank = await enter("hank")
  const raw = await steal(hank)
  for (let i = 0; i < 300; i++) raw.send(CHAT.findUser.number, new Uint8Array(0))
  await until("it is refused", async () => (await comeBack(ticketOf(hank), 1)).code === "throttled")
  await until("it is cut", async () => (await comeBack(ticketOf(hank), 1)).code === "cut")
})
