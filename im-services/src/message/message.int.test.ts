import { ContactState, Topic } from "@ossagent/im-client/protocol"
import { RpcError } from "@ossagent/svrkit/rpc"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createMailboxRoute, type MailboxRoute } from "../mailbox/route.ts"
import { schemaOf } from "../mailbox/schema.ts"
import { type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"
import { createMessageClient, type MessageClient } from "./generated/message.client.ts"
import { MESSAGE } from "./generated/message.table.ts"

let im: RunningIm
let message: MessageClient
let route: MailboxRoute
/** Of two SETs. */
let ann: number
let bob: number

beforeAll(async () => {
  im = await startIm()
  message = createMessageClient(im.channel(MESSAGE, []))
  route = createMailboxRoute(im, ["in:1", "memory:1"])
  ann = 400_000_000
  bob = ann + 1
  while (route.setOf(bob) === route.setOf(ann)) bob++
  await befriend(ann, bob)
})
afterAll(() => im?.stop())

async function befriend(uid: number, peer: number): Promise<void> {
  for (const [one, other] of [
    [uid, peer],
    [peer, uid],
  ] as const) {
    const change = { uid: one, topic: Topic.contact, subject: other, state: ContactState.friend }
    await route.clientOf(one).putChanges({ changes: [change] })
  }
}

const has = async (uid: number, clientId: number): Promise<boolean> =>
  (await route.clientOf(uid).find({ uid, from: ann, clientId })).found

/** Runs with the SET of a user standing still at its next commit; `stuck` resolves when one is. */
async function withStuckSet(uid: number, run: (stuck: () => Promise<unknown>) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: im.postgresUrl })
  await client.connect()
  try {
    await client.query("BEGIN")
    await client.query(`LOCK TABLE ${schemaOf(route.setOf(uid))}.message IN EXCLUSIVE MODE`)
    const waits = "SELECT 1 FROM pg_locks WHERE NOT granted"
    await run(() => until("a commit waits", async () => (await client.query(waits)).rowCount === 1))
    await client.query("COMMIT")
  } finally {
    await client.end()
  }
}

describe("what the sender's mailbox has, the receiver's has", () => {
  it("of a message that is sent", async () => {
    await withStuckSet(bob, async (stuck) => {
      const sending = message.send({ uid: ann, chat: bob, clientId: 1, text: "hello" })
      await stuck()
      expect(await has(ann, 1)).toBe(false)
      sending.catch(() => undefined)
    })
    await message.send({ uid: ann, chat: bob, clientId: 1, text: "hello" })
    expect([await has(ann, 1), await has(bob, 1)]).toEqual([true, true])
  })

  it("of a message that is taken back, which a repeat completes", async () => {
    await message.send({ uid: ann, chat: bob, clientId: 2, text: "oops" })
    const recall = { uid: ann, chat: bob, clientId: 3, messageId: 2 }
    await withStuckSet(bob, async (stuck) => {
      const recalling = message.recall(recall)
      await stuck()
      expect(await has(ann, 3)).toBe(false)
      recalling.catch(() => undefined)
    })
    const { seq } = await message.recall(recall)
    expect(await message.recall(recall)).toMatchObject({ seq })
    expect([await has(ann, 3), await has(bob, 3)]).toEqual([true, true])
  })
})

it("a message is taken back in the chat that it was written in, and in no other one", async () => {
  await message.send({ uid: ann, chat: bob, clientId: 5, text: "stays" })
  const code = await message.recall({ uid: ann, chat: ann, clientId: 6, messageId: 5 }).catch((error) => error)
  expect(code).toBeInstanceOf(RpcError)
  expect(code.code).toBe("no_such_message")
})
