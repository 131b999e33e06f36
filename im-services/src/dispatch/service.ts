/** dispatch: accesses report that they are there; clients ask over HTTP which of them to go to, before they connect. */

import { randomBytes } from "node:crypto"
import type { Counter } from "@ossagent/agent"
import { defineRpcService, parse, type ServiceContext, ServiceError } from "@ossagent/svrkit"
import { z } from "zod"
import { Buckets } from "../bucket.ts"
import { createAppKeyCheck, isKnownOrigin, toAddressKey } from "../client-door.ts"
import { startBeat } from "../guard/beat.ts"
import { Holds } from "../guard/holds.ts"
import { dispatchConfig } from "./config.ts"
import { DISPATCH_ERRORS } from "./errors.ts"
import { dispatchNeeds } from "./generated/dispatch.needs.ts"
import { serveDispatch } from "./generated/dispatch.server.ts"
import { Places } from "./places.ts"
import { createFinder } from "./prefixes.ts"
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
        const { run, tcp, ws, region, carrier } = request
        const long = [run, tcp, ws, region, carrier].some((text) => text.length > MOST_TEXT)
        return long ? {} : places.report(request)
      },
      accesses: () => ({ accesses: places.all() }),
      drain: ({ run, sec }) => ({ found: places.drain(run, sec) }),
    })
    answerClients(context, places, askGuard(context))
  },
})

/** What guard says, as long as it was heard of. */
function askGuard({ config, rpc, log, onStop }: Context): Holds {
  const holds = new Holds()
  const run = randomBytes(8).toString("hex")
  const news = { take: () => ({}), back: () => undefined }
  const nothing = (): void => undefined
  const beat = startBeat({
    ...{ guard: dispatchNeeds.guard(rpc, config.guard), run, log, holds, news },
    ...{ onHeard: nothing, onAway: nothing },
  })
  onStop(beat.stop)
  return holds
}

const query = z.object({
  region: z.string().max(MOST_TEXT).default(""),
  carrier: z.string().max(MOST_TEXT).default(""),
  version: z.string().max(64).default(""),
  uid: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  device: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0),
})

function answerClients({ http, config, agent }: Context, places: Places, holds: Holds): void {
  const findByAddress = createFinder(config.prefixes)
  const isAppKey = createAppKeyCheck(config.appKey)
  const asks = new Buckets(config.asksPerMin / 60, config.asksPerMin)
  const answered = agent.counter("im.dispatch.answers", { unit: "{answer}" })
  const held = agent.counter("im.dispatch.held", { unit: "{answer}" })
  held.inc(0)
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
  http.get("/v1/access", route, (request) => {
    const forwarded = config.trustProxy ? String(request.headers["x-forwarded-for"] ?? "").split(",") : []
    const address = forwarded.at(-1)?.trim() || request.ip
    const waitMs = asks.take(toAddressKey(address), Date.now())
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
    const asked = parse(query, request.query, "query")
    keepOut(holds, asked, held)
    const found = findByAddress(address)
    const at = { region: asked.region || found?.region || "", carrier: asked.carrier || found?.carrier || "" }
    const addresses = places.best(at).map((one) => toReachable(one, request.hostname))
    answered.with({ addresses: addresses.length }).inc()
    if (addresses.length === 0)
      throw new ServiceError("no_access", "cannot name an access: none is there now", { retryAfterSec: NONE_RETRY_SEC })
    return { addresses, client }
  })
}

/** A client that says who it is, and is to stay away, gets no address. One that lies gets one, and is refused at the access. */
function keepOut(holds: Holds, who: z.output<typeof query>, counter: Counter): void {
  const now = Date.now()
  const found = holds.find(who, now)
  // Without a device it is not known which one asks: the others of its user may come.
  if (found === null || (who.device === 0 && found.id > 0)) return
  counter.inc()
  const retryAfterSec = Math.max(1, Math.ceil((found.until - now) / 1_000))
  throw new ServiceError("throttled", "cannot name an access: this device is to stay off the network", {
    retryAfterSec,
  })
}
