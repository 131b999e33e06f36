import { gzipSync } from "node:zlib"
import { type ClickHouseClient, ClickHouseError } from "@clickhouse/client"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { connect, startTestEngine, type TestEngine } from "./testing.ts"

let engine: TestEngine
let client: ClickHouseClient

beforeAll(async () => {
  engine = await startTestEngine({
    OSSAGENT_CLICKHOUSE_MAX_BODY_BYTES: "100000",
    OSSAGENT_CLICKHOUSE_MAX_SPOOL_BYTES: "150000",
    OSSAGENT_CLICKHOUSE_MAX_QUERY_BYTES: "20000",
    OSSAGENT_CLICKHOUSE_MAX_URL_BYTES: "30000",
    OSSAGENT_CLICKHOUSE_MAX_QUERIES: "3",
    OSSAGENT_CLICKHOUSE_MAX_QUEUED: "2",
    OSSAGENT_CLICKHOUSE_QUEUE_MS: "500",
  })
  client = connect(engine)
  await client.command({ query: "CREATE TABLE t (s String) ENGINE = MergeTree ORDER BY s" })
})
afterAll(async () => {
  await client.close()
  await engine.stop()
})

const errorOf = (done: Promise<unknown>) =>
  done.then(
    () => undefined,
    (error: ClickHouseError) => ({ is: error instanceof ClickHouseError, code: error.code, message: error.message }),
  )
const post = (query: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${engine.url}/?query=${encodeURIComponent(query)}`, {
    method: "POST",
    headers: { "X-ClickHouse-User": engine.user, "X-ClickHouse-Key": engine.password, ...headers },
    body,
  })

describe("a limit", () => {
  it("on the body stops an insert, decompressed too, and stores nothing of it", async () => {
    const text = "line of twenty bytes\n".repeat(20_000)
    for (const [body, headers] of [
      [text, {}],
      [new Uint8Array(gzipSync(text)), { "Content-Encoding": "gzip" }],
    ] as const) {
      const answer = await post("INSERT INTO t FORMAT LineAsString", body, headers)
      expect([answer.status, answer.headers.get("x-clickhouse-exception-code")]).toEqual([413, "229"])
      expect(await answer.text()).toContain("exceeds 100000 bytes")
    }
    expect(await (await post("SELECT count() FROM t", "")).text()).toBe("0\n")
    expect((await post("INSERT INTO t FORMAT LineAsString", "fits")).status).toBe(200)
  })

  it("on the statement and on the URL is told", async () => {
    expect(await errorOf(client.query({ query: `SELECT '${"x".repeat(25_000)}'` }))).toMatchObject({
      is: true,
      code: "229",
    })
    expect(await errorOf(client.query({ query: `SELECT ${"1 + ".repeat(7_000)} 1` }))).toMatchObject({
      is: true,
      code: "229",
    })
    expect(await errorOf(client.query({ query: "SELECT 1", query_params: { s: "x".repeat(40_000) } }))).toMatchObject({
      is: true,
      code: "229",
    })
    expect(await client.ping({ select: true })).toEqual({ success: true })
  })

  it("on queries lets some wait and refuses the rest with code 202", async () => {
    const asked = Array.from({ length: 6 }, (_, n) =>
      errorOf(client.query({ query: `SELECT sleep(0.3), ${n}` }).then((set) => set.text())),
    )
    const refused = (await Promise.all(asked)).filter((error) => error !== undefined)
    expect(refused.map(({ code }) => code)).toEqual(["202", "202"])
    const late = Array.from({ length: 4 }, () =>
      errorOf(client.query({ query: "SELECT sleep(1)" }).then((set) => set.text())),
    )
    expect((await Promise.all(late)).filter((error) => error?.message.includes("no slot within 500 ms")).length).toBe(2)
    expect(await client.ping({ select: true })).toEqual({ success: true })
  })

  it("on queries leaves room for inserts", async () => {
    const asked = Array.from({ length: 2 }, () => client.query({ query: "SELECT sleep(1)" }).then((set) => set.text()))
    const startedAt = performance.now()
    await client.insert({ table: "t", values: [{ s: "x" }], format: "JSONEachRow" })
    expect(performance.now() - startedAt).toBeLessThan(900)
    await Promise.all(asked)
  })

  it("on the disk refuses inserts and still answers queries", async () => {
    const full = await startTestEngine({ OSSAGENT_CLICKHOUSE_MIN_FREE_BYTES: String(2 ** 42) })
    const other = connect(full)
    await other.command({ query: "CREATE TABLE t (s String) ENGINE = MergeTree ORDER BY s" })
    expect(await errorOf(other.insert({ table: "t", values: [{ s: "x" }], format: "JSONEachRow" }))).toMatchObject({
      is: true,
      code: "243",
    })
    expect(await (await other.query({ query: "SELECT count() AS n FROM t", format: "CSV" })).text()).toBe("0\n")
    await other.close()
    await full.stop()
  })
})

describe("a wrong setting", () => {
  it("ends the start with all faults, and without the password", async () => {
    const env = {
      OSSAGENT_CLICKHOUSE_PASSWORD: "secret7",
      OSSAGENT_CLICKHOUSE_DATABASE: "a b",
      OSSAGENT_CLICKHOUSE_MAX_QUERIES: "0",
    }
    const error = await startTestEngine(env).catch((thrown: Error) => thrown.message)
    for (const name of Object.keys(env)) expect(error).toContain(name)
    expect(error).not.toContain("secret7")
  })
})
