/** dispatch: accesses report that they are there; clients ask over HTTP which of them to go to, before they connect. */
import { defineRpcService, type ServiceContext, ServiceError } from "@ossagent/svrkit"
import { Buckets } from "../bucket.ts"
import { createAppKeyCheck, isKnownOrigin, toAddressKey } from "../client-door.ts"
import { dispatchConfig } from "./config.ts"
import { DISPATCH_ERRORS } from "./errors.ts"
import { serveDispatch } from "./generated/dispatch.server.ts"
import { Places } from "./places.ts"
import { toReachable } from "./reachable.ts"

const NONE_RETRY_SEC = 2
const MOST_TEXT = 256
type Context = ServiceContext<typeof dispatchConfig>

export const dispatch = defineRpcService({
  name: "dispatch",
  partOf: "im",
  config: dispatchConfig,
  errors: DISPATCH_ERRORS,
  start: (context: Context) => {
    const { rpc, agent } = context
    const places = new Places(Date.now, Math.random)
    agent.gauge("im.dispatch.accesses", () => places.size, { unit: "{access}" })
    serveDispatch(rpc, {
      report: (request) => {
        const long = [request.run, request.tcp, request.ws, request.region].some((text) => text.length > MOST_TEXT)
        if (!long) places.report(request)
        return {}
      },
    })
    answerClients(context, places)
  },
})

function answerClients({ http, config, agent }: Context, places: Places): void {
  const isAppKey = createAppKeyCheck(config.appKey)
  const asks = new Buckets(config.asksPerMin / 60, config.asksPerMin)
  const answered = agent.counter("im.dispatch.answers", { unit: "{answer}" })
  const { heartbeatMinSec, heartbeatMaxSec } = config
  const client = { heartbeatMinSec, heartbeatMaxSec }
  const route = { config: { scope: "open" } }
  http.addHook("onRequest", async (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined || !isKnownOrigin(origin, config.origins)) return
    void reply.header("access-control-allow-origin", origin).header("vary", "origin")
    void reply.header("access-control-allow-headers", "x-app-key").header("access-control-max-age", "3600")
  })
  http.options("/v1/access", route, (_request, reply) => reply.status(204).send())
  http.get<{ Querystring: { region?: string } }>("/v1/access", route, (request) => {
    const forwarded = config.trustProxy ? String(request.headers["x-forwarded-for"] ?? "").split(",") : []
    const waitMs = asks.take(toAddressKey(forwarded.at(-1)?.trim() || request.ip), Date.now())
    if (waitMs > 0) {
      const retryAfterSec = Math.ceil(waitMs / 1_000)
      throw new ServiceError("too_many_requests", "cannot answer: your address asks too often", { retryAfterSec })
    }
    const key = request.headers["x-app-key"]
    if (typeof key !== "string" || !isAppKey(key))
      throw new ServiceError(
        "wrong_app_key",
        "cannot answer: the header x-app-key is missing, or of another installation",
      )
    const addresses = places.best(String(request.query.region ?? "")).map((one) => toReachable(one, request.hostname))
    answered.with({ addresses: addresses.length }).inc()
    if (addresses.length === 0)
      throw new ServiceError("no_access", "cannot name an access: none is there now", { retryAfterSec: NONE_RETRY_SEC })
    return { addresses, client }
  })
}
