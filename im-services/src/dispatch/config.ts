import { setting, whole } from "@ossagent/svrkit"
import { z } from "zod"
import { clientDoorSettings } from "../client-door.ts"
import { targetsOf } from "../targets.ts"
import { parsePrefixes } from "./prefixes.ts"

/** Settings of dispatch, besides those of every service. */
export const dispatchConfig = {
  ...clientDoorSettings,
  guard: targetsOf("guard"),
  prefixes: setting(
    "OSSAGENT_DISPATCH_PREFIXES",
    z
      .string()
      .default("")
      .transform((text, context) => {
        try {
          return parsePrefixes(text)
        } catch (error) {
          context.addIssue({ code: "custom", message: (error as Error).message })
          return z.NEVER
        }
      }),
    "where clients are by their address, network/bits=region/carrier by comma, as 10.0.0.0/8=eu/telecom; clients that say it themselves are believed",
  ),
  asksPerMin: setting(
    "OSSAGENT_DISPATCH_ASKS_PER_MIN",
    whole(120, 1, 1_000_000),
    "answers to one address each minute, as many in a row; default 120",
  ),
  heartbeatMinSec: setting(
    "OSSAGENT_IM_HEARTBEAT_MIN_SEC",
    whole(210, 5, 3_600),
    "shortest time between heartbeats that clients begin with, s; default 210",
  ),
  heartbeatMaxSec: setting(
    "OSSAGENT_IM_HEARTBEAT_MAX_SEC",
    whole(600, 5, 3_600),
    "longest time between heartbeats that clients try, s; default 600",
  ),
  trustProxy: setting(
    "OSSAGENT_TRUST_PROXY",
    z.stringbool().default(false),
    "true behind a reverse proxy of your own: the client's address is the last of X-Forwarded-For",
  ),
}
