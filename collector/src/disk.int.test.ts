import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, describe, expect, it } from "vitest"
import { connect, startTestEngine } from "./engine/testing.ts"
import { ask, startTestCollector, testAgent } from "./testing.ts"

/** Small disks of their own; only root may mount one. */
const disks: string[] = []
function smallDisk(mebibytes: number): string | null {
  const path = mkdtempSync(join(tmpdir(), "ossagent-disk-"))
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path])
  if (status !== 0) return null
  disks.push(path)
  return path
}
const canMount = smallDisk(1) !== null
afterAll(() => {
  for (const path of disks) {
    spawnSync("umount", ["-l", path])
    rmSync(path, { recursive: true, force: true })
  }
})

/** Fills a disk but for `leftBytes`; answers with how to make room again. */
function fill(path: string, leftBytes: number): () => void {
  const ballast = join(path, "ballast")
  writeFileSync(ballast, "")
  for (let left = 1; left > 0; ) {
    const { bavail, bsize } = statfsSync(path)
    left = Math.min(bavail * bsize - leftBytes, 8 * 1024 * 1024)
    if (left > 0) writeFileSync(ballast, Buffer.alloc(left), { flag: "a" })
  }
  return () => rmSync(ballast)
}

const sumOf = async (url: string, metric: string): Promise<number> => {
  const question = { metric, from: Date.now() - 600_000, to: Date.now() + 5_000, stepSec: 10, stats: ["sum" as const] }
  const { series } = await ask(url, "range", question)
  return (series[0]?.values.sum ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0)
}

async function until<T>(find: () => Promise<T>, what: string, forMs = 30_000): Promise<NonNullable<T>> {
  const end = Date.now() + forMs
  for (;;) {
    const found = await find().catch(() => null)
    if (found) return found as NonNullable<T>
    if (Date.now() > end) throw new Error(`${what}: not within ${forMs / 1000} s`)
    await sleep(100)
  }
}
const readiness = async (url: string): Promise<string> => (await fetch(`${url}/readyz`)).text()

describe.skipIf(!canMount)("a full disk", () => {
  it("under the engine: inserts are refused and said, points wait in the log, and are stored once when there is room", async () => {
    const disk = smallDisk(96) as string
    const dataDir = join(disk, "clickhouse")
    mkdirSync(dataDir)
    const minFree = 4 * 1024 * 1024
    const engine = await startTestEngine({
      OSSAGENT_CLICKHOUSE_DATA: dataDir,
      OSSAGENT_CLICKHOUSE_MIN_FREE_BYTES: String(minFree),
    })
    const collector = await startTestCollector(engine, { OSSAGENT_BATCH_MS: "300" })
    const agent = testAgent(collector.url)
    const counter = agent.counter("kept")
    const emit = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        counter.inc()
        await agent.flush()
      }
    }
    await emit(5)
    const makeRoom = fill(disk, minFree / 2)
    await emit(20)
    expect(await until(async () => /store: [^"]*/.exec(await readiness(collector.url))?.[0], "it says so")).toMatch(
      /bytes of disk are free, at least 4194304 must be/,
    )
    await emit(5)
    expect(await sumOf(collector.url, "kept")).toBe(30) // taken, and readable meanwhile
    makeRoom()
    await until(async () => (await readiness(collector.url)).includes('"ok":true'), "it is ready again")
    const client = connect(engine)
    const stored = async (): Promise<number> => {
      const query = "SELECT sum(arraySum(sum)) AS n FROM points_1s WHERE metric = 'kept'"
      return Number(((await (await client.query({ query, format: "JSONEachRow" })).json()) as { n: number }[])[0]?.n)
    }
    await until(async () => (await stored()) >= 30, "all of it is in the tables")
    expect(await stored()).toBe(30)
    expect(await sumOf(collector.url, "kept")).toBe(30)
    await client.close()
    await agent.stop(0)
    await collector.stop()
    await engine.stop()
  }, 90_000)

  it("that the engine itself runs into loses no row that was acknowledged and stores no half of one", async () => {
    const disk = smallDisk(64) as string
    const dataDir = join(disk, "clickhouse")
    mkdirSync(dataDir)
    const engine = await startTestEngine({ OSSAGENT_CLICKHOUSE_DATA: dataDir, OSSAGENT_CLICKHOUSE_MIN_FREE_BYTES: "0" })
    const client = connect(engine)
    await client.command({
      query:
        "CREATE TABLE kept (batch UInt32, s String) ENGINE = MergeTree ORDER BY batch SETTINGS min_bytes_for_wide_part = 0",
    })
    // Random letters, so that it does not compress away.
    const insert = (batch: number) =>
      client.command({
        query: `INSERT INTO kept SELECT ${batch}, randomPrintableASCII(2000) FROM numbers(200) SETTINGS max_insert_threads = 1`,
      })
    const rows = async (): Promise<Map<number, number>> => {
      const set = await client.query({
        query: "SELECT batch, toUInt32(count()) AS n FROM kept GROUP BY batch",
        format: "JSONEachRow",
      })
      return new Map(((await set.json()) as { batch: number; n: number }[]).map(({ batch, n }) => [batch, n]))
    }
    await insert(0)
    const makeRoom = fill(disk, 2 * 1024 * 1024)
    const acknowledged = [0]
    let refusal: (Error & { code?: string }) | null = null
    for (let batch = 1; batch <= 60 && refusal === null; batch++) {
      await insert(batch).then(
        () => acknowledged.push(batch),
        (error) => {
          refusal = error
        },
      )
    }
    expect(refusal).not.toBeNull()
    expect(String((refusal as unknown as Error).message)).toMatch(/space|reserve/i)
    expect(await client.ping({ select: true })).toEqual({ success: true })
    makeRoom()
    await until(() => insert(1_000).then(() => true), "it takes inserts again")
    const found = await rows()
    for (const batch of [...acknowledged, 1_000]) expect([batch, found.get(batch)]).toEqual([batch, 200])
    expect([...found.values()].every((n) => n === 200)).toBe(true)
    await client.close()
    await engine.stop()
  }, 90_000)

  it("under the log: frames are refused with disk_full and 503, agents keep them, and all of it is there when there is room", async () => {
    const disk = smallDisk(4) as string
    const engine = await startTestEngine()
    const collector = await startTestCollector(engine, {
      OSSAGENT_COLLECTOR_DATA: join(disk, "collector"),
      OSSAGENT_BATCH_MS: "60000",
    })
    const troubles: string[] = []
    const agent = testAgent(collector.url, { onTrouble: (message) => troubles.push(message) })
    const counter = agent.counter("kept")
    counter.inc()
    await agent.flush()
    const makeRoom = fill(disk, 0)
    for (let i = 0; i < 40; i++) {
      counter.inc()
      for (let n = 0; n < 20; n++) agent.event("bulk", "u".repeat(100))
      await agent.flush()
    }
    expect(troubles.join("\n")).toContain("the log's disk is full")
    expect((await fetch(`${collector.url}/healthz`)).status).toBe(200)
    makeRoom()
    await until(async () => {
      await agent.flush()
      return (await sumOf(collector.url, "kept")) >= 41
    }, "all points")
    expect(await sumOf(collector.url, "kept")).toBe(41)
    await agent.stop(0)
    await collector.stop()
    await engine.stop()
  }, 90_000)
})
