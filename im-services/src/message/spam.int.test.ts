/** The spam filter in a process of its own: what becomes of it, messages arrive. */
import { ContactState, Topic } from "@ossagent/im-client/protocol"
import { afterAll, beforeAll, expect, it } from "vitest"
import { createMailboxRoute, type MailboxRoute } from "../mailbox/route.ts"
import { SERVICES } from "../services.ts"
import { spam } from "../spam/service.ts"
import { type Process, startProcess, TOKEN } from "../testing/processes.ts"
import { type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"
import { createMessageClient, type MessageClient } from "./generated/message.client.ts"
import { MESSAGE } from "./generated/message.table.ts"

const [ANN, BOB] = [500_000_000, 500_000_001]
/** More links than the filter lets be. */
const LINKS = Array.from({ length: 12 }, (_, i) => `https://example.com/${i}`).join(" ")
const SPAM = 1
/** Its budget is 30 ms; the rest is for a machine that does other things too. */
const SOON_MS = 2_000

let filter: Process
let im: RunningIm
let message: MessageClient
let route: MailboxRoute
let clientId = 0

beforeAll(async () => {
  filter = await startProcess("spam", {})
  const env = { OSSAGENT_RPC_TOKEN: TOKEN, OSSAGENT_SPAM_TARGETS: filter.target }
  im = await startIm(
    env,
    undefined,
    SERVICES.filter((service) => service !== spam),
  )
  message = createMessageClient(im.channel(MESSAGE, []))
  route = createMailboxRoute(im, ["in:1", "memory:1"])
  const change = { uid: BOB, topic: Topic.contact, subject: ANN, state: ContactState.friend }
  await route.clientOf(BOB).putChanges({ changes: [change] })
  await until("the filter answers", async () => (await send(LINKS)) === SPAM)
})
afterAll(async () => {
  await im?.stop()
  await filter?.end("SIGKILL")
})

/** What Bob's message is flagged as; rejects when it did not arrive. */
async function send(text: string): Promise<number> {
  const from = performance.now()
  await message.send({ uid: ANN, chat: BOB, clientId: ++clientId, text })
  expect(performance.now() - from).toBeLessThan(SOON_MS)
  const { found, item } = await route.clientOf(BOB).find({ uid: BOB, from: ANN, clientId })
  expect(found).toBe(true)
  return item.flags ?? 0
}

async function sendTen(): Promise<number[]> {
  const flags: number[] = []
  for (let i = 0; i < 10; i++) flags.push(await send(LINKS))
  return flags
}

it("a filter that stands still costs its budget and its judgement, and no message", async () => {
  filter.child.kill("SIGSTOP")
  expect(await sendTen()).toEqual(Array(10).fill(0))
  filter.child.kill("SIGCONT")
  await until("it judges again", async () => (await send(LINKS)) === SPAM)
})

it("a filter that is killed, and comes back, costs its judgement, and no message", async () => {
  await filter.end("SIGKILL")
  expect(await sendTen()).toEqual(Array(10).fill(0))
  filter = await filter.again()
  await until("it judges again", async () => (await send(LINKS)) === SPAM)
})

it("a filter that is killed while messages go through it, again and again, loses none of them", async () => {
  let sent = 0
  const sending = (async () => {
    while (sent < 100) {
      await send("hello")
      sent++
    }
  })()
  while (sent < 100) {
    const before = sent
    await until("messages go on", () => sent > before + 20 || sent >= 100)
    await filter.end("SIGKILL")
    filter = await filter.again()
  }
  await sending
})
