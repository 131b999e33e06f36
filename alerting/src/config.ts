import { setting as define, port, whole } from "@ossagent/svrkit"
import { z } from "zod"

/** A setting with a type that can be named from here. */
export interface Setting<T extends z.ZodType> {
  env: string
  schema: T
  doc: string
  secret: boolean
}

const setting = <T extends z.ZodType>(env: string, schema: T, doc: string, more?: { secret?: boolean }): Setting<T> =>
  define(env, schema, doc, more)

const token = z.string().min(16)
const addresses = z
  .string()
  .default("oncall@localhost")
  .transform((list) => [...new Set(list.split(",").map((one) => one.trim()))].filter((one) => one !== ""))
  .refine(
    (list) => list.length > 0 && list.every((one) => /^[^\s@<>,]+@[^\s@<>,]+$/.test(one)),
    "must be addresses, with commas between",
  )

/** Settings of the alerting service, besides those of every service. */
export const CONFIG = {
  port: setting("OSSAGENT_ALERTING_PORT", port(7072), "HTTP port; default 7072"),
  token: setting("OSSAGENT_ALERTING_TOKEN", token, "token of the dashboard, at least 16 characters", { secret: true }),
  logicToken: setting(
    "OSSAGENT_LOGIC_TOKEN",
    token.optional(),
    "token of services with logic, at least 16 characters; none: they get no plan",
    { secret: true },
  ),
  releaseLookMs: setting(
    "OSSAGENT_RELEASE_LOOK_MS",
    whole(2_000, 200, 60_000),
    "how often releases are looked at, ms; default 2000",
  ),
  releaseJudgeMs: setting(
    "OSSAGENT_RELEASE_JUDGE_MS",
    whole(10_000, 200, 600_000),
    "how often a release's step is judged, ms; default 10000",
  ),
  readToken: setting("OSSAGENT_READ_TOKEN", token, "token for the collector's reports", { secret: true }),
  postgresUrl: setting("OSSAGENT_POSTGRES_URL", z.url({ protocol: /^postgres(ql)?$/ }), "PostgreSQL, as a URL", {
    secret: true,
  }),
  dashboardUrl: setting(
    "OSSAGENT_DASHBOARD_URL",
    z
      .url({ protocol: /^https?$/ })
      .default("http://127.0.0.1:7070")
      .transform((url) => url.replace(/\/+$/, "")),
    "where people open the dashboard, for links in mails",
  ),
  smtpUrl: setting(
    "OSSAGENT_SMTP_URL",
    z.url({ protocol: /^smtps?$/ }).optional(),
    "mail server, smtp://user:password@host:port; none: mail is kept for the dashboard and not sent out",
    { secret: true },
  ),
  smtpPort: setting(
    "OSSAGENT_SMTP_PORT",
    port(7075),
    "port of the local mail server, on loopback, used when there is no mail server; default 7075",
  ),
  alarmEmails: setting(
    "OSSAGENT_ALARM_EMAILS",
    addresses,
    "who gets alarms, with commas between; default oncall@localhost",
  ),
  alarmFrom: setting(
    "OSSAGENT_ALARM_FROM",
    z.string().max(200).default("OssAgent <ossagent@localhost>"),
    "sender of alarms",
  ),
  lookMs: setting(
    "OSSAGENT_LOOK_MS",
    whole(5_000, 200, 60_000),
    "how often thresholds and absence are looked at, ms; default 5000",
  ),
  minuteDelayMs: setting(
    "OSSAGENT_MINUTE_DELAY_MS",
    whole(4_000, 0, 30_000),
    "how long after its end a minute is compared with its history, ms; default 4000",
  ),
  minRunSec: setting(
    "OSSAGENT_ABSENCE_MIN_RUN_SEC",
    whole(20, 0, 86_400),
    "a service is missed only after it reported for so long, s; default 20",
  ),
  freshSec: setting(
    "OSSAGENT_COLLECTOR_FRESH_SEC",
    whole(10, 2, 600),
    "when nobody reported for so long the collector is in doubt, not the services, s; default 10",
  ),
  maxSeries: setting(
    "OSSAGENT_ALERTING_MAX_SERIES",
    whole(20_000, 1, 1_000_000),
    "series compared with their history at most, 9 kB each; default 20000",
  ),
  leaseSec: setting(
    "OSSAGENT_LEASE_SEC",
    whole(10, 2, 300),
    "after so long without a sign of life another alerting process takes over what this one did, s; default 10",
  ),
  mailBurst: setting(
    "OSSAGENT_MAIL_BURST",
    whole(10, 1, 1_000),
    "mails to one recipient in a row, or at one look; more are merged into digests; default 10",
  ),
  mailRefillSec: setting(
    "OSSAGENT_MAIL_REFILL_SEC",
    whole(30, 1, 3_600),
    "one more mail is allowed each so many seconds; default 30",
  ),
  sendSec: setting(
    "OSSAGENT_SEND_SEC",
    whole(15, 1, 60),
    "time for one message on its channel, s: then it is left and tried again; 5 s later another process takes over what a killed one was sending; default 15",
  ),
  imDispatchUrl: setting(
    "OSSAGENT_IM_DISPATCH_URL",
    z.url({ protocol: /^https?$/ }).optional(),
    "dispatch of the IM that alarms are written in; none, or no app key or password: no IM",
  ),
  imAppKey: setting("OSSAGENT_IM_APP_KEY", z.string().optional(), "what clients of the IM show", { secret: true }),
  imAccount: setting(
    "OSSAGENT_IM_ALARM_ACCOUNT",
    z
      .string()
      .regex(/^[A-Za-z0-9._-]{2,32}$/, "must be 2 to 32 letters, digits, - . _")
      .default("alarms"),
    "name of the account that writes alarms in the IM, made at first start; default alarms",
  ),
  imPassword: setting(
    "OSSAGENT_IM_ALARM_PASSWORD",
    z.string().min(8).optional(),
    "its password, at least 8 characters",
    {
      secret: true,
    },
  ),
  webhookAllowPrivate: setting(
    "OSSAGENT_WEBHOOK_ALLOW_PRIVATE",
    z.stringbool().default(false),
    "webhooks may go to loopback, private and metadata addresses; default false",
  ),
  mailKeep: setting(
    "OSSAGENT_OUTBOX_KEEP",
    whole(1_000, 10, 100_000),
    "mails kept for the dashboard at most; default 1000",
  ),
  mailKeepDays: setting("OSSAGENT_OUTBOX_KEEP_DAYS", whole(30, 1, 3_650), "days that mails are kept; default 30"),
  alarmKeepDays: setting(
    "OSSAGENT_ALARM_KEEP_DAYS",
    whole(400, 1, 3_650),
    "days that resolved alarms and the audit are kept; default 400",
  ),
}
