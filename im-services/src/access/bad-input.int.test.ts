/** What nobody should send, to the whole of it: a clear code, and two people who talk meanwhile notice nothing. */
import { randomBytes } from "node:crypto"
import {
  CHAT_METHODS as CHAT,
  decodeDevicesReply,
  decodeFailure,
  decodeGroup,
  decodeLoginReply,
  decodePage,
  decodeSendReply,
  encodeSendRequest,
  MOST_TEXT_BYTES,
  NOTIFY,
  toFrame,
  toSyncKey,
} from "@ossagent/im-client/protocol"
import { encode } from "@ossagent/svrkit/codec"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { createTicketOffice, TICKET_MS } from "../auth/ticket.ts"
import { APP_KEY, type RunningIm, startIm, TICKET_KEY } from "../testing.ts"
import { openTcp, openWs, type RawClient } from "./test-kit.ts"

const PASSWORD = "a password of tests"
const NONE = new Uint8Array(0)

interface Person {
  client: RawClient
  uid: number
  ticket: Uint8Array
  key: Uint8Array
}

let im: RunningIm
let ann: Person
let bob: Person
/** Of a second device of Ann. */
let spare: Uint8Array
let ids = 1
let names = 0
const opened: RawClient[] = []

const tcp = async (): Promise<RawClient> => keep(await openTcp(im.tcpPort))
const ws = async (): Promise<RawClient> => keep(await openWs(im.wsUrl))
function keep<T extends RawClient>(client: T): T {
  opened.push(client)
  return client
}

async function login(client: RawClient, name: string): Promise<Person> {
  const reply = await client.ask(CHAT.login, { appKey: APP_KEY, name, password: PASSWORD, version: "1" })
  const { uid, ticket } = decodeLoginReply(reply)
  return { client, uid, ticket: ticket.slice(), key: NONE }
}

async function join(open: () => Promise<RawClient> = tcp, name = `person-${names++}`): Promise<Person> {
  const client = await open()
  await client.ask(CHAT.register, { appKey: APP_KEY, name, password: PASSWORD })
  return login(client, name)
}

/** What is new for somebody. */
async function read(person: Person): Promise<string[]> {
  const texts: string[] = []
  for (let more = true; more; ) {
    const page = decodePage(await person.client.ask(CHAT.sync, { key: person.key }))
    texts.push(...page.texts)
    if (page.key.length > 0) person.key = page.key.slice()
    more = page.more
  }
  return texts
}

/** Ann writes to Bob, on connections that are open since the beginning. */
async function undisturbed(): Promise<void> {
  bob.client.frames.length = 0
  const clientId = ids++
  await ann.client.ask(CHAT.send, { chat: bob.uid, clientId, text: `undisturbed ${clientId}` })
  await bob.client.take(({ op }) => op === NOTIFY)
  expect(await read(bob)).toContain(`undisturbed ${clientId}`)
}

beforeAll(async () => {
  im = await startIm()
  ann = await join(async () => openTcp(im.tcpPort), "ann")
  spare = (await login(await tcp(), "ann")).ticket
  bob = await join(async () => openWs(im.wsUrl))
  await ann.client.ask(CHAT.askFriend, { uid: bob.uid })
  await bob.client.ask(CHAT.acceptFriend, { uid: ann.uid })
  await read(bob)
})
afterEach(async () => {
  for (const client of opened.splice(0)) client.close()
  await undisturbed()
})
afterAll(async () => {
  ann.client.close()
  bob.client.close()
  await im.stop()
})

const hello = (client: RawClient, ticket: Uint8Array) => client.ask(CHAT.hello, { ticket, version: "1" })
async function comeBack(): Promise<RawClient> {
  const client = await tcp()
  await hello(client, spare)
  return client
}

describe.each([
  ["TCP", tcp],
  ["WebSocket", ws],
] as const)("over %s", (_, open) => {
  it("random bytes end their connection, with a code where one can still be told", async () => {
    const { client: known } = await join(open)
    known.raw(randomBytes(300))
    const clients = await Promise.all(Array.from({ length: 30 }, () => open()))
    for (const [i, client] of clients.entries()) client.raw(randomBytes(1 + i * 40))
    await undisturbed()
    const codes = await Promise.all(clients.map((client) => client.ending()))
    for (const code of codes) expect(["bad_request", "too_large", "not_logged_in", ""]).toContain(code)
    expect(codes.filter((code) => code === "").length).toBeLessThan(10)
  })

  it("a message of 10 MB ends its connection; a text that is too long is refused, and the connection goes on", async () => {
    const { client } = await join(open)
    const text = "x".repeat(MOST_TEXT_BYTES + 1)
    await expect(client.ask(CHAT.send, { chat: bob.uid, clientId: 1, text })).rejects.toThrow("too_large")
    expect((await client.ask(CHAT.heartbeat, {})).length).toBe(0)
    client.send(CHAT.send.number, encodeSendRequest({ chat: bob.uid, clientId: 2, text: "x".repeat(10 * 1024 * 1024) }))
    expect(["too_large", ""]).toContain(await client.ending()) // WebSocket tells it by the close code 1009
  })

  it("what is out of its range is refused by a code, and the connection goes on", async () => {
    const { client, uid } = await join(open)
    const send = (request: Parameters<typeof encodeSendRequest>[0]) => client.ask(CHAT.send, request)
    await expect(send({ chat: 0, clientId: 1, text: "x" })).rejects.toThrow("bad_request")
    await expect(send({ chat: uid, clientId: 0, text: "x" })).rejects.toThrow("bad_request")
    await expect(send({ chat: uid, clientId: 1, text: "" })).rejects.toThrow("bad_request")
    await expect(send({ chat: uid, clientId: 1, text: "a\0b" })).rejects.toThrow("bad_request")
    await expect(send({ chat: ann.uid, clientId: 1, text: "x" })).rejects.toThrow("not_friends")
    await expect(send({ chat: 77, clientId: 1, text: "x" })).rejects.toThrow("not_friends")
    await expect(send({ chat: 2 ** 41, clientId: 1, text: "x" })).rejects.toThrow("no_such_group")
    await expect(client.ask(CHAT.askFriend, { uid })).rejects.toThrow("bad_request")
    await expect(client.ask(CHAT.acceptFriend, { uid: ann.uid })).rejects.toThrow("not_friends")
    await expect(client.ask(CHAT.createGroup, { name: " ", members: [] })).rejects.toThrow("bad_request")
    await expect(client.ask(CHAT.createGroup, { name: "x", members: [ann.uid] })).rejects.toThrow("not_friends")
    await expect(client.ask(CHAT.leaveGroup, { gid: 2 ** 41 })).rejects.toThrow("no_such_group")
    await expect(client.ask(CHAT.syncGroup, { gid: 2 ** 41 })).rejects.toThrow("no_such_group")
    await expect(client.ask(CHAT.recall, { chat: uid, clientId: 1, messageId: 2 })).rejects.toThrow("no_such_message")
    const unknown = client.send(60, randomBytes(5))
    const { body } = await client.take(({ id }) => id === unknown)
    expect(decodeFailure(body).code).toBe("unknown_op")
  })

  it("a key that is none, or of another epoch, or ahead of everything, is answered with the present state", async () => {
    const { client } = await join(open)
    for (const key of [randomBytes(40), toSyncKey({ epoch: 16_384, seq: 3 }), toSyncKey({ epoch: 1, seq: 2 ** 50 })])
      expect(decodePage(await client.ask(CHAT.sync, { key })).restart).toBe(true)
  })
})

