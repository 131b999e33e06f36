import { randomBytes } from "node:crypto"
import { checkCommand } from "@ossagent/im-client/guard"
import {
  CHAT_METHODS as CHAT,
  COMMAND,
  decodeCommand,
  decodeFailure,
  decodeGroup,
  decodeHelloReply,
  decodeLoginReply,
  decodeNearbyReply,
  decodePage,
  decodePickReply,
  decodeSendReply,
  encodeCommand,
  encodeHelloRequest,
  encodeSendRequest,
  encodeShakeRequest,
  type Frame,
  NOTIFY,
  REFUSED,
  REPLY,
  toFrame,
} from "@ossagent/im-client/protocol"
import { toUserPriority } from "@ossagent/svrkit/rpc"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { until } from "../until.ts"
import { APP_KEY, COMMAND_KEY, openTcp, openWs, type RawClient, startAccess } from "./test-kit.ts"

let kit: Awaited<ReturnType<typeof startAccess>>
const clients: RawClient[] = []
const tcp = async () => keep(await openTcp(kit.port))
const ws = async () => keep(await openWs(kit.ws))
function keep<T extends RawClient>(client: T): T {
  clients.push(client)
  return client
}

beforeAll(async () => {
  kit = await startAccess({ OSSAGENT_ACCESS_LOGINS_PER_MIN: "20" })
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})
afterAll(() => kit.stop())

let nextUid = 100_000_000
const isNotify = ({ op }: Frame) => op === NOTIFY

