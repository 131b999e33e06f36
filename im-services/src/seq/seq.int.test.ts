import { setTimeout as sleep } from "node:timers/promises"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import { afterAll, beforeAll, expect, it } from "vitest"
import { createCaller, freePort, type Process, startProcess } from "../testing/processes.ts"
import { createSeqClient, type SeqClient } from "./client.ts"
import { createSeqClient as createCalls } from "./generated/seq.client.ts"
import { SEQ } from "./generated/seq.table.ts"
import { FIRST_GROUP, SECTION_USERS, SHARES } from "./sections.ts"

/** Generous: a machine that is busy with other tests hands over later, not wrongly. */
const LATER = { timeout: 30_000 }
/** One user of each share, and a large group. */
const UIDS = [...Array.from({ length: SHARES }, (_, share) => share * SECTION_USERS + 7), FIRST_GROUP + 5]

let postgres: RunningPostgres
const processes: Process[] = []
const stores: Process[] = []
const allocators: Process[] = []
const caller = createCaller()
/** Held open while the other side stands still, unlike a service's. */
const patient = createCaller({ pingMs: 60_000 })
let client: SeqClient
let settings: Record<string, string>

async function start(name: string, env: Record<string, string>, port?: number): Promise<Process> {
  const one = await startProcess(name, env, port)
  processes.push(one)
  return one
}

async function startAllocator(port?: number): Promise<Process> {
  const at = port ?? (await freePort())
  return start("seq", { ...settings, SEQ_TARGET: `127.0.0.1:${at}` }, at)
}

async function startStore(index: number): Promise<void> {
  const env = { DATASTORE_ENGINES: `${"abc"[index]}=${postgres.url}` }
  stores[index] = await start("datastore", env, stores[index]?.port)
}

beforeAll(async () => {
  postgres = await startTestPostgres()
  for (const name of ["a", "b", "c"])
    stores.push(await start("datastore", { DATASTORE_ENGINES: `${name}=${postgres.url}` }))
  settings = { OSSAGENT_STORES: ["a", "b", "c"].map((name, index) => `${name}=${stores[index]?.target}`).join(",") }
  allocators.push(await startAllocator(), await startAllocator())
  client = createSeqClient(
    caller,
    allocators.map(({ target }) => target),
  )
})
afterAll(async () => {
  caller.stop()
  patient.stop()
  await Promise.all(processes.map((one) => one.end("SIGKILL")))
  await postgres?.stop()
})

const highest = new Map<number, number>()
/** Each number that ever came back, of whatever call, is above every earlier one of its user. */
function check(uids: readonly number[], lasts: readonly number[], counts: readonly number[]): void {
  for (const [index, uid] of uids.entries()) {
    const last = lasts[index] as number
    expect(last - (counts[index] as number)).toBeGreaterThanOrEqual(highest.get(uid) ?? 0)
    highest.set(uid, last)
  }
}
async function allocate(count = 1, timeoutMs = 30_000): Promise<void> {
  const counts = UIDS.map(() => count)
  check(UIDS, await client.allocate(UIDS, counts, { timeoutMs }), counts)
}

/** Allocates one after the other until `done`; answers the longest time without a number, ms. */
async function allocateWhile(done: Promise<unknown>): Promise<number> {
  let over = false
  void done.finally(() => {
    over = true
  })
  let [longest, before] = [0, performance.now()]
  while (!over) {
    await allocate()
    const now = performance.now()
    longest = Math.max(longest, now - before)
    before = now
  }
  return longest
}

const stateOf = async ({ target }: Process): Promise<number[]> =>
  (await createCalls(caller.channel(SEQ, [target])).state({})).shares

it("two allocators share the shares out, and every user's numbers rise by as many as were asked for", async () => {
  await expect
    .poll(async () => (await Promise.all(allocators.map(stateOf))).map(({ length }) => length), LATER)
    .toEqual([8, 8])
  await allocate(1)
  const [user = 0] = UIDS
  const before = highest.get(user) as number
  await allocate(25_000)
  expect(highest.get(user)).toBe(before + 25_000)
})

it("one that stops in order hands over at once", async () => {
  const [, second] = allocators as [Process, Process]
  const load = allocateWhile(sleep(1_500))
  await second.end("SIGTERM")
  expect(await load).toBeLessThan(2_500)
  allocators[1] = await startAllocator(second.port)
  await expect.poll(() => stateOf(allocators[1] as Process), LATER).not.toHaveLength(0)
})

it("one that stood still past its lease refuses when it goes on, and numbers rise over all replies", async () => {
  const [first, second] = allocators as [Process, Process]
  const direct = createCalls(patient.channel(SEQ, [first.target]))
  const own = (await direct.state({})).shares.map((share) => share * SECTION_USERS + 7)
  const { lasts } = await direct.allocate({ uids: own })
  expect(lasts).not.toEqual([])
  check(
    own,
    lasts,
    own.map(() => 1),
  )
  first.child.kill("SIGSTOP")
  // These wait in the sockets of the one that stands still: it finds them when it goes on.
  const late = Array.from({ length: 20 }, () => direct.allocate({ uids: own }, { timeoutMs: 60_000 }))
  try {
    await expect.poll(() => stateOf(second), LATER).toHaveLength(SHARES)
    await allocate(10)
  } finally {
    first.child.kill("SIGCONT")
  }
  for (const reply of await Promise.all(late)) expect(reply.lasts).toEqual([])
  await allocate(10)
})

it("an allocator that is killed is followed by the other within ten seconds", async () => {
  const [first, second] = allocators as [Process, Process]
  await expect.poll(() => stateOf(second), LATER).not.toHaveLength(0)
  const load = allocateWhile(sleep(6_500))
  await second.end("SIGKILL")
  const longest = await load
  expect(longest).toBeGreaterThan(1_000)
  expect(longest).toBeLessThan(10_000)
  expect(await stateOf(first)).toHaveLength(SHARES)
})

it("one of the three stores down: it serves; two down: it refuses; back: it goes on above", async () => {
  await stores[0]?.end("SIGKILL")
  await allocate(20_000)
  await stores[1]?.end("SIGKILL")
  await expect(allocate(1_000_000, 4_500)).rejects.toMatchObject({ code: "unavailable" })
  await expect(allocate(1, 1_000)).rejects.toMatchObject({ code: "unavailable" })
  await Promise.all([0, 1].map(startStore))
  await allocate(1, 20_000)
})

it("everything killed and started again: numbers go on above", async () => {
  await Promise.all([...allocators, ...stores].map((one) => one.end("SIGKILL")))
  await Promise.all([0, 1, 2].map(startStore))
  allocators[0] = await startAllocator(allocators[0]?.port)
  await allocate(1, 20_000)
})
