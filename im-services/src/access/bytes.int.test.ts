/** What goes over the network, application bytes both ways, asserted exactly: ids of 9 digits, numbers of 7, times of today. */
import {
  CHAT_METHODS as CHAT,
  decodeHelloReply,
  decodeLoginReply,
  decodePage,
  NOTIFY,
  type Page,
} from "@ossagent/im-client/protocol"
import { afterAll, beforeAll, expect, it } from "vitest"
import { APP_KEY, type RunningIm, startIm } from "../testing.ts"
import { openTcp, openWs, type RawClient } from "./test-kit.ts"

const VERSION = "1.0.0"
const PASSWORD = "a password of tests"
let im: RunningIm
beforeAll(async () => {
  im = await startIm()
})
afterAll(() => im.stop())

interface Person {
  name: string
  uid: number
  ticket: Uint8Array
  key: Uint8Array
}

async function join(name: string): Promise<{ client: RawClient; person: Person }> {
  const client = await openTcp(im.tcpPort)
  await client.ask(CHAT.register, { appKey: APP_KEY, name, password: PASSWORD })
  const { uid, ticket } = decodeLoginReply(
    await client.ask(CHAT.login, { appKey: APP_KEY, name, password: PASSWORD, deviceName: "test", version: VERSION }),
  )
  const person = { name, uid, ticket: ticket.slice(), key: new Uint8Array(0) }
  return { client, person }
}

/** Fetches all there is; the key of the last page is the person's. */
async function syncAll(client: RawClient, person: Person): Promise<void> {
  for (let more = true; more; ) {
    const page = decodePage(await client.ask(CHAT.sync, { key: person.key }))
    if (page.key.length > 0) person.key = page.key.slice()
    more = page.more
  }
}

/** Two friends, both of whom have everything. */
async function befriend(a: string, b: string) {
  const [first, second] = [await join(a), await join(b)]
  await first.client.ask(CHAT.askFriend, { uid: second.person.uid })
  await second.client.ask(CHAT.acceptFriend, { uid: first.person.uid })
  await second.client.take(({ op }) => op === NOTIFY)
  await syncAll(first.client, first.person)
  await syncAll(second.client, second.person)
  return { first, second }
}

/** Bytes both ways since the last call. */
function meter(client: RawClient): () => number {
  let before = client.bytesIn + client.bytesOut
  return () => {
    const now = client.bytesIn + client.bytesOut
    const used = now - before
    before = now
    return used
  }
}

const hello = async (client: RawClient, { ticket, key }: Person) =>
  decodeHelloReply(await client.ask(CHAT.hello, { ticket, key, version: VERSION }))

let nextId = 1
const say = (client: RawClient, chat: number, text: string) =>
  client.ask(CHAT.send, { chat, clientId: 2 ** 52 + nextId++, text, sentAt: Date.now() })

/** Bytes of a packed list of signed numbers, its tag and length included: small times between messages take one byte each. */
function packedSize(values: readonly number[]): number {
  const sizeOf = (value: number): number => (value < 128 ? 1 : 1 + sizeOf(Math.floor(value / 128)))
  const inside = values.reduce((sum, value) => sum + sizeOf(value < 0 ? -value * 2 - 1 : value * 2), 0)
  return 1 + sizeOf(inside) + inside
}

/** A frame's own bytes: a length before it over TCP, and its op and number. */
const HEADS = { TCP: { short: 3, long: 4, notify: 3 }, WebSocket: { short: 2, long: 2, notify: 2 } }

it.each([
  ["TCP", "ada1", "bob1"],
  ["WebSocket", "ada2", "bob2"],
] as const)(
  "a resume, one message and a hundred cost over %s what they must and no byte more",
  async (transport, a, b) => {
    const open = async (): Promise<RawClient> => (transport === "TCP" ? openTcp(im.tcpPort) : openWs(im.wsUrl))
    const { first, second } = await befriend(a, b)
    expect(String(second.person.uid)).toHaveLength(9)
    second.client.close()

    const resumed = await open()
    const resumeUsed = meter(resumed)
    expect((await hello(resumed, second.person)).behind).toBe(false)
    const resume = resumeUsed()

    await say(first.client, second.person.uid, "a message of 20 char")
    await resumed.take(({ op }) => op === NOTIFY)
    const page: Page = decodePage(await resumed.ask(CHAT.sync, { key: second.person.key }))
    expect(page.texts).toEqual(["a message of 20 char"])
    second.person.key = page.key.slice()
    const message = resumeUsed()
    resumed.close()

    for (let i = 0; i < 100; i++)
      await say(first.client, second.person.uid, `missed message no ${100 + i}`.slice(0, 20))
    const back = await open()
    const missedUsed = meter(back)
    expect((await hello(back, second.person)).behind).toBe(true)
    const missed = decodePage(await back.ask(CHAT.sync, { key: second.person.key }))
    expect([missed.texts.length, missed.more]).toEqual([100, false])
    const hundred = missedUsed()
    back.close()
    first.client.close()

    const { short, long, notify } = HEADS[transport]
    const [ticket, key] = [2 + second.person.ticket.length, 2 + second.person.key.length]
    const [version, baseAt, talker, text] = [7, 7, 7, 22]
    expect(resume).toBe(short + ticket + key + version + short)
    expect(message).toBe(notify + (short + key) + (short + key + baseAt + talker + 3 + text))
    const page100 = long + key + baseAt + talker + packedSize(missed.seqs) + packedSize(missed.ats) + 100 * text
    expect(hundred).toBe(resume + 2 + (short + key) + page100)

    // With the longest ticket and key that there are.
    const [moreTicket, moreKey] = [30 - second.person.ticket.length, 9 - second.person.key.length]
    expect(resume + moreTicket + moreKey).toBeLessThanOrEqual(60)
    expect(message + 2 * moreKey).toBeLessThanOrEqual(70)
    expect(hundred).toBeLessThanOrEqual(3_300)
    if (key === 8 && ticket === 28) expect([resume, message]).toEqual(transport === "TCP" ? [49, 64] : [47, 61])
  },
)
