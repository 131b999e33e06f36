import type { IncomingMessage, ServerResponse } from "node:http"
import type { Agent } from "../agent.ts"
import { listen } from "./channel.ts"
import { toRoute } from "./route.ts"

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

/** Express says which of its routes it took; where nobody does, the address is made into one. */
type Routed = IncomingMessage & { route?: { path?: unknown }; baseUrl?: unknown }

/** Requests to this process by route, method and status, and those in progress; for every server on `node:http`. */
export function watchHttpServer(agent: Agent): void {
  if (!agent.settings.httpServer) return
  const duration = agent.timer("http.server.duration")
  const inFlight = agent.gauge("http.server.active", { unit: "{request}" })
  const startedAt = new WeakMap<ServerResponse, number>()
  let active = 0
  const leave = ({ request, response }: Exchange, status: number | string): void => {
    const from = startedAt.get(response)
    if (from === undefined) return
    startedAt.delete(response)
    inFlight.set(--active)
    const route = routeOf(request, status)
    duration.with({ route, method: request.method, status }).record(performance.now() - from)
  }
  listen<Exchange>(agent, "http.server.request.start", (exchange) => {
    startedAt.set(exchange.response, performance.now())
    inFlight.set(++active)
    exchange.response.once("close", () => leave(exchange, "aborted"))
  })
  listen<Exchange>(agent, "http.server.response.finish", (exchange) => leave(exchange, exchange.response.statusCode))
}

/** What is not there is one route: a scanner must not use up the metric's series. */
function routeOf(request: Routed, status: number | string): string {
  const path = request.route?.path
  if (typeof path === "string") return `${typeof request.baseUrl === "string" ? request.baseUrl : ""}${path}`
  return status === 404 ? "unknown" : toRoute(request.url ?? "/")
}
