import { once } from "node:events"
import { Readable } from "node:stream"
import { type ClickHouseClient, ClickHouseError } from "@clickhouse/client"
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

const rowsOf = async <T>(query: string, more: object = {}) =>
  (await client.query({ query, format: "JSONEachRow", ...more })).json<T>()
const command = (query: string) => client.command({ query })
const errorOf = (done: Promise<unknown>) =>
  done.then(
    () => undefined,
    (error: ClickHouseError) => ({ is: error instanceof ClickHouseError, code: error.code, type: error.type }),
  )
const credential = () => ({ "X-ClickHouse-User": engine.user, "X-ClickHouse-Key": engine.password })
const post = (
  query: string,
  more: { body?: string | Uint8Array; headers?: Record<string, string>; search?: string } = {},
) =>
  fetch(`${engine.url}/?query=${encodeURIComponent(query)}${more.search ?? ""}`, {
    method: "POST",
    headers: { ...credential(), ...more.headers },
    body: more.body,
  })

describe("who may come in", () => {
  it("needs no credential for a ping", async () => {
    expect(await (await fetch(`${engine.url}/ping`)).text()).toBe("Ok.\n")
    expect(await client.ping()).toEqual({ success: true })
    expect(await client.ping({ select: true })).toEqual({ success: true })
  })

  it("is refused with ClickHouse's code 516 for a wrong password, user or none", async () => {
    for (const [username, password] of [
      ["ossagent", "wrong"],
      ["other", engine.password],
      ["", ""],
    ]) {
      const stranger = connect(engine, { username, password })
      expect(await errorOf(stranger.query({ query: "SELECT 1" }))).toEqual({
        is: true,
        code: "516",
        type: "AUTHENTICATION_FAILED",
      })
      await stranger.close()
    }
    const bare = await fetch(`${engine.url}/?query=SELECT+1`)
    expect([bare.status, bare.headers.get("x-clickhouse-exception-code")]).toEqual([403, "516"])
    expect((await post("SELECT 1")).status).toBe(200)
  })

  it("never prints a password", () => {
    expect(engine.output()).not.toContain(engine.password)
  })
})

describe("queries", () => {
  it("answer in every kind of format, in the database of the request", async () => {
    expect(await rowsOf("SELECT 1 AS one, currentDatabase() AS db")).toEqual([{ one: 1, db: "ossagent" }])
    const json = await (
      await client.query({ query: "SELECT number FROM numbers(200000)", format: "JSON" })
    ).json<object>()
    expect([json.rows, json.data.length]).toEqual([200_000, 200_000])
    const csv = await (await client.query({ query: "SELECT 1 AS a", format: "CSVWithNames" })).text()
    expect(csv).toBe('"a"\n1\n')
    expect(await (await post("SELECT currentDatabase()", { search: "&database=system" })).text()).toBe("system\n")
    expect(await (await post("SELECT 1 AS a", { search: "&default_format=JSONEachRow" })).text()).toBe('{"a":1}\n')
  })

  it("take parameters of all types", async () => {
    const query_params = {
      s: "it's\n\t\\ ; -- 'ü",
      n: -5,
      big: 2n ** 63n,
      list: ["a'b", "c,d"],
      map: new Map([["k'", 1]]),
      at: new Date("2026-01-02T03:04:05.678Z"),
      none: null,
      t: "one",
      flag: true,
    }
    const query = `SELECT {s:String} AS s, {n:Int32} AS n, toString({big:UInt64}) AS big, {list:Array(String)} AS list,
      {map:Map(String, UInt8)} AS map, toUnixTimestamp64Milli({at:DateTime64(3)}) AS at, {none:Nullable(Int8)} AS none,
      {flag:Bool} AS flag, * FROM system.{t:Identifier}`
    expect(await rowsOf(query, { query_params })).toEqual([
      {
        s: query_params.s,
        n: -5,
        big: "9223372036854775808",
        list: ["a'b", "c,d"],
        map: { "k'": 1 },
        at: expect.anything(),
        none: null,
        flag: true,
        dummy: 0,
      },
    ])
    const long = await rowsOf<{ n: string }>("SELECT length({s:String}) AS n", {
      query_params: { s: "x".repeat(50_000) },
      use_multipart_params: true,
    })
    expect(Number(long[0]?.n)).toBe(50_000)
  })

  it("keep settings and parameters to themselves, also side by side", async () => {
    const clickhouse_settings = { max_threads: 1, max_result_rows: "1" }
    expect(await rowsOf("SELECT getSetting('max_threads') AS n", { clickhouse_settings })).toEqual([{ n: 1 }])
    expect((await rowsOf("SELECT number FROM numbers(10)")).length).toBe(10)
    expect(await errorOf(client.query({ query: "SELECT {s:String}" }))).toMatchObject({ code: "456" })
    const asked = Array.from({ length: 200 }, (_, n) =>
      rowsOf("SELECT {n:UInt32} AS n, getSetting('max_block_size') AS b", {
        query_params: { n },
        clickhouse_settings: { max_block_size: String(1000 + n) },
      }),
    )
    const answers = (await Promise.all(asked)).flat() as { n: number; b: string | number }[]
    expect(answers.map(({ n, b }) => [n, Number(b)])).toEqual(Array.from({ length: 200 }, (_, n) => [n, 1000 + n]))
  })

  it("stream a million rows out", async () => {
    const set = await client.query({
      query: "SELECT number, toString(number) AS s FROM numbers(1000000)",
      format: "JSONEachRow",
    })
    let rows = 0
    for await (const chunk of set.stream()) rows += chunk.length
    expect(rows).toBe(1_000_000)
  })

  it("run eight at once", async () => {
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: 8 }, () => rowsOf("SELECT sleep(1)")))
    expect(performance.now() - startedAt).toBeLessThan(2500)
  })

  it("by GET cannot change anything", async () => {
    const get = (query: string) => fetch(`${engine.url}/?query=${encodeURIComponent(query)}`, { headers: credential() })
    expect(await (await get("SELECT 1")).text()).toBe("1\n")
    expect((await get("CREATE TABLE by_get (a Int8) ENGINE = Memory")).headers.get("x-clickhouse-exception-code")).toBe(
      "164",
    )
  })

  it("tell their id, format and summary", async () => {
    const set = await client.query({ query: "SELECT 1", query_id: "my-query" })
    expect(set.query_id).toBe("my-query")
    expect(set.response_headers).toMatchObject({ "x-clickhouse-query-id": "my-query", "x-clickhouse-format": "JSON" })
    await set.text()
  })
})

