import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import pg from "pg"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type AuthStores, openAuthStores } from "../auth/generated/auth.stores.ts"
import { openSeqStores, type SeqStores } from "../seq/generated/seq.stores.ts"
import { createCaller, type Process, startProcess } from "../testing/processes.ts"
import { connectStores } from "./connect.ts"

const NAMES = ["a", "b", "c"]
const TIMEOUT_MS = 1_500

let postgres: RunningPostgres
let processes: Process[]
let devices: AuthStores["devices"]
let sections: SeqStores["sections"]
const caller = createCaller()

beforeAll(async () => {
  postgres = await startTestPostgres()
  processes = await Promise.all(
    NAMES.map((name) => startProcess("datastore", { DATASTORE_ENGINES: `${name}=${postgres.url}` })),
  )
  const stores = NAMES.map((name, index) => ({ name, targets: [(processes[index] as Process).target] }))
  const open = connectStores({ rpc: caller, config: { stores, storeTimeoutMs: TIMEOUT_MS } })
  devices = openAuthStores(open).devices
  sections = openSeqStores(open).sections
})
afterAll(async () => {
  caller.stop()
  await Promise.all((processes ?? []).map((one) => one.end("SIGKILL")))
  await postgres?.stop()
})

const kill = (index: number): Promise<void> => (processes[index] as Process).end("SIGKILL")
const restart = async (index: number): Promise<void> => {
  processes[index] = await (processes[index] as Process).again()
}

/** Rows of a store as an engine's table has them: key → version. */
async function readTable(schema: string, store: string): Promise<Record<string, string>> {
  const client = new pg.Client(postgres.url)
  await client.connect()
  try {
    const sql = `SELECT encode(key, 'hex') AS key, version FROM "${schema}".store_rows WHERE store = $1 ORDER BY key`
    const { rows } = await client.query<{ key: string; version: string }>(sql, [store])
    return Object.fromEntries(rows.map(({ key, version }) => [key, version]))
  } finally {
    await client.end()
  }
}

const UIDS = Array.from({ length: 40 }, (_, index) => index + 1)

it("dual: one side dead, back, then the other dead: it goes on, the newest wins, and both sides become alike", async () => {
  const write = (seenAt: number, uids = UIDS) =>
    Promise.all(uids.map((uid) => devices.put(uid, { devices: [{ uid, seenAt }] })))
  const seen = async () => (await devices.getMany(UIDS)).map((row) => row?.value.devices[0]?.seenAt)
  /** Reads until both sides have the same rows; what is read is right from the first. */
  const converges = async (wanted: readonly number[]): Promise<void> => {
    const look = async () => {
      expect(await seen()).toEqual(wanted)
      const [a, b] = [await readTable("a", "auth.devices"), await readTable("b", "auth.devices")]
      return Object.keys(a).length === UIDS.length && JSON.stringify(a) === JSON.stringify(b)
    }
    await expect.poll(look, { timeout: 10_000 }).toBe(true)
  }
  await write(1)
  await kill(0)
  await write(2)
  expect(await seen()).toEqual(UIDS.map(() => 2))
  await restart(0)
  await converges(UIDS.map(() => 2))
  await kill(1)
  await write(3, UIDS.slice(20))
  const mixed = UIDS.map((uid) => (uid > 20 ? 3 : 2))
  expect(await seen()).toEqual(mixed)
  await restart(1)
  await converges(mixed)
})

it("quorum: any one of three dead: it goes on and loses nothing; two: it refuses; back: it goes on", async () => {
  let version = 0
  const write = async (max: number): Promise<void> => {
    const next = await sections.put(7, { max }, version)
    expect(next).toBeGreaterThan(version)
    version = next as number
  }
  await write(1)
  for (const dead of [0, 1, 2]) {
    await kill(dead)
    expect((await sections.get(7))?.value.max).toBe(dead + 1)
    await write(dead + 2)
    expect((await sections.get(7))?.value.max).toBe(dead + 2)
    await restart(dead)
  }
  await Promise.all([kill(1), kill(2)])
  await expect(sections.get(7)).rejects.toMatchObject({ code: "unavailable" })
  await expect(sections.put(7, { max: 99 }, version)).rejects.toMatchObject({ code: "unavailable" })
  await Promise.all([restart(1), restart(2)])
  await expect.poll(() => sections.get(7).catch(() => null), { timeout: 10_000 }).not.toBeNull()
  const stored = await sections.get(7)
  expect([4, 99]).toContain(stored?.value.max)
})
