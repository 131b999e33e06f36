import { z } from "zod"

const port = z.coerce.number().int().min(1).max(65_500)

/** Settings of `npm start`; every service's own settings are handed on as they are. */
const SETTINGS = z.object({
  OSSAGENT_PORT: port
    .default(7070)
    .describe("port of the dashboard; the other services take the ten after it; default 7070"),
  OSSAGENT_HOST: z
    .string()
    .default("127.0.0.1")
    .describe("address that the dashboard and the collector listen on; default 127.0.0.1"),
  OSSAGENT_DATA: z.string().default("data").describe("directory of everything that is kept; default data"),
  OSSAGENT_CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("a ClickHouse of your own instead of the embedded one"),
  OSSAGENT_DEV: z
    .stringbool()
    .default(false)
    .describe(
      "set by `npm run dev`: services start again when their build changes, the dashboard runs in development mode",
    ),
  OSSAGENT_POSTGRES_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe("a PostgreSQL of your own instead of the embedded one"),
})

export interface LaunchConfig {
  port: number
  host: string
  dataDir: string
  clickhouseUrl: string | undefined
  postgresUrl: string | undefined
  development: boolean
}

/** Help text: each setting with its meaning. */
export const describeLaunch = (): string =>
  Object.entries(SETTINGS.shape)
    .map(([name, schema]) => `  ${name}\n      ${schema.description}`)
    .join("\n")

/** Throws with one line for each fault. */
export function parseLaunchConfig(env: NodeJS.ProcessEnv): LaunchConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""))
  const parsed = SETTINGS.safeParse(given)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`)
    throw new Error(`cannot start, the configuration has faults:\n${faults.join("\n")}`)
  }
  const { data } = parsed
  return {
    port: data.OSSAGENT_PORT,
    host: data.OSSAGENT_HOST,
    dataDir: data.OSSAGENT_DATA,
    clickhouseUrl: data.OSSAGENT_CLICKHOUSE_URL,
    postgresUrl: data.OSSAGENT_POSTGRES_URL,
    development: data.OSSAGENT_DEV,
  }
}
