/** What people do with play, by the client library against all services. */
import { type ChatClient, ContactState, createClient, MemoryStore, tcpTransport } from "@ossagent/im-client/node"
import { afterAll, beforeAll, expect, it } from "vitest"
import { startSums } from "../testing/sums.ts"
import { APP_KEY, type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"

const PASSWORD = "a password of tests"
const MUNICH = { lat: 48.137, lng: 11.575 }
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

async function enter(name: string): Promise<ChatClient> {
  const client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), appKey: APP_KEY, dispatch: im.dispatchUrl },
  })
  clients.push(client)
  await client.register(name, PASSWORD)
  await client.login(name, PASSWORD)
  return client
}

const uidOf = (client: ChatClient): number => client.account?.uid as number
const missed = (): number =>
  sums.sum(({ metric, labels }) => metric === "rpc.client.optional_missed" && labels.to === "play")

it("people nearby are told by name and distance, and who hides is not", async () => {
  const [ann, bob] = [await enter("ann"), await enter("bob")]
  expect(await ann.nearby(MUNICH)).toEqual([])
  expect(await bob.nearby({ lat: 48.157, lng: 11.575 })).toMatchObject([
    { uid: uidOf(ann), name: "ann", metres: 2_300 },
  ])
  await ann.hide()
  expect(await bob.nearby(MUNICH)).toEqual([])
})

it("two who shake at the same time are told of each other, each by name", async () => {
  const [carl, dora] = [await enter("carl"), await enter("dora")]
  const [one, two] = await Promise.all([carl.shake(MUNICH), dora.shake(MUNICH)])
  expect(one).toMatchObject({ uid: uidOf(dora), name: "dora", metres: 100 })
  expect(two).toMatchObject({ uid: uidOf(carl), name: "carl", metres: 100 })
})

it("a bottle's answer makes strangers able to talk, and reaches a friend as a message", async () => {
  const [eve, finn] = [await enter("eve"), await enter("finn")]
  expect(await eve.throwBottle("who reads this?")).toBe(5)
  const picked = await finn.pickBottle()
  expect(picked).toMatchObject({ text: "who reads this?", left: 9 })
  await finn.replyBottle(picked.bottle, "I do")
  await finn.replyBottle(picked.bottle, "I do")
  await until("she is asked", () => eve.contacts().some(({ state }) => state === ContactState.asking))
  const [asking] = eve.contacts()
  expect(asking).toMatchObject({ uid: uidOf(finn), greeting: "To your bottle “who reads this?”: I do" })
  await eve.acceptFriend(uidOf(finn))
  await eve.send(uidOf(finn), "hello, stranger")
  await until("they talk", async () => (await finn.messages(uidOf(eve)))[0]?.text === "hello, stranger")

  await eve.throwBottle("and this?")
  const second = await finn.pickBottle()
  await finn.replyBottle(second.bottle, "me again")
  await until("it is a message", async () => {
    const [message] = await eve.messages(uidOf(finn))
    return message?.text === "To your bottle “and this?”: me again"
  })
  await expect(eve.replyBottle(second.bottle, "mine")).rejects.toMatchObject({ code: "no_bottle" })
})

it("the day's limit is told as such, and is no loss of play", async () => {
  const gus = await enter("gus")
  for (let left = 5; left >= 0; left--) expect(await gus.throwBottle(`number ${left}`)).toBe(left)
  await expect(gus.throwBottle("one too many")).rejects.toMatchObject({ code: "enough", retry: false })
  await until("acts are told", () => sums.events.filter(({ user }) => user === String(uidOf(gus))).length >= 8)
  expect(missed()).toBe(0)
  const names = new Set(sums.events.map(({ name }) => name))
  for (const name of ["nearby", "shake", "bottle.throw", "bottle.pick", "bottle.reply"]) expect(names).toContain(name)
})
