import { port, setting, whole } from "@ossagent/svrkit"
import { z } from "zod"

const address = z.url({ protocol: /^https?$/ }).max(2_000)

/** Settings of the dead-man's switch, besides those of every service. */
export const CONFIG = {
  port: setting("OSSAGENT_DEADMAN_PORT", port(7079), "HTTP port of the dead-man's switch; default 7079"),
  alertingUrls: setting(
    "OSSAGENT_ALERTING_URL",
    z
      .string()
      .default("http://127.0.0.1:7072")
      .transform((list) => list.split(",").map((one) => one.trim().replace(/\/+$/, "")))
      .refine((list) => list.every((one) => address.safeParse(one).success), "must be URLs, with commas between"),
    "alerting processes that are watched, with commas between",
  ),
  token: setting("OSSAGENT_ALERTING_TOKEN", z.string().min(16), "token of the alerting service", { secret: true }),
  webhook: setting("OSSAGENT_DEADMAN_WEBHOOK", address.optional(), "where a POST goes when alerting falls silent", {
    secret: true,
  }),
  webhookSecret: setting(
    "OSSAGENT_DEADMAN_SECRET",
    z.string().min(16).optional(),
    "signs that POST as other webhooks are signed",
    { secret: true },
  ),
  pingUrl: setting(
    "OSSAGENT_DEADMAN_PING_URL",
    address.optional(),
    "gets a POST every 30 s while alerting is well, for a service outside that misses it when this machine is gone",
    { secret: true },
  ),
  afterSec: setting(
    "OSSAGENT_DEADMAN_AFTER_SEC",
    whole(30, 1, 3_600),
    "alerting is in trouble for so long before anybody hears of it, s; default 30",
  ),
  silentSec: setting(
    "OSSAGENT_DEADMAN_SILENT_SEC",
    whole(60, 2, 3_600),
    "nobody looked at rules for so long: alerting is silent, s; default 60",
  ),
  allowPrivate: setting(
    "OSSAGENT_WEBHOOK_ALLOW_PRIVATE",
    z.stringbool().default(false),
    "webhooks may go to loopback and private addresses; default false",
  ),
}
