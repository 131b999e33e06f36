import type { Kysely } from "kysely"
import type { Database } from "../database/types.ts"

const DAY_MS = 86_400_000

/** Removes resolved alarms, ended silences and audit lines that are too old, and pending ones that never fired after a day. */
export async function prune(db: Kysely<Database>, keepDays: number, now: number): Promise<void> {
  const oldest = new Date(now - keepDays * DAY_MS)
  await db.deleteFrom("alarm").where("state", "=", "resolved").where("resolved_at", "<", oldest).execute()
  await db
    .deleteFrom("alarm")
    .where("state", "=", "resolved")
    .where("fired_at", "is", null)
    .where("resolved_at", "<", new Date(now - DAY_MS))
    .execute()
  await db.deleteFrom("outbox").where("kind", "=", "digest").where("created_at", "<", oldest).execute()
  await db.deleteFrom("silence").where("until", "<", oldest).execute()
  await db.deleteFrom("audit").where("at", "<", oldest).execute()
}
