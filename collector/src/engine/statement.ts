import { EngineError } from "./errors.ts"
import { LexicalError, readTokens, type Token } from "./tokens.ts"

/** One statement, sorted by what the engine has to do for it. */
export type Statement =
  /** Takes data: `before` and `after` go around `FROM INFILE '…'`; the data begins at byte `dataAt` of the source. */
  | { kind: "insert"; before: string; after: string; format: string; dataAt: number }
  /** Answers with rows; `format` is what its FORMAT clause says. */
  | { kind: "read"; sql: string; format?: string }
  /** DDL, DML, INSERT … SELECT. */
  | { kind: "command"; sql: string }

const READS = new Set(["SELECT", "WITH", "FROM", "SHOW", "DESC", "DESCRIBE", "EXPLAIN", "EXISTS", "CHECK", "("])

/** A statement that changes the session would do nothing, for each request has a session of its own. */
const SESSION_WORDS = new Set(["SET", "USE", "BEGIN", "COMMIT", "ROLLBACK"])

/**
 * Reads the one statement of a request. An insert's data is never looked at.
 *
 * @param source one char per byte (latin1)
 * @throws EngineError for no statement, several, one that is not closed, or one that is refused (see checkTokens)
 */
export function parseStatement(source: string): Statement {
  const { tokens, insert, end } = readStatement(source)
  checkTokens(tokens)
  if (insert) return insert
  const sql = toText(source.slice(0, end))
  if (!READS.has(upper(tokens[0])) || tokens.some((token) => upper(token) === "INSERT")) return { kind: "command", sql }
  return { kind: "read", sql, format: findFormat(tokens) }
}

/** Names of the statement's `{name:Identifier}` parameters, which stand for names of columns, tables or functions. */
export function readIdentifierParameters(sql: string): string[] {
  const tokens = [...readTokens(toBytes(sql))]
  return tokens.flatMap((token, at) => {
    const isIdentifier = token.text === "{" && tokens[at + 2]?.text === ":" && upper(tokens[at + 3]) === "IDENTIFIER"
    return isIdentifier ? [tokens[at + 1]?.text ?? ""] : []
  })
}

type Insert = Extract<Statement, { kind: "insert" }>
type Read = { tokens: Token[]; end: number; insert?: Insert }

function readStatement(source: string): Read {
  const tokens: Token[] = []
  let end: number | undefined
  const finder = createDataFinder(source)
  try {
    for (const token of readTokens(source)) {
      if (token.text === ";" && token.kind === "symbol") {
        end ??= token.start
        continue
      }
      if (end !== undefined) throw new EngineError("SYNTAX_ERROR", "Multi-statements are not allowed")
      tokens.push(token)
      const insert = finder(token)
      if (insert) return { tokens, end: insert.dataAt, insert }
    }
  } catch (error) {
    if (error instanceof LexicalError) throw new EngineError("SYNTAX_ERROR", `Syntax error: ${error.message}`)
    throw error
  }
  if (tokens.length === 0) throw new EngineError("SYNTAX_ERROR", "Syntax error: Empty query")
  return { tokens, end: end ?? source.length }
}

/**
 * Watches the tokens go by and says when the data of an INSERT begins: after `FORMAT name`, or after `VALUES`. Before
 * that come the target and its columns; SELECT and its like mean that there is no data.
 */
function createDataFinder(source: string): (token: Token) => Insert | undefined {
  let step: "start" | "target" | "rest" | "format" | "none" = "start"
  let depth = 0
  let dotted = false
  let splitAt: number | undefined
  return (token) => {
    const word = dotted ? "" : upper(token) // after a dot it is a name
    dotted = token.text === "."
    if (step === "start") step = word === "INSERT" ? "target" : "none"
    else if (step === "target") step = ["INTO", "TABLE", "FUNCTION"].includes(word) ? "target" : "rest"
    else if (step === "format") return toInsert(source, splitAt ?? token.start, token.text, token.end)
    else if (step === "rest") {
      if (word === "(" || word === ")") depth += word === "(" ? 1 : -1
      if (depth > 0) return undefined
      if (word === "SELECT" || word === "WITH" || word === "FROM") step = "none"
      if (word === "SETTINGS" || word === "FORMAT") splitAt ??= token.start
      if (word === "FORMAT") step = "format"
      if (word === "VALUES") return toInsert(source, splitAt ?? token.start, "Values", token.end, token.start)
    }
    return undefined
  }
}

function toInsert(source: string, splitAt: number, format: string, formatEnd: number, valuesAt?: number): Insert {
  const after =
    valuesAt === undefined ? source.slice(splitAt, formatEnd) : `${source.slice(splitAt, valuesAt)} FORMAT Values`
  return {
    kind: "insert",
    before: toText(source.slice(0, splitAt)),
    after: toText(after),
    format,
    dataAt: skipBeforeData(source, formatEnd),
  }
}

/** Data begins after the first line break, or after the blanks; a semicolon there is an error, as in ClickHouse. */
function skipBeforeData(source: string, from: number): number {
  if (source[from] === ";")
    throw new EngineError("SYNTAX_ERROR", "Syntax error: there is a semicolon before the data of the INSERT")
  const blanks = /[ \t\f]*\r?\n?/y
  blanks.lastIndex = from
  blanks.exec(source)
  return blanks.lastIndex
}

/** `FORMAT name`, at the end or before SETTINGS. */
function findFormat(tokens: readonly Token[]): string | undefined {
  for (let at = tokens.length - 2; at > 0; at--) {
    const [word, name, next] = [tokens[at], tokens[at + 1], tokens[at + 2]]
    if (upper(word) === "FORMAT" && name?.kind === "word" && (!next || upper(next) === "SETTINGS")) return name.text
  }
  return undefined
}

/** Settings that name files or addresses to read, or hold SQL that this check would not see. */
export function isRefusedSetting(name: string): boolean {
  return /^(?:format_(?:template|schema|avro_schema_registry)|additional_(?:table|result)_filter)/i.test(name)
}

/**
 * Refuses what would let the holder of the password read this machine's files. The engine itself denies the table
 * functions and engines (see confine.ts); it does not check the function `file`, templates, INFILE and OUTFILE.
 */
function checkTokens(tokens: readonly Token[]): void {
  const first = upper(tokens[0])
  if (SESSION_WORDS.has(first))
    throw new EngineError(
      "ACCESS_DENIED",
      `${first} is refused: each request has its own session; send settings with the request`,
    )
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== "word" && token.kind !== "quoted") continue
    if (tokens[at - 1]?.text === ".") continue // a column or table of that name
    if (token.kind === "word" && /^(?:in|out)file$/i.test(token.text))
      throw new EngineError(
        "ACCESS_DENIED",
        `${token.text.toUpperCase()} is refused: requests do not read or write files`,
      )
    if (token.text === "file")
      throw new EngineError("ACCESS_DENIED", "the function file is refused; a column of that name is written t.file")
    if (isRefusedSetting(token.text)) throw new EngineError("ACCESS_DENIED", `the setting ${token.text} is refused`)
  }
}

function upper(token: Token | undefined): string {
  return token?.kind === "word" || token?.kind === "symbol" ? token.text.toUpperCase() : ""
}

/** Text as one char per byte, the form that the parser reads. */
export function toBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1")
}

function toText(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8")
}
