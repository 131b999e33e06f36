import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import pg from "pg"
import { afterAll, beforeAll, expect, it } from "vitest"
import { openSocialStores, type SocialStores } from "../social/generated/social.stores.ts"
import { createCaller, type Process, startProcess, TOKEN } from "../testing/processes.ts"
import { connectStores } from "./connect.ts"

const SETS = fileURLToPath(new URL("../../dist/datastore/sets.js", import.meta.url))
const KEYS = Array.from({ length: 300 }, (_, index) => `counter ${index}`)

let postgres: RunningPostgres
let process: Process
let stores: string
const caller = createCaller()

beforeAll(async () => {
  postgres = await startTestPostgres()
  process = await startProcess("datastore", { DATASTORE_ENGINES: `a+b+c+d=${postgres.url}` })
  stores = ["a", "b", "c"].map((name) => `${name}=${process.target}`).join(",")
})
afterAll(async () => {
  caller.stop()
  await process?.end("SIGKILL")
  await postgres?.stop()
})

/** The stores of a service of its own: with its own copy of the map. */
const open = (): SocialStores["counters"] => {
  const places = ["a", "b", "c"].map((name) => ({ name, targets: [process.target] }))
  return openSocialStores(connectStores({ rpc: caller, config: { stores: places, storeTimeoutMs: 8_000 } })).counters
}

interface Command {
  child: ChildProcess
  lines: string[]
  ended: Promise<number | null>
}
function runSets(...args: string[]): Command {
  const env = { OSSAGENT_STORES: stores, OSSAGENT_RPC_TOKEN: TOKEN, OSSAGENT_STORE_TIMEOUT_MS: "5000" }
  const child = spawn(globalThis.process.execPath, [SETS, ...args], { env, stdio: ["ignore", "pipe", "inherit"] })
  const lines: string[] = []
  child.stdout.on("data", (text) => lines.push(`${text}`))
  return { child, lines, ended: once(child, "exit").then(([code]) => code as number | null) }
}

async function countRows(schema: string): Promise<number> {
  const client = new pg.Client(postgres.url)
  await client.connect()
  try {
    const sql = `SELECT count(*)::int AS n FROM "${schema}".store_rows WHERE store = 'social.counters'`
    return (await client.query<{ n: number }>(sql)).rows[0]?.n ?? -1
  } finally {
    await client.end()
  }
}

it("a SET is added while counters are counted up: no call fails, no count is lost or doubled, also when the mover is killed half way", async () => {
  const first = open()
  await Promise.all(KEYS.map((key) => first.put(key, { next: 0 }, 0)))
  const counted = new Map(KEYS.map((key) => [key, 0]))
  let over = false
  let refused = 0
  const worker = async (counters: SocialStores["counters"], from: number): Promise<void> => {
    for (let at = from; !over; at = (at + 7) % KEYS.length) {
      const key = KEYS[at] as string
      const row = await counters.get(key)
      const version = await counters.put(key, { next: (row?.value.next ?? 0) + 1 }, row?.version ?? 0)
      if (version === null) refused++
      else counted.set(key, (counted.get(key) as number) + 1)
    }
  }
  const workers = [first, open(), open()].flatMap((counters, index) =>
    Array.from({ length: 6 }, (_, worker_) => worker(counters, index * 100 + worker_ * 11)),
  )
  const load = Promise.all(workers)
  const killed = runSets("add", "d", process.target)
  await expect.poll(() => killed.lines.join(""), { timeout: 20_000, interval: 5 }).toContain("buckets moved")
  killed.child.kill("SIGKILL")
  await killed.ended
  const again = runSets("add", "d", process.target)
  expect(await again.ended).toBe(0)
  over = true
  await load
  expect(refused).toBeGreaterThan(0)
  const late = open()
  const rows = await late.getMany(KEYS)
  expect(rows.map((row) => row?.value.next)).toEqual(KEYS.map((key) => counted.get(key)))
  const [a, d] = [await countRows("a"), await countRows("d")]
  expect(a + d).toBe(KEYS.length)
  expect(d).toBeGreaterThan(KEYS.length / 3)
  const shown = runSets("show")
  expect(await shown.ended).toBe(0)
  expect(shown.lines.join("")).toMatch(/a {2}512 buckets[\s\S]*d {2}512 buckets/)
})

it("an unknown engine, and no settings, are told in a sentence", async () => {
  const child = spawn(globalThis.process.execPath, [SETS, "show"], { env: { OSSAGENT_STORES: "a,b" } })
  let printed = ""
  child.stderr.on("data", (text) => {
    printed += text
  })
  expect((await once(child, "exit"))[0]).toBe(1)
  expect(printed).toContain("OSSAGENT_STORES is")
  expect(printed).toContain("OSSAGENT_RPC_TOKEN is unset")
})
