/** Tells whoever made a silence before it ends, so that a forgotten one is no surprise. */
import type { Kysely } from "kysely"
import type { Database } from "../database/types.ts"

/** Shorter silences are not forgotten. */
const LONG_MS = 60 * 60_000
const BEFORE_MS = 15 * 60_000

/**
 * Writes the reminders that are due, one a silence.
 *
 * @returns ids of the messages to be sent
 */
export async function remind(db: Kysely<Database>, now: number): Promise<string[]> {
  return db.transaction().execute(async (tx) => {
    const ending = await tx
      .selectFrom("silence")
      .selectAll()
      .where("ended_at", "is", null)
      .where("reminded_at", "is", null)
      .where("until", ">", new Date(now))
      .where("until", "<=", new Date(now + BEFORE_MS))
      .forUpdate()
      .skipLocked()
      .execute()
    const ids: string[] = []
    const at = new Date(now)
    for (const silence of ending) {
      await tx.updateTable("silence").set({ reminded_at: at }).where("id", "=", silence.id).execute()
      const isLong = silence.until.getTime() - silence.created_at.getTime() >= LONG_MS
      if (!isLong || !silence.created_by.includes("@")) continue
      const row = await tx
        .insertInto("outbox")
        .values({
          key: `silence ${silence.id} ends`,
          silence_id: silence.id,
          kind: "silence-ends",
          severity: "info",
          recipient: silence.created_by,
          state: "queued",
          created_at: at,
          touched_at: at,
        })
        .onConflict((conflict) => conflict.column("key").doNothing())
        .returning("id")
        .executeTakeFirst()
      if (row) ids.push(row.id)
    }
    return ids
  })
}
