import { readdir, readFile } from "node:fs/promises"
import type pg from "pg"
import { SCHEMA } from "./open.ts"

const FOLDER = new URL("../../migrate/", import.meta.url)
/** Any number, the same in every process of this service. */
const LOCK = 7_072_001

/**
 * Brings the schema up to date: every numbered file of `migrate/` that was not applied yet, in order, all in one transaction, one
 * process at a time.
 *
 * @returns the names of the files that were applied now
 */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect()
  try {
    await client.query("BEGIN")
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK])
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`)
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${SCHEMA}.migration (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`,
    )
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${SCHEMA}.migration`)
    const applied = await applyMissing(client, new Set(rows.map((row) => row.name)))
    await client.query("COMMIT")
    return applied
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined) // the fault that matters is the one above
    throw error
  } finally {
    client.release()
  }
}

async function applyMissing(client: pg.PoolClient, done: ReadonlySet<string>): Promise<string[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".sql") && !done.has(name)).sort()
  for (const name of names) {
    await client.query(await readFile(new URL(name, FOLDER), "utf8"))
    await client.query(`INSERT INTO ${SCHEMA}.migration (name) VALUES ($1)`, [name])
  }
  return names
}
