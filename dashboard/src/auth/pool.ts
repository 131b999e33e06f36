import pg from "pg"
import { SCHEMA } from "./auth.ts"

/** Connections whose tables live in the dashboard's own schema. */
export function createPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    options: `-c search_path=${SCHEMA}`,
  })
  // an idle connection that breaks is replaced by the next query; unheard, its error would end the process
  pool.on("error", () => {})
  return pool
}
