import { type Kysely, sql } from "kysely"
import type { Database } from "../database/types.ts"
import type { Present } from "../detect/absence.ts"

export interface PresenceStore {
  load: () => Promise<Map<string, Present[]>>
  save: (entries: readonly { ruleId: string; present: Present }[]) => Promise<void>
  remove: (ruleId: string, key: string) => Promise<void>
}

export function createPresenceStore(db: Kysely<Database>): PresenceStore {
  return {
    load: async () => {
      const byRule = new Map<string, Present[]>()
      for (const row of await db.selectFrom("presence").selectAll().execute()) {
        const { key, group, proven } = row
        const present = { key, group, proven, runStart: row.run_start.getTime(), lastAt: row.last_at.getTime() }
        byRule.set(row.rule_id, [...(byRule.get(row.rule_id) ?? []), present])
      }
      return byRule
    },
    save: async (entries) => {
      const rows = entries.map(({ ruleId, present }) => ({
        rule_id: ruleId,
        key: present.key,
        group: present.group,
        run_start: new Date(present.runStart),
        last_at: new Date(present.lastAt),
        proven: present.proven,
      }))
      await sql`
        INSERT INTO presence (rule_id, key, "group", run_start, last_at, proven)
        SELECT rule_id, key, "group", run_start, last_at, proven
        FROM jsonb_populate_recordset(NULL::presence, ${JSON.stringify(rows)}::jsonb)
        WHERE rule_id IN (SELECT id FROM rule)
        ON CONFLICT (rule_id, key) DO UPDATE
        SET run_start = EXCLUDED.run_start, last_at = EXCLUDED.last_at, proven = EXCLUDED.proven`.execute(db)
    },
    remove: async (ruleId, key) => {
      await db.deleteFrom("presence").where("rule_id", "=", ruleId).where("key", "=", key).execute()
    },
  }
}
