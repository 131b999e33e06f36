/** All services on one machine, in one process or beside each other: the settings that this takes. */

export interface LocalPlan {
  /** Of one database, for everything. */
  postgresUrl: string
  /** What services show each other. */
  rpcToken: string
  /** What clients show to register and to log in. */
  appKey: string
  /** What tickets are made with, 32 characters or more. */
  ticketKey: string
  /** What the passwords of the probe users are made with. */
  probeKey: string
  /** What the dashboard shows guard; none: guard answers nobody over HTTP. */
  guardToken?: string
  /** Port of guard's door for it; 0: the system chooses. */
  guardPort?: number
  /** Ports for clients; 0: the system chooses. */
  dispatchPort: number
  tcpPort: number
  wsPort: number
  /** Web pages that may connect. */
  origins: readonly string[]
}

/**
 * Flags of Node for all services in one process: what a message leaves behind is garbage a moment later, and less of it is copied before
 * that in a young space of up to 64 MB instead of 16.
 */
export const LOCAL_FLAGS = ["--min-semi-space-size=32", "--max-semi-space-size=64"]

const STORES = ["a", "b", "c"]
const SETS = [0, 1]

/**
 * Two SETs of mailboxes and three engines of stores, each in a schema of its own. On one PostgreSQL this protects nothing that PostgreSQL
 * does not; it is what is spread over machines when one is outgrown.
 */
export function toLocalEnv(plan: LocalPlan): Record<string, string> {
  return {
    OSSAGENT_RPC_TOKEN: plan.rpcToken,
    OSSAGENT_IM_APP_KEY: plan.appKey,
    AUTH_TICKET_KEY: plan.ticketKey,
    MAILBOX_DATABASES: SETS.map((set) => `${set}=${plan.postgresUrl}`).join(","),
    DATASTORE_ENGINES: STORES.map((name) => `${name}=${withSchema(plan.postgresUrl, `store_${name}`)}`).join(","),
    DATASTORE_CONNECTIONS: "8",
    PROBE_KEY: plan.probeKey,
    OSSAGENT_GUARD_TOKEN: plan.guardToken ?? "",
    GUARD_HTTP_PORT: String(plan.guardPort ?? 0),
    OSSAGENT_IM_DISPATCH_URL: `http://127.0.0.1:${plan.dispatchPort}`,
    DISPATCH_HTTP_PORT: String(plan.dispatchPort),
    OSSAGENT_IM_TCP_PORT: String(plan.tcpPort),
    OSSAGENT_IM_WS_PORT: String(plan.wsPort),
    OSSAGENT_IM_ORIGINS: plan.origins.join(","),
  }
}

function withSchema(url: string, schema: string): string {
  const parsed = new URL(url)
  parsed.searchParams.set("schema", schema)
  return parsed.href
}
