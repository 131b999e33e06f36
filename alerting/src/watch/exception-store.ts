import type { Kysely } from "kysely"
import type { Database } from "../database/types.ts"

/** When the newest closed alarm of each fingerprint was closed, Unix ms: what a person closed stays closed until the error is seen again. */
export async function readClosed(db: Kysely<Database>, prints: readonly string[]): Promise<Map<string, number>> {
  if (prints.length === 0) return new Map()
  const rows = await db
    .selectFrom("alarm")
    .select(({ fn }) => ["fingerprint", fn.max("resolved_at").as("at")])
    .where("fingerprint", "in", [...prints])
    .where("state", "=", "resolved")
    .groupBy("fingerprint")
    .execute()
  return new Map(rows.map(({ fingerprint, at }) => [fingerprint, at?.getTime() ?? 0]))
}
