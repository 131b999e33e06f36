import type { AuditEntry } from "@ossagent/wire"
import type { Pool } from "pg"

/** What the dashboard itself changed: users, roles, passwords; log-ins too. The alerting service keeps its own. */
export async function writeAudit(
  pool: Pool,
  { actor, action, detail }: { actor: string; action: string; detail: string },
): Promise<void> {
  await pool.query("insert into audit (actor, action, detail) values ($1, $2, $3)", [
    actor.slice(0, 200),
    action,
    detail.slice(0, 2_000),
  ])
}

/** The newest entries before the time `before`, newest first. */
export async function readAudit(pool: Pool, before: number, limit: number): Promise<AuditEntry[]> {
  const { rows } = await pool.query<{ id: string; at: Date; actor: string; action: string; detail: string }>(
    "select id, at, actor, action, detail from audit where at < $1 order by at desc, id desc limit $2",
    [new Date(before), limit],
  )
  return rows.map((row) => ({ ...row, id: `dashboard-${row.id}`, at: row.at.getTime() }))
}
