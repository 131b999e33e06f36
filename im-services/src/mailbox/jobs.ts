import type pg from "pg"
import type { JobInit } from "./generated/mailbox.codec.ts"
import { toNumbers } from "./open.ts"

const MOST_GROUPS = 64

type Row = Required<
  Pick<JobInit, "gid" | "from" | "clientId" | "at" | "kind" | "text" | "flags" | "recallId" | "marker" | "id" | "tries">
> & {
  members: string[]
}

const TAKE = `WITH free AS (
    SELECT gid FROM job GROUP BY gid HAVING max(leased_until) < clock_timestamp() ORDER BY min(id) LIMIT ${MOST_GROUPS}
  ), due AS (
    SELECT id FROM job WHERE gid IN (SELECT gid FROM free) ORDER BY id LIMIT $1
  ), taken AS (
    UPDATE job SET leased_until = clock_timestamp() + make_interval(secs => $2), tries = tries + 1 WHERE id IN (SELECT id FROM due) RETURNING *
  )
  SELECT id, gid, sender AS "from", client_id AS "clientId", at, kind, text, flags, recall_id AS "recallId", members::text[] AS members, marker, tries
  FROM taken ORDER BY id`

/** The oldest jobs of groups of which nobody has one now, each group's in order; nobody else gets them for `leaseMs`. */
export async function takeJobs(pool: pg.Pool, limit: number, leaseMs: number): Promise<JobInit[]> {
  const client = await pool.connect()
  try {
    await client.query("BEGIN")
    // Two takers at a time could both see a group as free.
    await client.query("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.job'))")
    const { rows } = await client.query<Row>({ name: "take", text: TAKE, values: [limit, leaseMs / 1000] })
    await client.query("COMMIT")
    return rows.map((row) => ({ ...row, members: row.members.map(Number) }))
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

export async function finishJobs(pool: pg.Pool, ids: readonly number[]): Promise<void> {
  await pool.query("DELETE FROM job WHERE id = ANY($1::bigint[])", [toNumbers(ids)])
}

export async function countJobs(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>("SELECT count(*) AS count FROM job")
  return rows[0]?.count ?? 0
}
