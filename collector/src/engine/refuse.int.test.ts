import { type ClickHouseClient, ClickHouseError } from "@clickhouse/client"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { toBytes } from "./statement.ts"
import { connect, startTestEngine, type TestEngine } from "./testing.ts"
import { LexicalError, readTokens } from "./tokens.ts"

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
describe("what is refused", () => {
  it("is more than one statement", async () => {
    await command("CREATE TABLE safe (a UInt8) ENGINE = MergeTree ORDER BY a")
    for (const query of ["SELECT 1; DROP TABLE safe", "SELECT ';' /* ; */; DROP TABLE safe"])
      expect(await errorOf(client.command({ query }))).toMatchObject({ code: "62" })
    expect(await rowsOf("SELECT ';' AS a -- ; \n;")).toEqual([{ a: ";" }])
    expect(await rowsOf("SELECT count() = 0 AS ok FROM safe")).toEqual([{ ok: 1 }])
  })

  it("is reading files and addresses of this machine", async () => {
    const queries = [
      "SELECT * FROM file('/etc/passwd', 'LineAsString')",
      "SELECT file('/etc/passwd')",
      "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
      "SELECT * FROM default.`/etc/passwd`",
      "SELECT * FROM remote('127.0.0.1', 'system.one')",
      "SELECT 1 INTO OUTFILE '/tmp/never'",
      "INSERT INTO safe FROM INFILE '/etc/passwd' FORMAT LineAsString",
      "CREATE TABLE f (a String) ENGINE = File(LineAsString, '/etc/passwd')",
      "CREATE DATABASE d ENGINE = Filesystem('/etc')",
      "CREATE DICTIONARY d (a UInt64, b String) PRIMARY KEY a SOURCE(EXECUTABLE(command 'id' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)",
      "BACKUP DATABASE ossagent TO File('/tmp/never')",
      "CREATE USER intruder",
      "SYSTEM SHUTDOWN",
      "DROP DATABASE default",
      "SET max_threads = 1",
    ]
    for (const query of queries)
      expect([query, await errorOf(client.command({ query }))]).toEqual([
        query,
        expect.objectContaining({ code: "497" }),
      ])
    const query_params = { f: "file" }
    const smuggled = client.query({ query: "SELECT arrayMap({f:Identifier}, ['/etc/passwd'])", query_params })
    expect(await errorOf(smuggled)).toMatchObject({ code: "497" })
    expect(await client.ping({ select: true })).toEqual({ success: true })
  })

  it("is what needs a session", async () => {
    expect(await errorOf(client.query({ query: "SELECT 1", session_id: "s" }))).toMatchObject({ code: "48" })
  })
})

describe("the tokenizer", () => {
  type Token = { begin: string | number; end: string | number; type: string }
  const KIND: Record<string, string> = {
    BareWord: "word",
    QuotedIdentifier: "quoted",
    StringLiteral: "string",
    HereDoc: "string",
    Semicolon: "symbol",
  }

  /** Words, names, strings and semicolons up to the first error, after which ClickHouse reads no further. */
  const theirs = (sql: string, tokens: Token[]) => {
    const error = tokens.findIndex(({ type }) => type.startsWith("Error"))
    const sound = (error < 0 ? tokens : tokens.slice(0, error)).filter(
      ({ begin }) => !/\d/.test(toBytes(sql)[Number(begin)] ?? ""),
    )
    return sound.flatMap(({ begin, end, type }) => (KIND[type] ? [`${KIND[type]} ${begin}-${end}`] : []))
  }
  const ours = (sql: string) => {
    const found: string[] = []
    try {
      for (const { kind, start, end, text } of readTokens(toBytes(sql)))
        if (kind !== "number" && !/\d/.test(toBytes(sql)[start] ?? "") && (kind !== "symbol" || text === ";"))
          found.push(`${kind} ${start}-${end}`)
    } catch (error) {
      expect(error).toBeInstanceOf(LexicalError)
    }
    return found
  }

  it("cuts as ClickHouse's own lexer does", async () => {
    const pieces = [
      "'",
      '"',
      "`",
      "\\",
      "\\'",
      "''",
      "$",
      "$a$",
      "--",
      "//",
      "/*",
      "*/",
      "# ",
      "#!",
      "#",
      "-",
      "/",
      " ",
      "\n",
    ]
    const piece = fc.constantFrom(
      ...pieces,
      ";",
      "a",
      "file",
      "(",
      ".",
      "1",
      "0x",
      "1e",
      "_",
      "x'",
      "é",
      "‘",
      "’",
      "“",
      "”",
      "−",
    )
    const sqls = fc.sample(
      fc.array(piece, { maxLength: 14 }).map((parts) => parts.join("")),
      { numRuns: 20_000, seed: 7 },
    )
    await command("CREATE TABLE sqls (n UInt32, sql String) ENGINE = MergeTree ORDER BY n")
    await client.insert({ table: "sqls", values: sqls.map((sql, n) => ({ n, sql })), format: "JSONEachRow" })
    const rows = await rowsOf<{ tokens: Token[] }>("SELECT tokenizeQuery(sql) AS tokens FROM sqls ORDER BY n")
    expect(rows.length).toBe(sqls.length)
    for (const [at, { tokens }] of rows.entries()) {
      const sql = sqls[at] ?? ""
      expect([sql, ours(sql).slice(0, theirs(sql, tokens).length)]).toEqual([sql, theirs(sql, tokens)])
      if (!tokens.some(({ type }) => type.startsWith("Error")))
        expect([sql, ours(sql)]).toEqual([sql, theirs(sql, tokens)])
    }
  })
})
