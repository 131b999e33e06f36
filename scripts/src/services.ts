import { join, resolve } from "node:path"
import type { LaunchConfig } from "./config.ts"
import type { Secrets } from "./secrets.ts"

/** One process of the installation. */
export interface ServiceSpec {
  name: string
  /** Built main file, from the project's root. */
  main: string
  env: Record<string, string>
  port: number
  /** Further ports that it opens. */
  morePorts?: readonly number[]
}

const at = (port: number): string => `http://127.0.0.1:${port}`

/** All processes in the order of their start; the ports follow the dashboard's. */
export function servicesOf(config: LaunchConfig, secrets: Secrets, env: NodeJS.ProcessEnv): ServiceSpec[] {
  const [dashboard, collector, alerting, clickhouse, postgres, smtp] = [0, 1, 2, 3, 4, 5].map(
    (n) => config.port + n,
  ) as [number, number, number, number, number, number]
  const data = resolve(config.dataDir)
  const dashboardUrl = env.OSSAGENT_DASHBOARD_URL ?? at(dashboard)
  const postgresUrl =
    config.postgresUrl ?? `postgres://ossagent:${secrets.postgresPassword}@127.0.0.1:${postgres}/ossagent`
  const common = { OSSAGENT_COLLECTOR: at(collector), OSSAGENT_KEY: secrets.ingestKey }
  const spool = (name: string) => ({ OSSAGENT_SPOOL_DIR: join(data, "spool", name) })
  const reader = {
    OSSAGENT_READ_TOKEN: secrets.readToken,
    OSSAGENT_ALERTING_TOKEN: secrets.alertingToken,
    OSSAGENT_POSTGRES_URL: postgresUrl,
    OSSAGENT_DASHBOARD_URL: dashboardUrl,
  }
  const store = {
    OSSAGENT_CLICKHOUSE_URL: config.clickhouseUrl ?? at(clickhouse),
    OSSAGENT_CLICKHOUSE_PASSWORD: env.OSSAGENT_CLICKHOUSE_PASSWORD ?? secrets.clickhousePassword,
  }
  const all: (ServiceSpec & { wanted?: boolean })[] = [
    {
      name: "clickhouse",
      main: "collector/dist/engine/start.cjs",
      port: clickhouse,
      wanted: config.clickhouseUrl === undefined,
      env: {
        ...common,
        ...store,
        ...spool("clickhouse"),
        OSSAGENT_CLICKHOUSE_PORT: String(clickhouse),
        OSSAGENT_CLICKHOUSE_DATA: join(data, "clickhouse"),
      },
    },
    {
      name: "postgres",
      main: "svrkit/dist/postgres/main.js",
      port: postgres,
      wanted: config.postgresUrl === undefined,
      env: {
        ...common,
        ...spool("postgres"),
        OSSAGENT_PG_PORT: String(postgres),
        OSSAGENT_PG_DATA: join(data, "postgres"),
        OSSAGENT_PG_PASSWORD: secrets.postgresPassword,
      },
    },
    {
      name: "collector",
      main: "collector/dist/main.js",
      port: collector,
      env: {
        ...common,
        ...store,
        ...spool("collector"),
        OSSAGENT_HOST: config.host,
        OSSAGENT_COLLECTOR_PORT: String(collector),
        OSSAGENT_COLLECTOR_DATA: join(data, "collector"),
        OSSAGENT_INGEST_KEYS: `default:${secrets.ingestKey}`,
        OSSAGENT_READ_TOKENS: `default:${secrets.readToken}`,
      },
    },
    {
      name: "alerting",
      main: "alerting/dist/main.js",
      port: alerting,
      morePorts: env.OSSAGENT_SMTP_URL ? [] : [smtp],
      env: {
        ...common,
        ...reader,
        ...spool("alerting"),
        OSSAGENT_ALERTING_PORT: String(alerting),
        OSSAGENT_SMTP_PORT: String(smtp),
      },
    },
    {
      name: "dashboard",
      main: "dashboard/dist/server/main.js",
      port: dashboard,
      env: {
        ...common,
        ...reader,
        ...spool("dashboard"),
        NODE_ENV: config.development ? "development" : "production",
        OSSAGENT_HOST: config.host,
        OSSAGENT_DASHBOARD_PORT: String(dashboard),
        OSSAGENT_ALERTING_URL: at(alerting),
        OSSAGENT_AUTH_SECRET: secrets.authSecret,
        OSSAGENT_ADMIN_EMAIL: secrets.adminEmail,
        OSSAGENT_ADMIN_PASSWORD: secrets.adminPassword,
      },
    },
  ]
  return all.filter((one) => one.wanted !== false).map(({ wanted: _wanted, ...spec }) => spec)
}
