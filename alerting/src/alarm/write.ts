import { type Insertable, type Kysely, sql, type Transaction } from "kysely"
import type { AlarmTable, Database } from "../database/types.ts"
import type { Write } from "./plan.ts"
import type { AlarmRow } from "./row.ts"

type Tx = Transaction<Database>

/** Who did something, and what they said about it. */
export interface Actor {
  name: string
  note?: string
}

/** Rows a statement: PostgreSQL takes 65,535 parameters. */
const CHUNK = 500

/** Inserts new alarms. One that another process opened in the meantime is left out of the answer. */
export async function writeOpened(tx: Tx, writes: readonly Write[]): Promise<Write[]> {
  const kept: Write[] = []
  for (const part of chunks(writes)) {
    const rows = await tx
      .insertInto("alarm")
      .values(part.map(({ row }) => toInsert(row)))
      .onConflict((conflict) => conflict.column("fingerprint").where("state", "<>", "resolved").doNothing())
      .returning(["id", "fingerprint"])
      .execute()
    const ids = new Map(rows.map(({ id, fingerprint }) => [fingerprint, id]))
    for (const write of part) {
      const id = ids.get(write.row.fingerprint)
      if (id !== undefined) kept.push({ ...write, row: { ...write.row, id } })
    }
  }
  return kept
}

function toInsert({ id: _, ...row }: AlarmRow): Insertable<AlarmTable> {
  return { ...row, group: JSON.stringify(row.group) }
}

/** Updates open alarms in one statement a chunk, whatever changed in each. */
export async function writeChanged(tx: Tx, writes: readonly Write[]): Promise<void> {
  for (const part of chunks(writes)) {
    const rows = JSON.stringify(part.map(({ row }) => row))
    await sql`
      UPDATE alarm AS a SET
        state = n.state, silenced_by = n.silenced_by, title = n.title, why = n.why, value = n.value, expected = n.expected,
        lower = n.lower, upper = n.upper, score = n.score, good_since = n.good_since, fired_at = n.fired_at,
        acknowledged_at = n.acknowledged_at, acknowledged_by = n.acknowledged_by, resolved_at = n.resolved_at,
        updated_at = n.updated_at
      FROM jsonb_populate_recordset(NULL::alarm, ${rows}::jsonb) AS n
      WHERE a.id = n.id`.execute(tx)
  }
}

/** Writes the history rows that belong to changes of state. */
export async function writeHistory(tx: Tx, writes: readonly Write[], at: number): Promise<void> {
  const now = new Date(at)
  const events = writes.flatMap(({ row, event }) =>
    event ? [{ alarm_id: row.id, at: now, actor: "detector", ...event }] : [],
  )
  for (const part of chunks(events)) await tx.insertInto("alarm_event").values(part).execute()
}

/** Writes one line of the audit: who changed what. */
export async function writeAudit(
  db: Kysely<Database> | Tx,
  entry: { actor: string; action: string; detail: string; at: number },
): Promise<void> {
  await db
    .insertInto("audit")
    .values({ ...entry, at: new Date(entry.at) })
    .execute()
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let i = 0; i < items.length; i += CHUNK) yield items.slice(i, i + CHUNK)
}
