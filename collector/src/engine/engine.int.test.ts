import { Readable } from "node:stream"
import { type ClickHouseClient, createClient } from "@clickhouse/client"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "./testing.ts"

let engine: TestEngine
let client: ClickHouseClient

const connect = (more: Parameters<typeof createClient>[0] = {}) =>
  createClient({
    url: engine.url,
    username: engine.user,
    password: engine.password,
    database: engine.database,
    ...more,
  })
const rowsOf = async <T>(query: string, more: object = {}) =>
  (await client.query({ query, format: "JSONEachRow", ...more })).json<T>()
const command = (query: string) => client.command({ query })

beforeAll(async () => {
  engine = await startTestEngine()
  client = connect()
})
afterAll(async () => {
  await client.close()
  await engine.stop()
})

describe("queries", () => {
  it("answers a ping and a select", async () => {
    expect(await client.ping()).toEqual({ success: true })
    expect(await client.ping({ select: true })).toEqual({ success: true })
    expect(await rowsOf("SELECT 1 AS one, currentDatabase() AS db")).toEqual([{ one: 1, db: "ossagent" }])
  })
})

describe("inserts", () => {
  it("stores objects, object streams and CSV with empty lines", async () => {
    await command("CREATE TABLE mixed (a UInt32, s String) ENGINE = MergeTree ORDER BY a")
    await client.insert({ table: "mixed", values: [{ a: 1, s: "x" }], format: "JSONEachRow" })
    await client.insert({ table: "mixed", values: Readable.from([{ a: 2, s: "ü\n\n;" }]), format: "JSONEachRow" })
    const csv = Readable.from(['3,"line\n\nDROP TABLE mixed;\n\nSELECT 1"\n'], { objectMode: false })
    await client.insert({ table: "mixed", values: csv, format: "CSV" })
    expect(await rowsOf("SELECT * FROM mixed ORDER BY a")).toEqual([
      { a: 1, s: "x" },
      { a: 2, s: "ü\n\n;" },
      { a: 3, s: "line\n\nDROP TABLE mixed;\n\nSELECT 1" },
    ])
  })
})
