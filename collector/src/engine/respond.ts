import { randomBytes } from "node:crypto"
import type { ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGzip } from "node:zlib"
import { toEngineError } from "./errors.ts"
import type { EngineRequest } from "./request.ts"
import type { Outcome, Summary } from "./run.ts"

/** Speed over size: on loopback the link is never the narrow part. */
const GZIP_LEVEL = 1

/**
 * Sends an outcome. When the query fails half way, the answer ends with ClickHouse's exception block and the
 * connection breaks, so that no client takes it for whole.
 *
 * @returns the failure half way, already sent; undefined when all went out
 */
export async function sendOutcome(
  res: ServerResponse,
  request: EngineRequest,
  outcome: Outcome,
  startedAt: number,
): Promise<unknown> {
  const tag = randomBytes(8).toString("hex")
  res.writeHead(200, {
    "Content-Type": toContentType(outcome.format),
    "X-ClickHouse-Query-Id": request.queryId,
    "X-ClickHouse-Timezone": "UTC",
    "X-ClickHouse-Exception-Tag": tag,
    "X-ClickHouse-Summary": toSummary(outcome.summary, startedAt),
    ...(outcome.format && { "X-ClickHouse-Format": outcome.format }),
    ...(request.gzip && { "Content-Encoding": "gzip" }),
  })
  let failure: unknown
  const chunks = async function* () {
    try {
      yield* outcome.chunks
    } catch (error) {
      failure = error
      yield toExceptionBlock(tag, toEngineError(error).toBody())
    }
  }
  const source = Readable.from(chunks(), { objectMode: false })
  if (request.gzip) await pipeline(source, createGzip({ level: GZIP_LEVEL }), res, { end: false })
  else await pipeline(source, res, { end: false })
  if (failure) res.socket?.destroySoon()
  else res.end()
  return failure
}

/** Sends an error with the headers and words that ClickHouse's clients know; harmless when the answer has begun. */
export function sendError(res: ServerResponse, queryId: string, thrown: unknown): void {
  const error = toEngineError(thrown)
  if (res.headersSent) return void res.destroy()
  res.writeHead(error.status, {
    "Content-Type": "text/plain; charset=UTF-8",
    "X-ClickHouse-Exception-Code": error.code,
    "X-ClickHouse-Query-Id": queryId,
    ...(error.status === 503 && { "Retry-After": 1 }),
  })
  res.end(error.toBody())
}

function toSummary(summary: Summary, startedAt: number): string {
  const values = {
    read_rows: summary.readRows,
    read_bytes: summary.readBytes,
    written_rows: summary.writtenRows,
    written_bytes: summary.writtenBytes,
    total_rows_to_read: 0,
    result_rows: summary.resultRows,
    result_bytes: 0,
    elapsed_ns: Math.round((performance.now() - startedAt) * 1e6),
  }
  return JSON.stringify(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])))
}

/** `\r\n__exception__\r\n<tag>\r\n<text>\n<length> <tag>\r\n__exception__\r\n`, as ClickHouse writes it since 25.11. */
function toExceptionBlock(tag: string, text: string): Buffer {
  const message = text.endsWith("\n") ? text : `${text}\n`
  return Buffer.from(
    `\r\n__exception__\r\n${tag}\r\n${message}${Buffer.byteLength(message)} ${tag}\r\n__exception__\r\n`,
  )
}

function toContentType(format: string): string {
  if (/^JSON.*EachRow|^NDJSON|^JSONLines/i.test(format)) return "application/x-ndjson; charset=UTF-8"
  if (/^JSON/i.test(format)) return "application/json; charset=UTF-8"
  if (/^CSV/i.test(format)) return "text/csv; charset=UTF-8; header=absent"
  if (/^(TSV|TabSeparated)/i.test(format)) return "text/tab-separated-values; charset=UTF-8"
  if (/^(Native|RowBinary|Parquet|Arrow|ORC|Avro|MsgPack|RawBLOB)/i.test(format)) return "application/octet-stream"
  return "text/plain; charset=UTF-8"
}
