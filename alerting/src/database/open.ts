import { Kysely, PostgresDialect } from "kysely"
import pg from "pg"
import type { Database } from "./types.ts"

export const SCHEMA = "alerting"

/**
 * A constructor of connections that always have somebody listening for faults. One that is checked out and between two statements when
 * the server ends it would otherwise end this process: the pool listens to idle ones only.
 */
export function toGuardedClient(onFault: (error: Error) => void): typeof pg.Client {
  function GuardedClient(config: pg.ClientConfig): pg.Client {
    return new pg.Client(config).on("error", onFault)
  }
  return GuardedClient as unknown as typeof pg.Client
}

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
    max: 10,
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

const CONNECTION_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND"])

/** Whether the fault is the server's absence (restart, network), so that the same work may be tried again later. */
export function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  if (code !== undefined && (CONNECTION_CODES.has(code) || code.startsWith("57P") || code.startsWith("08"))) return true
  return /connection terminated|timeout exceeded when trying to connect|query read timeout/i.test(message ?? "")
}