it("half a frame is no request: sent whole on the next connection it is done once", async () => {
  const half = await comeBack()
  const request = { chat: bob.uid, clientId: ids++, text: "in two halves" }
  const frame = toFrame(CHAT.send.number, 7, encode(CHAT.send.request, request), true)
  half.raw(frame.subarray(0, frame.length - 5))
  half.close()
  const whole = await comeBack()
  await whole.ask(CHAT.send, request)
  expect((await read(bob)).filter((text) => text === request.text).length).toBe(1)
})

it("tickets that are expired, of another version, of another key, changed to be somebody else's, or of a device that was logged out", async () => {
  const client = await tcp()
  const now = Date.now()
  const old = createTicketOffice([TICKET_KEY]).make(ann.uid, 1, now - TICKET_MS - 60_000).bytes
  await expect(hello(client, old)).rejects.toThrow("expired_ticket")
  const foreign = createTicketOffice(["another key, which is long enough to be one"]).make(ann.uid, 1, now).bytes
  await expect(hello(client, foreign)).rejects.toThrow("bad_ticket")
  const anothers = spare.slice()
  anothers[1] = (anothers[1] as number) ^ 1 // the lowest bits of the user's number
  await expect(hello(client, anothers)).rejects.toThrow("bad_ticket")
  const newer = spare.slice()
  newer[0] = 2
  await expect(hello(client, newer)).rejects.toThrow("bad_ticket")
  await expect(hello(client, NONE)).rejects.toThrow("bad_ticket")
  const cat = await join()
  const { devices } = decodeDevicesReply(await cat.client.ask(CHAT.devices, {}))
  cat.client.send(CHAT.revoke.number, encode(CHAT.revoke.request, { device: devices[0]?.device as number }))
  expect(await cat.client.ending()).toBe("revoked_ticket")
  await expect(hello(client, cat.ticket)).rejects.toThrow("revoked_ticket")
  await hello(client, spare)
})

it("frames that are sent again are answered as the first, and nothing is there twice", async () => {
  const [first, second] = [await comeBack(), await comeBack()]
  const request = { chat: bob.uid, clientId: ids++, text: "once" }
  const { seq } = decodeSendReply(await second.ask(CHAT.send, request))
  for (let i = 0; i < 3; i++) {
    const id = second.send(CHAT.send.number, encodeSendRequest(request), 5)
    expect(decodeSendReply((await second.take((frame) => frame.id === id)).body).seq).toBe(seq)
  }
  expect(first.closed).toBe(true) // the same device came again
  await expect(second.ask(CHAT.send, { ...request, text: "another" })).rejects.toThrow("same_id")
  await expect(hello(second, spare)).rejects.toThrow("bad_request")
  expect((await read(bob)).filter((text) => text === "once").length).toBe(1)
  const { client: dan } = await join()
  const theirs = { chat: ann.uid, clientId: ids++, messageId: request.clientId }
  await expect(dan.ask(CHAT.recall, theirs)).rejects.toThrow("no_such_message")
})

it("a group of one is a group: its member writes in it, reads it and leaves it", async () => {
  const eve = await join()
  const { gid, members } = decodeGroup(await eve.client.ask(CHAT.createGroup, { name: "alone", members: [eve.uid] }))
  expect(members.map(({ uid }) => uid)).toEqual([eve.uid])
  await eve.client.ask(CHAT.send, { chat: gid, clientId: 1, text: "to myself" })
  await eve.client.ask(CHAT.recall, { chat: gid, clientId: 2, messageId: 1 })
  expect(await read(eve)).toHaveLength(3) // what the group says of its beginning, the text that is gone, and its recall
  await eve.client.ask(CHAT.leaveGroup, { gid })
  await expect(eve.client.ask(CHAT.send, { chat: gid, clientId: 3, text: "x" })).rejects.toThrow("no_such_group")
  await expect(eve.client.ask(CHAT.getGroup, { gid })).rejects.toThrow("no_such_group")
})
