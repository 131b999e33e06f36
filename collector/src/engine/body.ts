import type { IncomingMessage } from "node:http"
import { createGunzip, type Gunzip } from "node:zlib"
import { EngineError } from "./errors.ts"
import { addName, type EngineRequest } from "./request.ts"
import type { Spool, SpoolFile } from "./spool.ts"
import { parseStatement, type Statement, toBytes } from "./statement.ts"

/** What a request asks for: the statement and, for an insert, its data. */
export type Job = { statement: Statement; data?: SpoolFile }

export type BodyParts = { req: IncomingMessage; request: EngineRequest; spool: Spool; maxQueryBytes: number }

/**
 * Reads a request's statement and spools the data that follows it. The statement comes from the URL, from the body, or
 * from both joined; whatever follows an INSERT's FORMAT is data, down to the last byte, and is not looked at.
 */
export async function readJob(parts: BodyParts): Promise<Job> {
  const body = openBody(parts.req)
  try {
    return await readFrom(body, parts)
  } finally {
    await body.leave()
  }
}

async function readFrom(body: Body, { req, request, spool, maxQueryBytes }: BodyParts): Promise<Job> {
  const inUrl = toBytes(request.query)
  const insert = tryInsert(inUrl)
  if (insert) {
    const data = await spoolRest(spool, Buffer.from(inUrl.slice(insert.dataAt), "latin1"), body)
    return { statement: insert, data }
  }
  const { bytes, complete } = await readHead(body, maxQueryBytes)
  const inBody = await toQueryText(req, request, bytes)
  const source = inUrl && inBody ? `${inUrl}\n${inBody}` : inUrl || inBody
  const statement = parseHead(source, complete, maxQueryBytes)
  if (statement.kind === "insert") {
    const data = await spoolRest(spool, Buffer.from(source.slice(statement.dataAt), "latin1"), body)
    return { statement, data }
  }
  if (!complete) throw tooLong(maxQueryBytes)
  return { statement }
}

function tryInsert(source: string): Extract<Statement, { kind: "insert" }> | undefined {
  if (source.trim() === "") return undefined
  try {
    const statement = parseStatement(source)
    return statement.kind === "insert" ? statement : undefined
  } catch (error) {
    if (error instanceof EngineError && error.type === "SYNTAX_ERROR") return undefined // the body may complete it
    throw error
  }
}

function parseHead(source: string, complete: boolean, maxQueryBytes: number): Statement {
  try {
    return parseStatement(source)
  } catch (error) {
    throw complete ? error : tooLong(maxQueryBytes)
  }
}

function tooLong(maxQueryBytes: number): EngineError {
  return new EngineError("QUERY_IS_TOO_LARGE", `Query is too large: the statement exceeds ${maxQueryBytes} bytes`)
}

/** A pull on the body's bytes. After `leave`, what was not pulled can be thrown away and the connection is usable. */
type Body = { next: () => Promise<Buffer | undefined>; leave: () => Promise<void> }

function openBody(req: IncomingMessage): Body {
  const encoding = req.headers["content-encoding"]?.toLowerCase() ?? ""
  if (encoding !== "" && encoding !== "identity" && encoding !== "gzip")
    throw new EngineError("NOT_IMPLEMENTED", `Content-Encoding ${JSON.stringify(encoding)} is not supported: use gzip`)
  const stream = encoding === "gzip" ? openGzip(req) : req
  const chunks: AsyncIterator<Buffer> = stream.iterator({ destroyOnReturn: false })
  return {
    next: async () => {
      const { value, done } = await chunks.next().catch((cause) => {
        if (!String(cause.code).startsWith("Z_")) throw cause // the client has gone
        throw new EngineError("CANNOT_DECOMPRESS", `Cannot decompress the body: ${cause.message}`, { cause })
      })
      return done ? undefined : value
    },
    leave: async () => void (await chunks.return?.()),
  }
}

function openGzip(req: IncomingMessage): Gunzip {
  const gunzip = createGunzip()
  gunzip.on("error", () => undefined) // the reader gets it; a second one, after the reader has gone, is of no interest
  req.once("error", (error) => gunzip.destroy(error))
  req.once("aborted", () => gunzip.destroy(new Error("the client has gone")))
  return req.pipe(gunzip)
}

async function readHead(body: Body, limit: number): Promise<{ bytes: Buffer; complete: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  while (size <= limit) {
    const chunk = await body.next()
    if (!chunk) return { bytes: Buffer.concat(chunks), complete: true }
    chunks.push(chunk)
    size += chunk.length
  }
  return { bytes: Buffer.concat(chunks), complete: false }
}

/** A multipart body carries the query and long parameters as fields (the client's `use_multipart_params`). */
async function toQueryText(req: IncomingMessage, request: EngineRequest, bytes: Buffer): Promise<string> {
  const type = req.headers["content-type"] ?? ""
  if (!type.toLowerCase().startsWith("multipart/form-data")) return bytes.toString("latin1")
  const fields = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } })
    .formData()
    .catch((cause) => {
      throw new EngineError(
        "SYNTAX_ERROR",
        `Syntax error: the body is not the multipart form it says: ${cause.message}`,
      )
    })
  let query = ""
  for (const [name, value] of fields) {
    if (name === "query") query = toBytes(String(value))
    else addName(name, String(value), request.settings, request.parameters)
  }
  return query
}

async function spoolRest(spool: Spool, first: Buffer, body: Body): Promise<SpoolFile> {
  const file = await spool.open()
  try {
    if (first.length > 0) await file.write(first)
    for (let chunk = await body.next(); chunk; chunk = await body.next()) await file.write(chunk)
    await file.finish()
    return file
  } catch (error) {
    await file.remove()
    throw error
  }
}
