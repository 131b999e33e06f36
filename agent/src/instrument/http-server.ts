import type { IncomingMessage, ServerResponse } from "node:http"
import type { Agent } from "../agent.ts"
import { listen } from "./channel.ts"
import { toRoute } from "./route.ts"

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

/** Express notes its route on the request. */
type Routed = IncomingMessage & { route?: { path?: unknown }; baseUrl?: unknown }

/** Fastify tells its route on a channel of its own, as it calls the handler. */
interface FastifyCall {
  request: { raw: IncomingMessage }
  route: { url: string }
}

/**
 * Requests to this process by route, method and status, and those in progress; for every server on `node:http`. The route is Express's or
 * Fastify's where one of them took the request; else the address is made into one.
 */
export function watchHttpServer(agent: Agent): void {
  if (!agent.settings.httpServer) return
  const duration = agent.timer("http.server.duration")
  const inFlight = agent.gauge("http.server.active", { unit: "{request}" })
  const startedAt = new WeakMap<ServerResponse, number>()
  const fastifyRoutes = new WeakMap<IncomingMessage, string>()
  let active = 0
  const leave = ({ request, response }: Exchange, status: number | string): void => {
    const from = startedAt.get(response)
    if (from === undefined) return
    startedAt.delete(response)
    inFlight.set(--active)
    const route = fastifyRoutes.get(request) ?? routeOf(request, status)
    duration.with({ route, method: request.method, status }).record(performance.now() - from)
  }
  listen<Exchange>(agent, "http.server.request.start", (exchange) => {
    startedAt.set(exchange.response, performance.now())
    inFlight.set(++active)
    exchange.response.once("close", () => leave(exchange, "aborted"))
  })
  listen<FastifyCall>(agent, "tracing:fastify.request.handler:start", ({ request, route }) => {
    fastifyRoutes.set(request.raw, route.url)
  })
  listen<Exchange>(agent, "http.server.response.finish", (exchange) => leave(exchange, exchange.response.statusCode))
}

/** What is not there is one route: a scanner must not use up the metric's series. */
function routeOf(request: Routed, status: number | string): string {
  const path = request.route?.path
  if (typeof path === "string") return `${typeof request.baseUrl === "string" ? request.baseUrl : ""}${path}`
  return status === 404 ? "unknown" : toRoute(request.url ?? "/")
}
