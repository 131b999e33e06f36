import type { Kysely } from "kysely"
import type { Database } from "../database/types.ts"

/** What whoever looks knows of the collector, kept for whoever compares minutes. Times in Unix ms. */
export interface CollectorStanding {
  usable: boolean
  /** Minutes before this are not whole: after an outage agents bring what they kept. */
  settledAt: number
}

export interface CollectorStore {
  save: (standing: CollectorStanding, now: number) => Promise<void>
  /** Null when nobody has looked lately. */
  load: (now: number) => Promise<CollectorStanding | null>
}

/** What is older than this says nothing of now. */
const STALE_MS = 70_000

export function createCollectorStore(db: Kysely<Database>): CollectorStore {
  return {
    save: async ({ usable, settledAt }, now) => {
      const row = { usable, settled_at: new Date(settledAt), at: new Date(now) }
      await db
        .insertInto("collector_state")
        .values(row)
        .onConflict((conflict) => conflict.column("one").doUpdateSet(row))
        .execute()
    },
    load: async (now) => {
      const row = await db.selectFrom("collector_state").selectAll().executeTakeFirst()
      if (!row || Math.abs(now - row.at.getTime()) > STALE_MS) return null
      return { usable: row.usable, settledAt: row.settled_at.getTime() }
    },
  }
}
