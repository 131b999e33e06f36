import { Kind } from "@ossagent/im-client/protocol"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { ItemInit, JobInit } from "../mailbox/generated/mailbox.codec.ts"
import { createMailboxRoute, type MailboxRoute } from "../mailbox/route.ts"
import { type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"

const TEA = 2 ** 40 + 7
const ANN = 300_000_000
const MEMBERS = Array.from({ length: 40 }, (_, i) => ANN + 1 + i)
const LONG = "a text that is longer than a reference to it"

let im: RunningIm
let route: MailboxRoute

beforeAll(async () => {
  im = await startIm()
  route = createMailboxRoute(im, ["in:1", "memory:1"])
})
afterAll(() => im?.stop())

/** As message does: the sender's own, and the work for the others in the same transaction. */
async function say(clientId: number, more: Partial<JobInit> = {}): Promise<number> {
  const said = { from: ANN, clientId, kind: Kind.text, text: `${LONG} ${clientId}` }
  const job = { ...said, gid: TEA, members: MEMBERS, ...more }
  const { results } = await route.clientOf(ANN).append({ items: [{ ...said, uid: ANN, chat: TEA }], job })
  return results[0]?.at as number
}

async function find(uid: number, clientId: number): Promise<ItemInit & { seq: number; found: boolean }> {
  const { found, seq, item } = await route.clientOf(uid).find({ uid, from: ANN, clientId })
  return { ...item, seq, found }
}
const allHave = (clientId: number) =>
  until(`all have ${clientId}`, async () => {
    const found = await Promise.all(MEMBERS.map((uid) => find(uid, clientId)))
    return found.every((one) => one.found) ? found : null
  })

it("a message of a group comes to every member, in every SET, after the one before it", async () => {
  for (let id = 1; id <= 30; id++) await say(id)
  const last = await allHave(30)
  expect(new Set(MEMBERS.map((uid) => route.setOf(uid))).size).toBe(2)
  expect(last[0]).toMatchObject({ from: ANN, chat: TEA, kind: Kind.text })
  for (const uid of [MEMBERS[0], MEMBERS.at(-1)] as number[]) {
    const seqs = await Promise.all(Array.from({ length: 30 }, async (_, i) => (await find(uid, i + 1)).seq))
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
  }
})

it("a job that another one did in part is done whole, and nobody has its message twice", async () => {
  const early = MEMBERS.filter((uid) => route.setOf(uid) === 0).slice(0, 5)
  const item = { from: ANN, clientId: 101, chat: TEA, kind: Kind.text, text: `${LONG} 101` }
  const { results } = await route.clientOfSet(0).append({ items: early.map((uid) => ({ ...item, uid })) })
  await say(101)
  const all = await allHave(101)
  for (const [i, uid] of early.entries()) expect(all[MEMBERS.indexOf(uid)]?.seq).toBe(results[i]?.seq)
})

it("a job whose taker died is done by another one when its lease is over, and what follows it in the group waits", async () => {
  const set = route.setOf(ANN)
  // The service's own taker and this one race for each job until this one has one, and does nothing with it.
  let id = 200
  await until("a job is taken here", async () => {
    const taking = route.clientOfSet(set).takeJobs({ set, limit: 10, leaseMs: 1_500 })
    await say(++id)
    const { jobs } = await taking
    return (
      jobs.length > 0 || (await route.clientOfSet(set).takeJobs({ set, limit: 10, leaseMs: 1_500 })).jobs.length > 0
    )
  })
  await say(++id)
  await allHave(id)
  const [before, after] = [await find(MEMBERS[0] as number, id - 1), await find(MEMBERS[0] as number, id)]
  expect(before.seq).toBeLessThan(after.seq)
})
