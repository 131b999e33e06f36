import { z } from "zod"

const port = z.coerce.number().int().min(1).max(65_500)

/** Settings of `npm start`; every service's own settings are handed on as they are. */
const SETTINGS = z.object({
  OSSAGENT_PORT: port.default(7070).describe("port of the dashboard; the other services take the ports after it"),
  OSSAGENT_HOST: z.string().default("127.0.0.1").describe("address that the dashboard and the collector listen on"),
  OSSAGENT_DATA: z.string().default("data").describe("directory of everything that is kept"),
  OSSAGENT_CLICKHOUSE_URL: z.url().optional().describe("a ClickHouse of your own instead of the embedded one"),
  OSSAGENT_POSTGRES_URL: z.url().optional().describe("a PostgreSQL of your own instead of the embedded one"),
})

export interface LaunchConfig {
  port: number
  host: string
  dataDir: string
  clickhouseUrl: string | undefined
  postgresUrl: string | undefined
}

/** Throws with one line for each fault. */
export function parseLaunchConfig(env: NodeJS.ProcessEnv): LaunchConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""))
  const parsed = SETTINGS.safeParse(given)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`)
    throw new Error(`cannot start, the configuration has faults:\n${faults.join("\n")}`)
  }
  const { OSSAGENT_PORT, OSSAGENT_HOST, OSSAGENT_DATA, OSSAGENT_CLICKHOUSE_URL, OSSAGENT_POSTGRES_URL } = parsed.data
  return {
    port: OSSAGENT_PORT,
    host: OSSAGENT_HOST,
    dataDir: OSSAGENT_DATA,
    clickhouseUrl: OSSAGENT_CLICKHOUSE_URL,
    postgresUrl: OSSAGENT_POSTGRES_URL,
  }
}
