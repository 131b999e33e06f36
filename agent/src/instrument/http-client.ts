import type { ClientRequest, IncomingMessage } from "node:http"
import type { Agent } from "../agent.ts"
import { ownRequests } from "../send/post.ts"
import { listen } from "./channel.ts"

interface Call {
  peer: string
  method: string
  from: number
}

/** As undici publishes it; `fetch` is built on it. */
interface UndiciRequest {
  origin: string | URL
  method: string
}

/** Requests from this process until the head of their answer, by peer, method and status; `error` where none came. */
export function watchHttpClient(agent: Agent): void {
  const duration = agent.timer("http.client.duration")
  const calls = new WeakMap<object, Call>()
  const begin = (request: object, peer: string, method: string): void => {
    calls.set(request, { peer, method, from: performance.now() })
  }
  const end = (request: object, status: number | string): void => {
    const call = calls.get(request)
    if (call === undefined) return
    calls.delete(request)
    const { peer, method, from } = call
    duration.with({ peer, method, status }).record(performance.now() - from)
  }
  listen<{ request: ClientRequest }>(agent, "http.client.request.start", ({ request }) => {
    if (!ownRequests.has(request)) begin(request, peerOf(request), request.method)
  })
  listen<{ request: ClientRequest; response: IncomingMessage }>(
    agent,
    "http.client.response.finish",
    ({ request, response }) => end(request, response.statusCode ?? 0),
  )
  listen<{ request: ClientRequest }>(agent, "http.client.request.error", ({ request }) => end(request, "error"))
  listen<{ request: UndiciRequest }>(agent, "undici:request:create", ({ request }) =>
    begin(request, hostAndPort(new URL(request.origin)), request.method),
  )
  listen<{ request: UndiciRequest; response: { statusCode: number } }>(
    agent,
    "undici:request:headers",
    ({ request, response }) => end(request, response.statusCode),
  )
  listen<{ request: UndiciRequest }>(agent, "undici:request:error", ({ request }) => end(request, "error"))
}

const hostAndPort = ({ hostname, port, protocol }: URL): string =>
  `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`

function peerOf(request: ClientRequest): string {
  const host = String(request.getHeader("host") ?? request.host)
  return hostAndPort(new URL(`${request.protocol}//${host}`))
}
