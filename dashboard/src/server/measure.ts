import type { IncomingMessage, ServerResponse } from "node:http"
import type { Agent } from "@ossagent/agent"

/** Pages and calls by their form; `$1` is what the form keeps. Few, whatever is asked for. */
const ROUTES: [form: RegExp, route: string][] = [
  [/^\/_next\/.*$/, "/_next/*"],
  [/^\/api\/alerting\/([a-z]+)$/, "/api/alerting/$1"],
  [/^\/api\/alerting\/([a-z]+)\/[^/]+$/, "/api/alerting/$1/:id"],
  [/^\/api\/alerting\/([a-z]+)\/[^/]+\/([a-z]+)$/, "/api/alerting/$1/:id/$2"],
  [/^\/api\/users\/[^/]+$/, "/api/users/:id"],
  [/^(\/api\/(?:report|auth)\/[a-z/-]+|\/api\/[a-z]+)$/, "$1"],
  [/^\/s\/[^/]+\/[^/]+$/, "/s/:service/:subsystem"],
  [/^\/m\/[^/]+$/, "/m/:metric"],
  [/^\/(alarms|outbox)\/[^/]+$/, "/$1/:id"],
  [/^(\/[a-z]*|\/icon\.svg)$/, "$1"],
]

/**
 * Counts each request by route, method and status. A live stream lasts as long as its page is open, which is nobody's waiting time: it
 * is counted as open and not timed.
 */
export function createMeasure(agent: Agent): (request: IncomingMessage, response: ServerResponse) => void {
  const duration = agent.timer("http.server.duration", { unit: "ms" })
  const active = agent.gauge("http.server.active", { unit: "{request}" })
  const streams = agent.gauge("dashboard.live.streams", { unit: "{stream}" })
  const open = { requests: 0, streams: 0 }
  active.set(0)
  streams.set(0)
  return (request, response) => {
    const from = performance.now()
    const path = request.url?.split("?", 1)[0] ?? "/"
    if (path === "/api/live") {
      streams.set(++open.streams)
      response.once("close", () => streams.set(--open.streams))
      return
    }
    active.set(++open.requests)
    response.once("close", () => {
      active.set(--open.requests)
      const status = response.writableFinished ? response.statusCode : "aborted"
      const route = response.statusCode === 404 ? "unknown" : toRoute(path)
      duration.with({ route, method: request.method ?? "GET", status }).record(performance.now() - from)
    })
  }
}

/** The page or call that a path stands for. */
export function toRoute(path: string): string {
  const known = ROUTES.find(([form]) => form.test(path))
  return known ? path.replace(known[0], known[1]) : "other"
}