describe("errors", () => {
  it("come with ClickHouse's code and type", async () => {
    const cases = [
      ["SELEC 1", "62", "SYNTAX_ERROR"],
      ["SELECT * FROM nowhere", "60", "UNKNOWN_TABLE"],
      ["SELECT throwIf(1, 'boom')", "395", "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"],
    ] as const
    for (const [query, code, type] of cases) {
      expect(await errorOf(client.query({ query }))).toEqual({ is: true, code, type })
      expect(await errorOf(client.exec({ query }))).toEqual({ is: true, code, type })
    }
    const clickhouse_settings = { no_such_setting: 1 }
    expect(await errorOf(client.exec({ query: " " }))).toMatchObject({ code: "62" })
    expect(await errorOf(client.query({ query: "SELECT 1", clickhouse_settings }))).toMatchObject({ code: "115" })
    const unknown = connect(engine, { database: "nope" })
    expect(await errorOf(unknown.query({ query: "SELECT 1" }))).toMatchObject({ code: "81" })
    await unknown.close()
  })

  it("half way through a stream break it, with code and type", async () => {
    const set = await client.query({
      query: "SELECT throwIf(number = 900000, 'boom') FROM numbers(1000000)",
      format: "JSONEachRow",
    })
    const read = async () => {
      for await (const _ of set.stream());
    }
    expect(await errorOf(read())).toMatchObject({ is: true, code: "395" })
    const cut = await post("SELECT throwIf(number = 900000, 'boom') FROM numbers(1000000) FORMAT CSV")
    await expect(cut.text()).rejects.toThrow()
  })

  it("of memory stop the query, not the engine", async () => {
    const hungry = {
      query: "SELECT groupArray(number) FROM numbers(100000000)",
      clickhouse_settings: { max_memory_usage: "100000000" },
    }
    expect(await errorOf(client.query(hungry))).toMatchObject({ code: "241" })
    expect(await client.ping({ select: true })).toEqual({ success: true })
  })

  it("stop a query after its max_execution_time", async () => {
    const query = "SELECT sleepEachRow(0.1) FROM numbers(1000) SETTINGS max_block_size = 1"
    expect(await errorOf(client.query({ query, clickhouse_settings: { max_execution_time: 1 } }))).toMatchObject({
      code: "159",
    })
  })
})

describe("a client that goes", () => {
  const runningOf = (id: string) => rowsOf(`SELECT query FROM system.processes WHERE Settings['log_comment'] = '${id}'`)
  const until = async (id: string, count: number) => {
    while ((await runningOf(id)).length !== count);
  }

  it("takes its query along", async () => {
    for (const [id, format] of [
      ["gone-1", "JSONEachRow"],
      ["gone-2", "JSON"],
    ] as const) {
      const abort = new AbortController()
      const query = "SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1"
      const asked = client.query({ query, query_id: id, format, abort_signal: abort.signal }).catch((error) => error)
      await until(id, 1)
      expect(await errorOf(client.query({ query: "SELECT 1", query_id: id }))).toMatchObject({ code: "216" })
      abort.abort()
      await until(id, 0)
      expect(await asked).toBeInstanceOf(Error)
    }
  })

  it("half way through an answer ends the query", async () => {
    const set = await client.query({
      query: "SELECT number, repeat('x', 100) FROM numbers(10000000000)",
      query_id: "gone-3",
      format: "JSONEachRow",
    })
    for await (const _ of set.stream()) break
    set.close()
    await until("gone-3", 0)
  })

  it("half way through an insert stores nothing", async () => {
    await command("CREATE TABLE half (a UInt32) ENGINE = MergeTree ORDER BY a")
    const abort = new AbortController()
    const values = new Readable({ objectMode: true, read() {} })
    for (let a = 0; a < 1000; a++) values.push({ a })
    const asked = client
      .insert({ table: "half", values, format: "JSONEachRow", abort_signal: abort.signal, query_id: "gone-4" })
      .catch((error) => error)
    await once(values, "pause").catch(() => undefined)
    abort.abort()
    expect(await asked).toBeInstanceOf(Error)
    expect(await rowsOf("SELECT count() = 0 AS none FROM half")).toEqual([{ none: 1 }])
  })
})
