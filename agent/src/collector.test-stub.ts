import { once } from "node:events"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import {
  decodeFrame,
  decodeNames,
  decodePoints,
  type FrameHeader,
  type FrameItems,
  type NamedSeries,
  SECTION,
} from "@ossagent/wire"

/** A point as the stub read it. */
export interface StubPoint {
  second: number
  id: number
  sum: number
  count: number
}

export interface StubFrame {
  header: FrameHeader
  named: NamedSeries[]
  points: StubPoint[]
  items: FrameItems<unknown>[]
  status: number
}

export interface StubReply {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** A collector's door on loopback that keeps what it is sent and answers as it is told, 200 when told nothing. */
export async function startStub(replies: StubReply[] = []) {
  const frames: StubFrame[] = []
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const ok = { status: 200, body: { accepted: 1, now: Date.now() } }
      const reply: StubReply = request.url === "/v1/frames" ? (replies.shift() ?? ok) : { status: 404 }
      if (request.url === "/v1/frames") frames.push({ ...read(body), status: reply.status })
      response.writeHead(reply.status, reply.headers).end(JSON.stringify(reply.body ?? null))
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, "close")
  }
  return { url, frames, replies, close, sums: () => sumsOf(frames) }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function read(bytes: Uint8Array): Omit<StubFrame, "status"> {
  const { header, sections } = decodeFrame(bytes)
  const frame: Omit<StubFrame, "status"> = { header, named: [], points: [], items: [] }
  for (const { type, body } of sections) {
    if (type === SECTION.names) frame.named.push(...decodeNames(body))
    else if (type !== SECTION.points) frame.items.push(JSON.parse(new TextDecoder().decode(body)))
    else {
      decodePoints(body, (second, { length, ids, sum, count }) => {
        for (let i = 0; i < length; i++) {
          frame.points.push({ second, id: ids[i] as number, sum: sum[i] as number, count: count[i] ?? 0 })
        }
      })
    }
  }
  return frame
}

/** Sum of every metric over the frames that were stored: each identity counts once. */
function sumsOf(frames: readonly StubFrame[]): Record<string, number> {
  const names = new Map<string, string>()
  for (const { header, named } of frames) {
    for (const { id, series } of named) names.set(`${header.agent} ${id}`, series.metric)
  }
  const sums: Record<string, number> = {}
  const seen = new Set<string>()
  for (const { header, points, status } of frames) {
    const identity = `${header.agent} ${header.epoch} ${header.sequence}`
    if (status !== 200 || seen.has(identity)) continue
    seen.add(identity)
    for (const { id, sum } of points) {
      const metric = names.get(`${header.agent} ${id}`) ?? "unnamed"
      sums[metric] = (sums[metric] ?? 0) + sum
    }
  }
  return sums
}
