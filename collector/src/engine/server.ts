import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { EngineError } from "./errors.ts"
import type { QueryHandler } from "./query.ts"
import { parseRequest } from "./request.ts"
import { sendError } from "./respond.ts"

export type ServerParts = {
  port: number
  maxUrlBytes: number
  checkCredential: (headers: IncomingMessage["headers"]) => void
  queries: QueryHandler
}

export type RunningServer = {
  url: string
  /** Stops listening, lets what runs finish within the deadline, then cancels it; false when something runs on. */
  stop: (drainMs: number) => Promise<boolean>
}

const CANCEL_MS = 1_000
const MAX_CONNECTIONS = 1_000

/** Opens ClickHouse's HTTP interface on 127.0.0.1. */
export async function openServer(parts: ServerParts): Promise<RunningServer> {
  const active = new Set<Promise<void>>()
  const server = createServer({ maxHeaderSize: parts.maxUrlBytes, keepAliveTimeout: 30_000 }, (req, res) => {
    const done = route(req, res, parts).catch(() => void res.destroy())
    active.add(done)
    void done.then(() => active.delete(done))
  })
  server.maxConnections = MAX_CONNECTIONS
  server.on("clientError", answerMalformed)
  await listen(server, parts.port)
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, stop: (drainMs) => stopServer(server, active, parts.queries, drainMs) }
}

async function route(req: IncomingMessage, res: ServerResponse, parts: ServerParts): Promise<void> {
  res.setHeader("X-ClickHouse-Server-Display-Name", "ossagent")
  try {
    const url = new URL(req.url ?? "/", "http://127.0.0.1")
    if (url.pathname === "/ping") return void res.end("Ok.\n")
    parts.checkCredential(req.headers)
    if (url.pathname !== "/") return void res.writeHead(404).end(`There is no handle ${url.pathname}\n`)
    if (req.method !== "GET" && req.method !== "POST")
      throw new EngineError("UNSUPPORTED_METHOD", `the method ${req.method} is not supported: use GET or POST`)
    if (req.method === "GET" && !url.searchParams.has("query")) return void res.end("Ok.\n")
    const request = parseRequest(req.method, url, req.headers)
    await parts.queries.handle(req, res, request)
  } catch (error) {
    res.setHeader("Connection", "close")
    sendError(res, "", error)
    req.resume()
  }
}

/** What is no HTTP, or has a URL over the limit, gets an answer too. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return
  const tooLong = error.code === "HPE_HEADER_OVERFLOW"
  const { status, code, body } = tooLong
    ? {
        status: "431 Request Header Fields Too Large",
        code: 229,
        body: "Code: 229. DB::Exception: the URL exceeds the limit (QUERY_IS_TOO_LARGE)\n",
      }
    : { status: "400 Bad Request", code: 1000, body: "Code: 1000. DB::Exception: this is not HTTP (POCO_EXCEPTION)\n" }
  const head = [
    `HTTP/1.1 ${status}`,
    `X-ClickHouse-Exception-Code: ${code}`,
    `Content-Length: ${body.length}`,
    "Connection: close",
  ]
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject)
      resolve()
    })
  })
}

async function stopServer(
  server: Server,
  active: Set<Promise<void>>,
  queries: QueryHandler,
  drainMs: number,
): Promise<boolean> {
  const drained = async (withinMs: number) =>
    await Promise.race([Promise.all(active).then(() => true), sleep(withinMs, false, { ref: false })])
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const inTime = await drained(drainMs)
  if (!inTime) queries.cancelAll()
  const done = inTime || (await drained(CANCEL_MS))
  server.closeAllConnections()
  await closed
  return done || (await drained(CANCEL_MS))
}
