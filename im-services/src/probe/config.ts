import { port, setting, whole } from "@ossagent/svrkit"
import { z } from "zod"
import { clientDoorSettings } from "../client-door.ts"
import { mailboxSettings } from "../mailbox/route.ts"

/** Settings of the probe users, besides those of every service. */
export const PROBE_SETTINGS = {
  ...mailboxSettings,
  appKey: clientDoorSettings.appKey,
  httpPort: setting("PROBE_HTTP_PORT", port(0), "port of /healthz and /readyz; default 0, the system chooses"),
  dispatch: setting(
    "OSSAGENT_IM_DISPATCH_URL",
    z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:7076"),
    "where dispatch answers clients; default http://127.0.0.1:7076",
  ),
  everySec: setting(
    "PROBE_EVERY_SEC",
    whole(10, 0, 3_600),
    "each probe user writes to its partner once in so many seconds; 0: there are no probe users; default 10",
  ),
  pairs: setting("PROBE_PAIRS", whole(2, 1, 100), "pairs of probe users, one on TCP and one on WebSocket; default 2"),
  loginEverySec: setting(
    "PROBE_LOGIN_EVERY_SEC",
    whole(300, 10, 86_400),
    "one pair after the other logs out and in again, one in so many seconds; default 300",
  ),
  name: setting(
    "PROBE_NAME",
    z
      .string()
      .regex(/^[a-z0-9]{1,8}$/, "must be 1 to 8 lower-case letters and digits")
      .default("1"),
    "name of this place: its users are probe-NAME-…; another one for each process; default 1",
  ),
  key: setting(
    "PROBE_KEY",
    z.string().min(16).default(""),
    "secret that the passwords of the probe users are made with, at least 16 characters; needed where there are probe users",
    { secret: true },
  ),
}
