import { toGuardedClient } from "@ossagent/svrkit/postgres"
import { Kysely, PostgresDialect } from "kysely"
import pg from "pg"
import type { Database } from "./types.ts"

export const SCHEMA = "alerting"

export interface OpenDatabase {
  db: Kysely<Database>
  pool: pg.Pool
  close: () => Promise<void>
}

export interface DatabaseOptions {
  url: string
  /** Gets the faults of idle connections (a restart of the server); the pool replaces such connections by itself. */
  onFault: (error: Error) => void
}

/** Opens a pool; nothing is connected before the first query. A query may hang no longer than its time limits. */
export function openDatabase({ url, onFault }: DatabaseOptions): OpenDatabase {
  const pool = new pg.Pool({
    Client: toGuardedClient(onFault),
    connectionString: url,
    max: 14,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
    query_timeout: 20_000,
    keepAlive: true,
    application_name: "ossagent-alerting",
    options: `-c search_path=${SCHEMA}`,
  })
  pool.on("error", onFault)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return { db, pool, close: () => db.destroy() }
}
