import { z } from "zod"

const PLACE = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""))

/** Settings of the dashboard: environment variable, form, and what it is. */
const SETTINGS = {
  host: ["OSSAGENT_HOST", z.string().default("127.0.0.1"), "address to listen on; default 127.0.0.1"],
  port: [
    "OSSAGENT_DASHBOARD_PORT",
    z.coerce.number().int().min(0).max(65_535).default(7070),
    "HTTP port; default 7070",
  ],
  url: ["OSSAGENT_DASHBOARD_URL", PLACE.default("http://127.0.0.1:7070"), "where people open the dashboard"],
  collectorUrl: ["OSSAGENT_COLLECTOR", PLACE.default("http://127.0.0.1:7071"), "where the collector is"],
  readToken: ["OSSAGENT_READ_TOKEN", z.string().min(16), "token for the collector's reports"],
  alertingUrl: ["OSSAGENT_ALERTING_URL", PLACE.default("http://127.0.0.1:7072"), "where the alerting service is"],
  alertingToken: ["OSSAGENT_ALERTING_TOKEN", z.string().min(16), "token of the alerting service"],
  postgresUrl: ["OSSAGENT_POSTGRES_URL", z.url({ protocol: /^postgres(ql)?$/ }), "PostgreSQL, as a URL"],
  authSecret: ["OSSAGENT_AUTH_SECRET", z.string().min(32), "signs session cookies, at least 32 characters"],
  adminEmail: ["OSSAGENT_ADMIN_EMAIL", z.email().toLowerCase().optional(), "first admin, created when there is none"],
  adminPassword: ["OSSAGENT_ADMIN_PASSWORD", z.string().min(8).max(128).optional(), "password of the first admin"],
  ingestKey: ["OSSAGENT_KEY", z.string().min(16).optional(), "key of the agents, shown to operators and admins"],
  chatDispatchUrl: [
    "OSSAGENT_IM_DISPATCH_URL",
    PLACE.optional(),
    "dispatch of the IM, as browsers reach it; unset: there is no chat",
  ],
  chatAppKey: [
    "OSSAGENT_IM_APP_KEY",
    z.string().min(16).max(128).optional(),
    "app key of the IM, given to everybody who is logged in; unset: there is no chat",
  ],
  guardUrl: ["OSSAGENT_GUARD_URL", PLACE.optional(), "guard of the IM; unset: there are no throttles to be seen"],
  guardToken: ["OSSAGENT_GUARD_TOKEN", z.string().min(16).optional(), "token of guard; unset: as without its address"],
  version: ["OSSAGENT_VERSION", z.string().max(64).default("0.1.0"), "version of the dashboard's own metrics"],
  logLevel: ["OSSAGENT_LOG", z.enum(["debug", "info", "warn", "error"]).default("info"), "least level to log"],
  spoolDir: ["OSSAGENT_SPOOL_DIR", z.string().optional(), "directory for own metrics while the collector is away"],
  trustProxy: [
    "OSSAGENT_TRUST_PROXY",
    z.stringbool().default(false),
    "true behind a reverse proxy of your own: the client's address is the last of X-Forwarded-For",
  ],
} as const satisfies Record<string, readonly [env: string, schema: z.ZodType, doc: string]>

type Parsed = { [K in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[K][1]> }
export interface Config extends Readonly<Parsed> {
  readonly development: boolean
}

/** All faults of the configuration at once, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError"
}

/** An empty variable counts as unset. Throws ConfigError; never tells a value, for it may be a secret. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const config: Record<string, unknown> = { development: env.NODE_ENV === "development" }
  const faults: string[] = []
  for (const [key, [name, schema, doc]] of Object.entries(SETTINGS)) {
    const given = env[name] === "" ? undefined : env[name]
    const result = schema.safeParse(given)
    if (result.success) config[key] = result.data
    else
      faults.push(
        `${name} is ${given === undefined ? "unset" : "not valid"}: ${result.error.issues[0]?.message} (${doc})`,
      )
  }
  if (faults.length > 0) throw new ConfigError(`cannot start, the configuration has faults:\n  ${faults.join("\n  ")}`)
  return Object.freeze(config) as unknown as Config
}

let read: Config | null = null

/** The configuration of this process, read once. Throws ConfigError. */
export function readConfig(): Config {
  read ??= parseConfig(process.env)
  return read
}
