import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from "node:http"
import { Agent as HttpsAgent, request as httpsRequest } from "node:https"

const REPLY_BYTES = 64 * 1024
const TIMEOUT_MS = 10_000

/** The agent's own requests, which its HTTP instrument leaves out. */
export const ownRequests = new WeakSet<ClientRequest>()

export interface Reply {
  status: number
  body: unknown
  retryAfterSec: number | null
}

export interface Poster {
  post: (body: Uint8Array) => Promise<Reply>
  close: () => void
}

/** Posts frames over one kept-alive connection; rejects when there is no whole reply within 10 s. */
export function createPoster(collector: URL, key: string): Poster {
  const secure = collector.protocol === "https:"
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 })
  const url = new URL("v1/frames", collector.href.endsWith("/") ? collector : `${collector.href}/`)
  const send = secure ? httpsRequest : httpRequest
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/x-ossagent-frame" }
  const post = (body: Uint8Array): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const request = send(url, {
        method: "POST",
        agent,
        timeout: TIMEOUT_MS,
        headers: { ...headers, "content-length": body.length },
      })
      ownRequests.add(request)
      request.on("socket", (socket) => socket.unref()) // a collector that hangs must not keep the host alive
      request.on("timeout", () => request.destroy(new Error("no reply within 10 s")))
      request.on("error", reject)
      request.on("response", (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on("data", (chunk: Buffer) => {
          size += chunk.length
          if (size <= REPLY_BYTES) chunks.push(chunk)
          else response.destroy(new Error("reply too long"))
        })
        response.on("error", reject)
        response.on("end", () => {
          const after = Number(response.headers["retry-after"])
          resolve({
            status: response.statusCode ?? 0,
            body: parseJson(Buffer.concat(chunks).toString("utf8")),
            retryAfterSec: Number.isFinite(after) ? after : null,
          })
        })
      })
      request.end(body)
    })
  return { post, close: () => agent.destroy() }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // a proxy's page, say: the status alone counts
  }
}
