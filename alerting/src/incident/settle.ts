/** Brings incidents up to date with their alarms, in the transaction that changed those. */
import { sql, type Transaction } from "kysely"
import type { Database } from "../database/types.ts"
import { writeEvents } from "./event.ts"

type Tx = Transaction<Database>

interface Counted {
  id: string
  alarms: number
  open: number
  flapping: boolean
}

/**
 * Counts the alarms of these incidents anew, and resolves those of which none is open.
 *
 * @returns ids of incidents that were resolved now
 */
export async function settleIncidents(tx: Tx, ids: readonly string[], actor: string, now: number): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Counted>`
    SELECT i.id, count(a.id)::int AS alarms, (count(a.id) FILTER (WHERE a.state <> 'resolved'))::int AS open,
      coalesce(bool_or(a.state = 'flapping'), false) AS flapping
    FROM incident i LEFT JOIN alarm a ON a.incident_id = i.id
    WHERE i.id = ANY(${[...new Set(ids)]}::bigint[]) AND i.state <> 'resolved' GROUP BY i.id ORDER BY i.id`.execute(tx)
  const at = new Date(now)
  const resolved: string[] = []
  for (const { id, alarms, open, flapping } of rows) {
    const over = open === 0
    await tx
      .updateTable("incident")
      .set(({ eb, ref }) => ({
        alarms,
        open_alarms: open,
        flapping: over ? ref("flapping") : eb.val(flapping),
        updated_at: at,
        ...(over ? { state: "resolved" as const, resolved_at: at, due_at: at } : {}),
      }))
      .where("id", "=", id)
      .execute()
    if (over) resolved.push(id)
  }
  await writeEvents(
    tx,
    resolved.map((incidentId) => ({
      incidentId,
      kind: "resolved",
      actor,
      text: "none of its alarms is open any more",
    })),
    now,
  )
  return resolved
}
