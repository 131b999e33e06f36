import type { Job } from "./body.ts"
import { EngineError } from "./errors.ts"
import type { EngineRequest } from "./request.ts"
import type { EngineSession } from "./session.ts"
import { readIdentifierParameters } from "./statement.ts"

export type Summary = {
  readRows: number
  readBytes: number
  writtenRows: number
  writtenBytes: number
  resultRows: number
}

/** What a statement came to. `end` frees what `chunks` holds, also when they were not read to the end. */
export type Outcome = {
  format: string
  summary: Summary
  chunks: AsyncIterable<Uint8Array>
  end: () => Promise<void>
}

/** Formats without head and tail: their blocks may be joined, so they are sent while the query runs. */
const STREAMED = new Set(
  ["JSONEachRow", "JSONStringsEachRow", "JSONCompactEachRow", "JSONCompactStringsEachRow", "NDJSON", "JSONLines", "CSV"]
    .concat([
      "TSV",
      "TabSeparated",
      "TSVRaw",
      "TabSeparatedRaw",
      "TSKV",
      "RowBinary",
      "Native",
      "LineAsString",
      "RawBLOB",
    ])
    .map((name) => name.toLowerCase()),
)

/** Results that are not streamed are held in memory whole: their rows are capped by this, unless the request says else. */
const BUFFERED_RESULT_BYTES = 512 * 1024 * 1024

/** Runs one job in a fresh session. Rejects with what the engine throws before the first row. */
export async function runJob(
  session: EngineSession,
  job: Job,
  request: EngineRequest,
  defaults: Record<string, string>,
): Promise<Outcome> {
  const { statement, data } = job
  const format = (statement.kind === "read" ? statement.format : undefined) ?? request.format
  const streams = statement.kind === "read" && STREAMED.has(format.toLowerCase())
  checkParameters(job, request)
  const caps: Record<string, string> =
    streams || statement.kind !== "read" ? {} : { max_result_bytes: String(BUFFERED_RESULT_BYTES) }
  await session.query(toPreparation(request, { ...caps, ...defaults }))
  if (statement.kind === "insert")
    return runInsert(session, `${statement.before} FROM INFILE ${quote(data?.path ?? "")} ${statement.after}`)
  if (streams) return runStream(session, statement.sql, format)
  const result = await session.query(statement.sql, format)
  const summary = { ...NOTHING, readRows: result.rowsRead, readBytes: result.bytesRead, resultRows: result.rowsRead }
  return { format, summary, chunks: toChunks(result.bytes()), end: async () => {} }
}

const NOTHING: Summary = { readRows: 0, readBytes: 0, writtenRows: 0, writtenBytes: 0, resultRows: 0 }

async function runInsert(session: EngineSession, sql: string): Promise<Outcome> {
  const { rowsRead, bytesRead } = await session.query(sql)
  const summary = {
    ...NOTHING,
    readRows: rowsRead,
    readBytes: bytesRead,
    writtenRows: rowsRead,
    writtenBytes: bytesRead,
  }
  return { format: "", summary, chunks: toChunks(new Uint8Array()), end: async () => {} }
}

/** Waits for the first block, so that an error before it still has its own status. */
async function runStream(session: EngineSession, sql: string, format: string): Promise<Outcome> {
  const blocks = session.stream(sql, format)[Symbol.asyncIterator]()
  const first = await blocks.next()
  const chunks = async function* () {
    for (let block = first; !block.done; block = await blocks.next()) yield block.value.raw()
  }
  const end = async () => void (await blocks.return?.())
  return { format, summary: NOTHING, chunks: chunks(), end }
}

async function* toChunks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

/** An identifier parameter may stand for a function, so it must not bring in the one that statements may not name. */
function checkParameters({ statement }: Job, { parameters }: EngineRequest): void {
  if (statement.kind === "insert" || parameters.size === 0) return
  for (const name of readIdentifierParameters(statement.sql))
    if (/\bfile\b|\\/.test(parameters.get(name) ?? ""))
      throw new EngineError("ACCESS_DENIED", `the identifier parameter ${name} is refused`)
}

/** Database, settings and parameters of a request as the statements that set them up in its session. */
function toPreparation(
  { database, settings, parameters, readOnly, queryId }: EngineRequest,
  defaults: Record<string, string>,
): string {
  const { database: fallback = "", ...values } = defaults
  const all = {
    ...values,
    ...Object.fromEntries(settings),
    ...(readOnly ? { readonly: "2" } : {}),
    log_comment: queryId,
  }
  const bound = [...parameters].map(([name, value]) => [`param_${name}`, value])
  const list = [...Object.entries(all), ...bound].map(([name, value]) => `${name} = ${quote(value ?? "")}`)
  return `USE ${quoteName(database ?? fallback)}; SET ${list.join(", ")}`
}

/** A string literal; line breaks too are escaped, for the engine must never see two statements where there is one. */
export function quote(text: string): string {
  const escaped = text.replace(
    /[\\'\n\r\t\0]/g,
    (char) => ({ "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" })[char] ?? `\\${char}`,
  )
  return `'${escaped}'`
}

function quoteName(name: string): string {
  return `\`${name.replace(/[\\`]/g, (char) => `\\${char}`)}\``
}
