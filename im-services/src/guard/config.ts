import { port, setting } from "@ossagent/svrkit"
import { z } from "zod"
import { STORE_SETTINGS } from "../datastore/config.ts"
import { targetsOf } from "../targets.ts"

/** Settings of guard, besides those of every service. */
export const GUARD_SETTINGS = {
  ...STORE_SETTINGS,
  rpcPort: setting("GUARD_RPC_PORT", port(0), "port where calls are answered; default 0, the system chooses"),
  httpPort: setting("GUARD_HTTP_PORT", port(0), "port of the dashboard's calls; default 0, the system chooses"),
  token: setting(
    "OSSAGENT_GUARD_TOKEN",
    z.string().min(16).optional(),
    "token of the dashboard, at least 16 characters; none: nobody is answered over HTTP",
    { secret: true },
  ),
  dispatch: targetsOf("dispatch"),
}
