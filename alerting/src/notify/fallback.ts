/** The next channel: rows that wait for the one before them to be delivered. In: what became of that one; out: ids to be sent now. */
import { type Kysely, sql, type Transaction } from "kysely"
import type { Database } from "../database/types.ts"

type Db = Kysely<Database> | Transaction<Database>

/**
 * What waits for these rows goes out now.
 *
 * @param note "im-is-patient" where the IM is what cannot be reached; else empty
 */
export async function passOn(db: Db, ids: readonly string[], why: string, note: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    UPDATE outbox SET state = 'queued', detail = ${why.slice(0, 1_000)}, touched_at = clock_timestamp(),
      note = CASE WHEN ${note} = '' OR note LIKE '%' || ${note} || '%' THEN note ELSE trim(note || ' ' || ${note}) END
    WHERE after_id = ANY(${[...ids]}::bigint[]) AND state = 'waiting' RETURNING id`.execute(db)
  return rows.map(({ id }) => id)
}

/** What waits for these rows, and what waits for that, is not needed any more. */
export async function skipLater(db: Db, ids: readonly string[], why: string): Promise<void> {
  await sql`
    WITH RECURSIVE later AS (
      SELECT id FROM outbox WHERE after_id = ANY(${[...ids]}::bigint[]) AND state = 'waiting'
      UNION ALL SELECT o.id FROM outbox o JOIN later l ON o.after_id = l.id WHERE o.state = 'waiting'
    )
    UPDATE outbox SET state = 'skipped', detail = ${why}, touched_at = clock_timestamp() WHERE id IN (SELECT id FROM later)`.execute(
    db,
  )
}

const MOST_AT_ONCE = 1_000

/** Rows whose time has come: the one before was not delivered by then. */
export async function passOnDue(db: Db, now: number): Promise<string[]> {
  const at = new Date(now)
  const { rows } = await sql<{ id: string; state: string }>`
    WITH due AS (
      SELECT o.id, b.channel, b.state FROM outbox o LEFT JOIN outbox b ON b.id = o.after_id
      WHERE o.state = 'waiting' AND o.due_at <= ${at} ORDER BY o.due_at LIMIT ${MOST_AT_ONCE} FOR UPDATE OF o SKIP LOCKED
    )
    UPDATE outbox o SET touched_at = clock_timestamp(),
      state = CASE WHEN due.state IN ('delivered', 'skipped') THEN 'skipped' ELSE 'queued' END,
      detail = CASE WHEN due.state = 'delivered' THEN 'delivered by ' || due.channel
        WHEN due.state = 'skipped' THEN 'the one before was not needed'
        ELSE 'not delivered in time by ' || coalesce(due.channel, 'the channel before') END
    FROM due WHERE o.id = due.id RETURNING o.id, o.state`.execute(db)
  return rows.filter(({ state }) => state === "queued").map(({ id }) => id)
}