describe.each([
  ["TCP", tcp],
  ["WebSocket", ws],
] as const)("over %s", (_name, open) => {
  it("a client with a ticket is let in, and told whether something is new", async () => {
    const uid = nextUid++
    const first = await open()
    expect((await first.hello(uid)).length).toBe(0)
    kit.behind.seqs.set(uid, 5)
    const second = await open()
    expect(decodeHelloReply(await second.hello(uid, 2)).behind).toBe(true)
    expect((await (await open()).hello(uid, 3, 5)).length).toBe(0)
  })

  it("a message is taken, its receiver told once until it asks, and given the page as the mailbox wrote it", async () => {
    const [from, to] = [nextUid++, nextUid++]
    const [a, b] = [await open(), await open()]
    await a.hello(from)
    await b.hello(to)
    for (const clientId of [1, 2]) {
      expect(decodeSendReply(await a.ask(CHAT.send, { chat: to, clientId, text: "hi", sentAt: Date.now() })).seq).toBe(
        clientId,
      )
    }
    expect([...(await b.take(isNotify)).body]).toEqual([1])
    expect(kit.behind.sent.at(-1)).toMatchObject({ uid: from, device: 1, chat: to, text: "hi" })
    expect(decodePage(await b.ask(CHAT.sync, {})).key.length).toBe(2)
    expect(b.frames.filter(isNotify)).toEqual([])
    await a.ask(CHAT.send, { chat: to, clientId: 3, text: "again" })
    await b.take(isNotify)
  })

  it("a request that this server does not know, and one that cannot be read, are refused, and the connection goes on", async () => {
    const client = await open()
    await client.hello(nextUid++)
    const unknown = client.send(63, new Uint8Array(3))
    const { op, body } = await client.take(({ id }) => id === unknown)
    expect([op, decodeFailure(body).code]).toEqual([REFUSED, "unknown_op"])
    const broken = client.send(CHAT.send.number, Uint8Array.of(0xff, 0xff))
    expect(decodeFailure((await client.take(({ id }) => id === broken)).body).code).toBe("bad_request")
    expect((await client.ask(CHAT.heartbeat, {})).length).toBe(0)
  })

  it("a frame larger than it may be ends the connection, before and after log-in, and nobody else's", async () => {
    const other = await open()
    await other.hello(nextUid++)
    const unknown = await open()
    unknown.send(CHAT.hello.number, new Uint8Array(1_100))
    expect(await unknown.ending()).toBe("too_large")
    const known = await open()
    await known.hello(nextUid++)
    known.send(CHAT.send.number, new Uint8Array(10 * 1024 * 1024))
    // WebSocket tells it by the close code 1009.
    expect(["too_large", ""]).toContain(await known.ending())
    expect((await other.ask(CHAT.heartbeat, {})).length).toBe(0)
  })

  it("random bytes end their connection with a code, and nobody else's", async () => {
    const other = await open()
    await other.hello(nextUid++)
    for (let round = 0; round < 20; round++) {
      const client = await open()
      if (round % 2 === 0) await client.hello(nextUid++)
      client.raw(randomBytes(1 + round * 40))
      // Random bytes may be the beginning of a frame that never comes whole: then the client goes.
      await new Promise((resolve) => setTimeout(resolve, 5))
      client.close()
    }
    expect((await other.ask(CHAT.heartbeat, {})).length).toBe(0)
  })

  it("whoever asks before saying who it is, is let go", async () => {
    const client = await open()
    client.send(CHAT.sync.number, new Uint8Array(0))
    expect(await client.ending()).toBe("not_logged_in")
  })

  it("more requests than may be in flight are not lost, only read later", async () => {
    const to = nextUid++
    const client = await open()
    await client.hello(nextUid++)
    let release: () => void = () => undefined
    kit.behind.hold = new Promise<void>((resolve) => {
      release = resolve
    })
    const before = kit.behind.sent.length
    const asked = Array.from({ length: 200 }, (_, clientId) => client.ask(CHAT.send, { chat: to, clientId, text: "x" }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(kit.behind.sent.length).toBe(before)
    release()
    kit.behind.hold = Promise.resolve()
    await Promise.all(asked)
    expect(kit.behind.sent.slice(before).map(({ clientId }) => clientId)).toEqual([...asked.keys()])
  })

  it("a flood is told to slow down, not read for a while, and disturbs nobody", async () => {
    const [client, other] = [await open(), await open()]
    await client.hello(nextUid++)
    await other.hello(nextUid++)
    for (let i = 0; i < 1_500; i++) client.send(CHAT.heartbeat.number, new Uint8Array(0))
    const { body } = await client.take(({ op }) => op === REFUSED)
    expect(decodeFailure(body)).toMatchObject({ code: "slow_down", retryAfterMs: 1_000 })
    expect((await other.ask(CHAT.heartbeat, {})).length).toBe(0)
    const replies = client.frames.filter(({ op }) => op === REPLY).length
    expect(replies).toBeGreaterThanOrEqual(990)
    expect(replies).toBeLessThan(1_100)
  })
})

describe("who may come in", () => {
  it("tickets that are expired or not genuine are refused by their codes; the connection may log in instead", async () => {
    const client = await tcp()
    const hello = (ticket: string) => client.ask(CHAT.hello, { ticket: Buffer.from(ticket), version: "1" })
    await expect(hello("expired")).rejects.toThrow("expired_ticket")
    await expect(hello("someone's")).rejects.toThrow("bad_ticket")
    const name = String(nextUid++)
    const reply = decodeLoginReply(await client.ask(CHAT.login, { appKey: APP_KEY, name, password: "right" }))
    expect(reply).toMatchObject({ uid: Number(name), device: 1 })
    await expect(hello(`${name}/1`)).rejects.toThrow("bad_request")
  })

  it("a wrong app key, a wrong password and too many tries from one address are refused", async () => {
    const client = await tcp()
    await expect(client.ask(CHAT.register, { appKey: "no", name: "5" })).rejects.toThrow("wrong_app_key")
    await expect(client.ask(CHAT.login, { appKey: APP_KEY, name: "5", password: "no" })).rejects.toThrow(
      "wrong_password",
    )
    const tries = Array.from({ length: 25 }, async () => {
      const one = await tcp()
      return one.ask(CHAT.login, { appKey: APP_KEY, name: "5", password: "no" }).catch((error: Error) => error.message)
    })
    expect(await Promise.all(tries)).toContain("slow_down")
  })

  it("one connection may try a few times only", async () => {
    const client = await tcp()
    for (let i = 0; i < 10; i++) await client.ask(CHAT.hello, { ticket: Uint8Array.of(1) }).catch(() => undefined)
    client.send(CHAT.hello.number, encodeHelloRequest({ ticket: Uint8Array.of(1) }))
    expect(await client.ending()).toBe("slow_down")
  })

  it("a page of a foreign origin cannot connect, the dashboard's can", async () => {
    await expect(openWs(kit.ws, "https://evil.example")).rejects.toThrow("403")
    await expect(openWs(kit.ws.replace("/chat", "/other"))).rejects.toThrow("404")
    const client = keep(await openWs(kit.ws, "http://127.0.0.1:7070"))
    expect((await client.hello(nextUid++)).length).toBe(0)
    client.ws.send("text")
    expect(await client.ending()).toBe("bad_request")
  })

  it("a client without a key for commands is given one, others are not; what is said to it is signed with it", async () => {
    const uid = nextUid++
    const [first, second] = [await tcp(), await ws()]
    expect(decodeHelloReply(await first.hello(uid, 1)).commandKey.length).toBe(0)
    const hello = { ticket: Buffer.from(`${uid}/2`), version: "1", keyless: true }
    expect(decodeHelloReply(await second.ask(CHAT.hello, hello)).commandKey).toEqual(COMMAND_KEY)
    await kit.inside.command({ uid, device: 2, command: encodeCommand({ heartbeatSec: 60 }) })
    const { body } = await second.take(({ op }) => op === COMMAND)
    const subject = { uid, device: 2, key: COMMAND_KEY, newest: 0, now: Date.now() }
    expect(checkCommand(decodeCommand(body), subject)).toMatchObject({ obey: true, command: { heartbeatSec: 60 } })
  })

  it("the same device on a second connection ends the first; another device does not", async () => {
    const uid = nextUid++
    const [first, second, third] = [await tcp(), await ws(), await tcp()]
    await first.hello(uid, 1)
    await second.hello(uid, 2)
    await third.hello(uid, 1)
    await until("the first one ends", () => first.closed)
    expect((await kit.inside.command({ uid, command: new Uint8Array(0) })).count).toBe(2)
  })

  it("half a frame is waited for five seconds, then the connection ends", async () => {
    const client = await tcp()
    client.raw(toFrame(CHAT.hello.number, 1, new Uint8Array(50), true).subarray(0, 20))
    expect(await client.ending()).toBe("not_logged_in")
  })
})

describe("what a client sends becomes nothing else", () => {
  it("fields of a request that access does not know are no fields of the service's request", async () => {
    const [from, to] = [nextUid++, nextUid++]
    const client = await tcp()
    await client.hello(from)
    // Tag 5 is the text in message's request, and nothing in the client's.
    const forged = Buffer.concat([
      encodeSendRequest({ chat: to, clientId: 9, text: "mine" }),
      Buffer.from("2a056f74686572", "hex"),
    ])
    const id = client.send(CHAT.send.number, forged)
    expect((await client.take((frame) => frame.id === id)).op).toBe(REPLY)
    expect(kit.behind.sent.at(-1)).toMatchObject({ uid: from, clientId: 9, text: "mine" })
  })

  it("errors of services come by their codes, faults of ours without their text", async () => {
    const client = await tcp()
    await client.hello(nextUid++)
    await expect(client.ask(CHAT.send, { chat: 1, clientId: 1, text: "enemy" })).rejects.toThrow("not_friends")
    const id = client.send(CHAT.send.number, encodeSendRequest({ chat: 1, clientId: 1, text: "crash" }))
    const failure = decodeFailure((await client.take((frame) => frame.id === id)).body)
    expect(failure.code).toBe("unavailable")
    expect(failure.message).not.toContain("secret")
  })

  it("groups and people are answered as clients know them", async () => {
    const uid = nextUid++
    const client = await tcp()
    await client.hello(uid)
    const group = decodeGroup(await client.ask(CHAT.createGroup, { name: "g", members: [5] }))
    expect(group).toMatchObject({ gid: 2 ** 40, owner: uid, count: 2 })
    await client.ask(CHAT.findUser, { name: "bob" })
    await client.ask(CHAT.devices, {})
    await client.ask(CHAT.askFriend, { uid: 3, greeting: "hi" })
  })
})

describe("what mailbox is told", () => {
  it("users are watched when they come and taken back when they have gone", async () => {
    const uid = nextUid++
    const client = await tcp()
    await client.hello(uid)
    expect(kit.behind.watched.get(`${kit.behind.mailboxRun} ${uid}`)).toBe(1)
    client.close()
    await until("it is unwatched", () => kit.behind.unwatched.includes(uid))
  })

  it("a mailbox that was started again is told of everybody, and who is behind is notified", async () => {
    const uid = nextUid++
    const client = await tcp()
    await client.hello(uid, 1, 3)
    kit.behind.seqs.set(uid, 4)
    kit.behind.mailboxRun = "run-2"
    await client.take(isNotify)
    expect(kit.behind.watched.get(`run-2 ${uid}`)).toBe(1)
  })

  it("a heartbeat finds what a lost notify did not tell", async () => {
    const uid = nextUid++
    const client = await ws()
    await client.hello(uid, 1, 3)
    kit.behind.seqs.set(uid, 4)
    await client.ask(CHAT.heartbeat, {})
    await client.take(isNotify)
  })
})

describe("what others tell clients", () => {
  it("a kicked device is told why and let go; others of the user stay", async () => {
    const uid = nextUid++
    const [first, second] = [await tcp(), await ws()]
    await first.hello(uid, 1)
    await second.hello(uid, 2)
    expect((await kit.inside.kick({ uid, device: 2, code: "revoked_ticket" })).count).toBe(1)
    expect(await second.ending()).toBe("revoked_ticket")
    expect((await first.ask(CHAT.heartbeat, {})).length).toBe(0)
  })
})

it("calls for a client's request have its priority and its user's", async () => {
  const uid = nextUid++
  const client = await tcp()
  await client.hello(uid)
  const before = toUserPriority(uid, Date.now())
  await client.ask(CHAT.send, { chat: nextUid++, clientId: 1, text: "hi", sentAt: Date.now() })
  await client.ask(CHAT.sync, {})
  const user = expect.toBeOneOf([before, toUserPriority(uid, Date.now())]) // the hour may have turned
  expect(kit.behind.priorities.get("send")).toEqual({ priority: CHAT.send.priority, user })
  expect(kit.behind.priorities.get("sync")).toEqual({ priority: CHAT.sync.priority, user })
  await client.ask(CHAT.shake, { shake: 1 })
  expect(kit.behind.priorities.get("shake")).toEqual({ priority: CHAT.shake.priority, user })
  const [login, send, shake] = [CHAT.login, CHAT.send, CHAT.shake].map(({ priority }) => priority)
  expect(login).toBeLessThan(send as number)
  expect(send).toBeLessThan(shake as number)
})

it("what play answers and refuses reaches the client as it is", async () => {
  const client = await tcp()
  await client.hello(nextUid++)
  const near = decodeNearbyReply(await client.ask(CHAT.nearby, { place: { lat: 3, lng: 4 } }))
  expect(near.people).toMatchObject([{ uid: 7, name: "near", metres: 300 }])
  const picked = decodePickReply(await client.ask(CHAT.pickBottle, {}))
  expect(picked).toMatchObject({ bottle: 5, text: "hello", at: 1, left: 2, until: 3 })
  await expect(client.ask(CHAT.throwBottle, { clientId: 1, text: "hi" })).rejects.toThrow("enough")
  const id = client.send(CHAT.shake.number, encodeShakeRequest({ shake: 13 }))
  const { body } = await client.take((frame) => frame.id === id && frame.op === REFUSED)
  expect(decodeFailure(body)).toMatchObject({ code: "slow_down", retryAfterMs: 700 })
})

it("a client that takes nothing is let go, and others go on", async () => {
  const own = await startAccess({ OSSAGENT_ACCESS_SLOW_SEC: "1", OSSAGENT_ACCESS_REQUESTS_PER_SEC: "10000" })
  try {
    own.behind.pageBytes = 60_000
    const [slow, other] = [await openTcp(own.port), await openTcp(own.port)]
    await slow.hello(1)
    await other.hello(2)
    slow.socket.pause()
    for (let i = 0; i < 400; i++) slow.send(CHAT.sync.number, new Uint8Array(0))
    await until("the slow one ends", () => slow.socket.destroyed || own.behind.unwatched.includes(1))
    expect((await other.ask(CHAT.heartbeat, {})).length).toBe(0)
    slow.close()
    other.close()
  } finally {
    await own.stop()
  }
})

it("an idle client is let go; one with heartbeats stays", async () => {
  const own = await startAccess({ OSSAGENT_ACCESS_IDLE_SEC: "5" })
  try {
    const [idle, beating] = [await openTcp(own.port), await openWs(own.ws)]
    await idle.hello(1)
    await beating.hello(2)
    const beats = setInterval(() => beating.send(CHAT.heartbeat.number, new Uint8Array(0)), 1_000)
    await until("the idle one ends", () => idle.closed)
    clearInterval(beats)
    expect(beating.closed).toBe(false)
  } finally {
    await own.stop()
  }
})

it("an access that stops tells its clients to come back elsewhere and answers what was asked", async () => {
  const own = await startAccess()
  try {
    const [client, asking] = [await openTcp(own.port), await openWs(own.ws)]
    await client.hello(1)
    await asking.hello(2)
    let release: () => void = () => undefined
    own.behind.hold = new Promise<void>((resolve) => {
      release = resolve
    })
    const asked = asking.ask(CHAT.send, { chat: 1, clientId: 1, text: "last" })
    await until("the request is under way", () => own.behind.asked > 0)
    const stopped = own.stopAccess()
    const { body } = await client.take(({ op }) => op === COMMAND)
    expect(decodeCommand(body)).toMatchObject({ reconnect: true, waitMs: 5_000 })
    release()
    expect(decodeSendReply(await asked).seq).toBe(1)
    await stopped
    await until("both end", () => client.closed && asking.closed)
    expect(own.behind.reports.at(-1)?.draining).toBe(true)
  } finally {
    await own.stop()
  }
})
