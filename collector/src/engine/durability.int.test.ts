import { randomUUID } from "node:crypto"
import type { ClickHouseClient } from "@clickhouse/client"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { connect, startTestEngine, type TestEngine } from "./testing.ts"

let engine: TestEngine
let client: ClickHouseClient

beforeAll(async () => {
  engine = await startTestEngine()
  client = connect(engine)
})
afterAll(async () => {
  await client.close()
  await engine.stop()
})

const rowsOf = async <T>(query: string) => (await client.query({ query, format: "JSONEachRow" })).json<T>()
const command = (query: string) => client.command({ query })

describe("a killed engine", () => {
  it("has every insert that it acknowledged, and no half of one", async () => {
    await command("CREATE TABLE kept (batch String, n UInt32) ENGINE = MergeTree ORDER BY batch")
    const acknowledged = new Set<string>()
    const insertUntilItDies = async () => {
      for (;;) {
        const batch = randomUUID()
        const values = Array.from({ length: 100 }, (_, n) => ({ batch, n }))
        try {
          await client.insert({ table: "kept", values, format: "JSONEachRow" })
        } catch {
          return
        }
        acknowledged.add(batch)
      }
    }
    for (let round = 1; round <= 3; round++) {
      const writers = Promise.all([1, 2, 3, 4].map(insertUntilItDies))
      while (acknowledged.size < round * 30) await new Promise(setImmediate)
      await engine.restart("SIGKILL")
      await writers
    }
    const found = await rowsOf<{ batch: string; rows: number }>(
      "SELECT batch, toUInt32(count()) AS rows FROM kept GROUP BY batch",
    )
    expect(found.filter(({ rows }) => rows !== 100)).toEqual([])
    const batches = new Set(found.map(({ batch }) => batch))
    expect([...acknowledged].filter((batch) => !batches.has(batch))).toEqual([])
  })

  it("takes an insert with a known deduplication token for done, also after the restart", async () => {
    await command(`CREATE TABLE once (a UInt32) ENGINE = MergeTree ORDER BY a
      SETTINGS non_replicated_deduplication_window = 10000`)
    const insert = (token: string, a: number) =>
      client.insert({
        table: "once",
        values: [{ a }],
        format: "JSONEachRow",
        clickhouse_settings: { insert_deduplication_token: token },
      })
    const count = async () => (await rowsOf<{ n: number }>("SELECT toUInt32(count()) AS n FROM once"))[0]?.n
    await insert("one", 1)
    await insert("one", 1)
    expect(await count()).toBe(1)
    await insert("two", 1)
    await engine.restart("SIGKILL")
    await insert("one", 1)
    await insert("two", 1)
    expect(await count()).toBe(2)
    await insert("three", 1)
    expect(await count()).toBe(3)
  })
})

describe("a data directory", () => {
  it("is refused to a second process, clearly, and keeps serving the first", async () => {
    const second = startTestEngine({ OSSAGENT_CLICKHOUSE_DATA: engine.dataDir })
    await expect(second).rejects.toThrow(`process ${engine.pid} has it (code 76)`)
    await command("CREATE TABLE still (a UInt8) ENGINE = MergeTree ORDER BY a")
    await client.insert({ table: "still", values: [{ a: 1 }], format: "JSONEachRow" })
    expect(await rowsOf("SELECT a FROM still")).toEqual([{ a: 1 }])
  })
})

describe("an engine that is asked to stop", () => {
  it("finishes what runs, then ends by itself", async () => {
    const running = rowsOf("SELECT sleep(1) AS s")
    while (
      (await rowsOf("SELECT 1 FROM system.processes WHERE query LIKE '%sleep(1)%' AND query NOT LIKE '%processes%'"))
        .length === 0
    );
    await engine.restart("SIGTERM")
    expect(await running).toEqual([{ s: 0 }])
    expect(engine.output()).toContain("engine stopped")
    expect(await rowsOf("SELECT 1 AS one")).toEqual([{ one: 1 }])
  })

  it("cancels what does not finish in time", async () => {
    const endless = client.query({
      query: "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
      query_id: "endless",
    })
    const ended = endless.catch((error: Error) => error)
    while ((await rowsOf("SELECT 1 FROM system.processes WHERE Settings['log_comment'] = 'endless'")).length === 0);
    await engine.restart("SIGTERM")
    expect(await ended).toBeInstanceOf(Error)
    expect(engine.output()).not.toContain("cannot be cancelled")
  })
})
