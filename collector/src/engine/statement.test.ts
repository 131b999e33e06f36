import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseStatement, readIdentifierParameters, toBytes } from "./statement.ts"

const parse = (sql: string) => parseStatement(toBytes(sql))
const dataOf = (sql: string) => {
  const statement = parse(sql)
  return statement.kind === "insert"
    ? Buffer.from(toBytes(sql).slice(statement.dataAt), "latin1").toString()
    : undefined
}

describe("one statement", () => {
  it("is not two for a semicolon in a string, a comment, a name or at the end", () => {
    for (const sql of [
      "SELECT ';'",
      "SELECT 1 -- ;\n",
      "SELECT 1 AS `;`",
      "SELECT 1;",
      "SELECT 1 ; ; -- end",
      "SELECT $$;$$",
    ])
      expect(parse(sql).kind).toBe("read")
  })

  it("is refused with a second one, however that is hidden", () => {
    for (const sql of [
      "SELECT 1; SELECT 2",
      "SELECT ''';';DROP TABLE t",
      "SELECT 1 /* ' */;DROP TABLE t --'",
      ";SELECT 1;SELECT 2",
    ])
      expect(() => parse(sql)).toThrow("Multi-statements are not allowed")
  })

  it("is refused when empty or not closed", () => {
    for (const sql of ["", " \n", "-- only this", ";"]) expect(() => parse(sql)).toThrow("Empty query")
    expect(() => parse("SELECT 'a")).toThrow("not closed")
  })

  it("keeps letters beyond ASCII", () => {
    expect(parse("SELECT 'höhe – 高'")).toEqual({ kind: "read", sql: "SELECT 'höhe – 高'", format: undefined })
  })
})

describe("the kind of a statement", () => {
  it("tells rows from changes and finds the format clause", () => {
    expect(parse("(SELECT 1)\nFORMAT JSON")).toMatchObject({ kind: "read", format: "JSON" })
    expect(parse("WITH 1 AS x SELECT x FORMAT CSV SETTINGS max_threads = 1")).toMatchObject({
      kind: "read",
      format: "CSV",
    })
    expect(parse("SELECT format FROM t")).toMatchObject({ kind: "read", format: undefined })
    expect(parse("CREATE TABLE t (a Int8) ENGINE = Memory")).toMatchObject({ kind: "command" })
    expect(parse("INSERT INTO t SELECT 1")).toMatchObject({ kind: "command" })
    expect(parse("WITH 1 AS x INSERT INTO t SELECT x")).toMatchObject({ kind: "command" })
  })

  it("splits an insert where the file goes", () => {
    expect(parse("INSERT INTO db.t (a, `b`) SETTINGS x = 1 FORMAT Native")).toMatchObject({
      kind: "insert",
      before: "INSERT INTO db.t (a, `b`) ",
      after: "SETTINGS x = 1 FORMAT Native",
      format: "Native",
    })
    expect(parse("insert into t values (1), (2)")).toMatchObject({ before: "insert into t ", after: " FORMAT Values" })
  })

  it("does not take a name for a clause", () => {
    for (const sql of [
      "INSERT INTO format FORMAT CSV\n1",
      "INSERT INTO db.values (select, `format`) FORMAT CSV\n1",
      "INSERT INTO TABLE db.format FORMAT CSV\n1",
    ])
      expect(dataOf(sql)).toBe("1")
  })

  it("takes all that follows the format for data, and begins as ClickHouse does", () => {
    expect(dataOf("INSERT INTO t FORMAT CSV\n1,'x';\n\nDROP TABLE t")).toBe("1,'x';\n\nDROP TABLE t")
    expect(dataOf("INSERT INTO t FORMAT CSV  \t\r\n\n1")).toBe("\n1")
    expect(dataOf("INSERT INTO t FORMAT CSV 1")).toBe("1")
    expect(dataOf("INSERT INTO t FORMAT CSV\n;1")).toBe(";1")
    expect(() => parse("INSERT INTO t FORMAT CSV; 1")).toThrow("semicolon before the data")
  })

  it("never looks at the data of an insert", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const data = Buffer.from(bytes).toString("latin1")
        const head = "INSERT INTO t FORMAT RowBinary\n"
        expect(parseStatement(head + data)).toMatchObject({ kind: "insert", dataAt: head.length })
      }),
    )
  })
})

describe("what is refused", () => {
  const refused = (sql: string) => expect(() => parse(sql), sql).toThrow("refused")

  it("is whatever reads or writes files past the engine's own grants", () => {
    refused("SELECT file('/etc/passwd')")
    refused("SELECT `file`('/etc/passwd')")
    refused("SELECT \"\\x66ile\"('/etc/passwd')")
    refused("SELECT * APPLY file FROM (SELECT '/etc/passwd')")
    refused("SELECT arrayMap(file, ['/etc/passwd'])")
    refused("SELECT 1 INTO /* */ OUTFILE '/tmp/x'")
    refused("EXPLAIN SELECT 1 INTO OUTFILE '/tmp/x'")
    refused("INSERT INTO t FROM INFILE '/etc/passwd' FORMAT LineAsString")
    refused("INSERT INTO t SETTINGS format_schema = '/etc/passwd:x' FORMAT Protobuf")
    refused("SELECT 1 FORMAT Template SETTINGS format_template_row = '/etc/passwd'")
  })

  it("is what would need a session", () => {
    refused("SET max_threads = 1")
    refused("USE system")
  })

  it("does not hold for strings and qualified names", () => {
    for (const sql of [
      "SELECT 'file(x) INTO OUTFILE'",
      "SELECT t.file FROM t",
      "SELECT 1 -- file('x')",
      "SELECT FILE, files FROM t",
    ])
      expect(parse(sql).kind).toBe("read")
  })

  it("can be told for parameters that stand for names", () => {
    expect(
      readIdentifierParameters("SELECT {a:Identifier}, {b : String}, '{c:Identifier}' FROM { d :identifier}"),
    ).toEqual(["a", "d"])
  })
})
