import { createHash } from "node:crypto"
import { readdir } from "node:fs/promises"
import { Readable } from "node:stream"
import { gzipSync } from "node:zlib"
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
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

describe("inserts", () => {
  it("take objects, object streams and CSV with empty lines", async () => {
    await command("CREATE TABLE mixed (a UInt32, s String) ENGINE = MergeTree ORDER BY a")
    const { summary } = await client.insert({
      table: "mixed",
      values: [
        { a: 1, s: "x" },
        { a: 4, s: "y" },
      ],
      format: "JSONEachRow",
    })
    expect(summary).toMatchObject({ written_rows: "2" })
    await client.insert({ table: "mixed", values: Readable.from([{ a: 2, s: "ü\n\n;" }]), format: "JSONEachRow" })
    const csv = Readable.from(['3,"line\n\nDROP TABLE mixed;\n\nSELECT 1"\n'], { objectMode: false })
    await client.insert({ table: "mixed", values: csv, format: "CSV" })
    expect(await rowsOf("SELECT s FROM mixed ORDER BY a")).toEqual([
      { s: "x" },
      { s: "ü\n\n;" },
      { s: "line\n\nDROP TABLE mixed;\n\nSELECT 1" },
      { s: "y" },
    ])
  })

  it("never run their data as SQL, wherever it stands", async () => {
    await command("CREATE TABLE victim (a String) ENGINE = MergeTree ORDER BY a")
    const attack = "x\n\nDROP TABLE victim;\n\nDROP TABLE victim\n"
    for (const format of ["CSV", "TSV", "LineAsString"])
      await post(`INSERT INTO victim FORMAT ${format}`, { body: attack })
    await fetch(engine.url, {
      method: "POST",
      headers: credential(),
      body: `INSERT INTO victim FORMAT LineAsString\n${attack}`,
    })
    await post(`INSERT INTO victim VALUES ('a');\n\nDROP TABLE victim`)
    await post(`INSERT INTO victim FORMAT JSONEachRow`, { body: `{"a":"b"}\n\n;DROP TABLE victim;` })
    const [{ n } = { n: 0 }] = await rowsOf<{ n: number }>(
      "SELECT count() AS n FROM victim WHERE a = 'DROP TABLE victim'",
    )
    expect(Number(n)).toBeGreaterThan(0)
  })

  it("take Native and Parquet bytes with arrays, low cardinality and maps", async () => {
    await command(`CREATE TABLE wide (a Array(Float64), s LowCardinality(String),
      m Map(LowCardinality(String), LowCardinality(String)), t DateTime64(3)) ENGINE = MergeTree ORDER BY s`)
    const source = `SELECT [1.5, toFloat64(number)] AS a, toLowCardinality(concat('s', toString(number % 7))) AS s,
      CAST(map('k', toString(number % 3), 'h', 'x'), 'Map(LowCardinality(String), LowCardinality(String))') AS m,
      toDateTime64(number, 3) AS t FROM numbers(100000)`
    for (const format of ["Native", "Parquet", "RowBinary", "ArrowStream"]) {
      const bytes = await bytesOf(await post(`${source} FORMAT ${format}`))
      const stored = await post(`INSERT INTO wide FORMAT ${format}`, { body: new Uint8Array(bytes) })
      expect([format, stored.status, await stored.text()]).toEqual([format, 200, ""])
    }
    const sums = await rowsOf(
      "SELECT toUInt32(count()) AS n, sum(a[2]) AS sum, uniqExact(s) = 7 AS s, uniqExact(m['k']) = 3 AS m FROM wide",
    )
    expect(sums).toEqual([{ n: 400_000, sum: 4 * ((99_999 * 100_000) / 2), s: 1, m: 1 }])
  })

  it("take nothing, in every format that may hold nothing", async () => {
    await command("CREATE TABLE nothing (a UInt8) ENGINE = MergeTree ORDER BY a")
    for (const format of ["JSONEachRow", "CSV", "Native", "RowBinary"])
      expect((await post(`INSERT INTO nothing FORMAT ${format}`, { body: "" })).status).toBe(200)
    await client.insert({ table: "nothing", values: [], format: "JSONEachRow" })
    expect(await rowsOf("SELECT * FROM nothing")).toEqual([])
  })

  it("from a select, in a multi-part body or with bad data say what came of them", async () => {
    await command("CREATE TABLE target (a UInt32) ENGINE = MergeTree ORDER BY a")
    await command("INSERT INTO target SELECT number FROM numbers(10)")
    expect(await rowsOf("SELECT count() = 10 AS ok FROM target")).toEqual([{ ok: 1 }])
    const bad = client.insert({ table: "target", values: [{ a: "no number" }], format: "JSONEachRow" })
    expect(await errorOf(bad)).toMatchObject({ is: true, code: "27" })
    const cut = await post("INSERT INTO target FORMAT Native", { body: new Uint8Array([1, 1, 1, 97]) })
    expect(cut.status).not.toBe(200)
  })

  it("leave no file behind", async () => {
    const left = await Promise.all([
      readdir("/dev/shm").catch(() => []),
      readdir(`${engine.dataDir}/spool`).catch(() => []),
    ])
    const own = createHash("sha256").update(engine.dataDir).digest("hex").slice(0, 16)
    for (const name of left[0].filter((entry) => entry === `ossagent-${own}`))
      await expect.poll(() => readdir(`/dev/shm/${name}`), { timeout: 5_000 }).toEqual([]) // a moment after the answer
    expect(left[1]).toEqual([])
  })
})

describe("gzip", () => {
  it("works both ways through the client", async () => {
    const zipped = connect(engine, { compression: { request: true, response: true } })
    await command("CREATE TABLE zipped (a UInt32, s String) ENGINE = MergeTree ORDER BY a")
    const values = Array.from({ length: 10_000 }, (_, a) => ({ a, s: "x".repeat(100) }))
    await zipped.insert({ table: "zipped", values, format: "JSONEachRow" })
    const set = await zipped.query({ query: "SELECT * FROM zipped ORDER BY a", format: "JSONEachRow" })
    expect(set.response_headers["content-encoding"]).toBe("gzip")
    expect(await set.json()).toEqual(values)
    expect(await errorOf(zipped.query({ query: "SELEC" }))).toMatchObject({ code: "62" })
    await zipped.close()
  })

  it("is refused when it is none", async () => {
    await command("CREATE TABLE unzipped (a String) ENGINE = MergeTree ORDER BY a")
    const bad = await post("INSERT INTO unzipped FORMAT CSV", {
      body: "no gzip",
      headers: { "Content-Encoding": "gzip" },
    })
    expect([bad.status, bad.headers.get("x-clickhouse-exception-code")]).toEqual([400, "271"])
    const half = gzipSync("a\n".repeat(10_000)).subarray(0, 40)
    expect(
      (await post("INSERT INTO unzipped FORMAT CSV", { body: half, headers: { "Content-Encoding": "gzip" } })).status,
    ).toBe(400)
    expect(await rowsOf("SELECT * FROM unzipped")).toEqual([])
  })
})
