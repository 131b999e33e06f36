import { join, resolve } from "node:path"
import { LOCAL_FLAGS, toLocalEnv } from "@ossagent/im-services/layout"
import type { LaunchConfig } from "./config.ts"
import type { Secrets } from "./secrets.ts"

/** One process of the installation. */
export interface ServiceSpec {
  name: string
  /** Built main file, from the project's root. */
  main: string
  /** Of Node. */
  flags?: readonly string[]
  env: Record<string, string>
  port: number
  /** Further ports that it opens. */
  morePorts?: readonly number[]
}

const at = (port: number): string => `http://127.0.0.1:${port}`

/** Ports of an installation in their order from the dashboard's on. */
const PORTS = [
  "dashboard",
  "collector",
  "alerting",
  "clickhouse",
  "postgres",
  "smtp",
  "dispatch",
  "chatWs",
  "chatTcp",
  "deadman",
  "guard",
] as const

export const portsOf = (first: number): Record<(typeof PORTS)[number], number> =>
  Object.fromEntries(PORTS.map((name, i) => [name, first + i])) as Record<(typeof PORTS)[number], number>

/** All processes in the order of their start; the ports follow the dashboard's. */
export function servicesOf(config: LaunchConfig, secrets: Secrets, env: NodeJS.ProcessEnv): ServiceSpec[] {
  const ports = portsOf(config.port)
  const { dashboard, collector, alerting, clickhouse, postgres, smtp, dispatch, chatWs, chatTcp, deadman, guard } =
    ports
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
  const im = toLocalEnv({
    postgresUrl,
    rpcToken: secrets.rpcToken,
    appKey: secrets.imAppKey,
    ticketKey: secrets.imTicketKey,
    probeKey: secrets.imProbeKey,
    guardToken: secrets.guardToken,
    guardPort: guard,
    dispatchPort: dispatch,
    tcpPort: chatTcp,
    wsPort: chatWs,
    origins: env.OSSAGENT_IM_ORIGINS?.split(",") ?? originsOf(dashboardUrl, dashboard),
  })
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
        OSSAGENT_REMOVE_TOKENS: `default:${secrets.removeToken}`,
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
        OSSAGENT_LOGIC_TOKEN: secrets.logicToken,
        OSSAGENT_SMTP_PORT: String(smtp),
        OSSAGENT_IM_DISPATCH_URL: at(dispatch),
        OSSAGENT_IM_APP_KEY: secrets.imAppKey,
        OSSAGENT_IM_ALARM_PASSWORD: secrets.imAlarmPassword,
      },
    },
    {
      name: "deadman",
      main: "alerting/dist/deadman/main.js",
      port: deadman,
      wanted: Boolean(env.OSSAGENT_DEADMAN_WEBHOOK ?? env.OSSAGENT_DEADMAN_PING_URL),
      env: {
        ...common,
        ...spool("deadman"),
        OSSAGENT_ALERTING_TOKEN: secrets.alertingToken,
        OSSAGENT_ALERTING_URL: at(alerting),
        OSSAGENT_DEADMAN_PORT: String(deadman),
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
        OSSAGENT_IM_DISPATCH_URL: env.OSSAGENT_IM_DISPATCH_URL ?? at(dispatch),
        OSSAGENT_IM_APP_KEY: secrets.imAppKey,
        OSSAGENT_GUARD_URL: at(guard),
        OSSAGENT_GUARD_TOKEN: secrets.guardToken,
        OSSAGENT_AUTH_SECRET: secrets.authSecret,
        OSSAGENT_ADMIN_EMAIL: secrets.adminEmail,
        OSSAGENT_ADMIN_PASSWORD: secrets.adminPassword,
      },
    },
    {
      name: "im",
      main: "im-services/dist/main.js",
      flags: LOCAL_FLAGS,
      port: dispatch,
      morePorts: [chatWs, chatTcp, guard],
      env: {
        ...common,
        ...spool("im"),
        OSSAGENT_HOST: config.host,
        OSSAGENT_ALERTING_URL: at(alerting),
        OSSAGENT_LOGIC_TOKEN: secrets.logicToken,
        OSSAGENT_LOGIC_DATA: join(data, "logic"),
        ...im,
      },
    },
  ]
  return all.filter((one) => one.wanted !== false).map(({ wanted: _wanted, ...spec }) => spec)
}

/** Pages of the dashboard may chat, by whichever name of this machine it was opened. */
function originsOf(dashboardUrl: string, port: number): string[] {
  return [...new Set([new URL(dashboardUrl).origin, at(port), `http://localhost:${port}`])]
}
