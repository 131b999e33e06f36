import type { Kysely } from "kysely"
import type { Database } from "../database/types.ts"

const DAY_MS = 86_400_000
/** A token bucket that nobody has used for so long is full. */
const BUCKET_DAYS = 30

/** Removes resolved alarms, messages about none, ended silences and audit lines that are too old, and pending ones that never fired after a day. */
export async function prune(db: Kysely<Database>, keepDays: number, now: number): Promise<void> {
  const oldest = new Date(now - keepDays * DAY_MS)
  await db.deleteFrom("alarm").where("state", "=", "resolved").where("resolved_at", "<", oldest).execute()
  await db
    .deleteFrom("alarm")
    .where("state", "=", "resolved")
    .where("fired_at", "is", null)
    .where("resolved_at", "<", new Date(now - DAY_MS))
    .execute()
  await db
    .deleteFrom("outbox")
    .where("alarm_id", "is", null)
    .where("incident_id", "is", null)
    .where("created_at", "<", oldest)
    .execute()
  await db
    .deleteFrom("recipient")
    .where("refilled_at", "<", new Date(now - BUCKET_DAYS * DAY_MS))
    .execute()
  await db.deleteFrom("silence").where("until", "<", oldest).execute()
  await db.deleteFrom("release").where("ended_at", "<", oldest).execute()
  await db.deleteFrom("audit").where("at", "<", oldest).execute()
}
