import { getMigrations } from "better-auth/db/migration"
import type { Pool } from "pg"
import { type Auth, SCHEMA } from "./auth.ts"

const LOCK = 7_070_001

/** Brings the schema up to date; several dashboards may start at once. */
export async function migrate(pool: Pool, auth: Auth): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK])
    await client.query(`create schema if not exists ${SCHEMA}`)
    const { runMigrations } = await getMigrations(auth.options)
    await runMigrations()
    await client.query(`create table if not exists ${SCHEMA}.audit (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      actor text not null,
      action text not null,
      detail text not null
    )`)
  } finally {
    await client.query("select pg_advisory_unlock($1)", [LOCK]).finally(() => client.release())
  }
}
