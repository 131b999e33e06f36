/** Mails over a recipient's rate become one digest: the held rows, and in a storm also those that nobody has tried yet. */
import { type Kysely, type Selectable, sql, type Transaction } from "kysely"
import type { Database, OutboxTable } from "../database/types.ts"
import { type BucketSettings, isDigestDue, takeToken } from "./bucket.ts"
import { readBucket } from "./recipient.ts"

type Tx = Transaction<Database>
type Part = Pick<Selectable<OutboxTable>, "id" | "severity" | "touched_at">

/** Makes the digests that are due. Returns the ids of the new outbox rows. */
export async function mergeHeld(db: Kysely<Database>, settings: BucketSettings, now: () => number): Promise<string[]> {
  const held = await db.selectFrom("outbox").select("recipient").distinct().where("state", "=", "held").execute()
  const ids: string[] = []
  for (const { recipient } of held) {
    const id = await db.transaction().execute((tx) => mergeHeldOf(tx, recipient, settings, now()))
    if (id !== null) ids.push(id)
  }
  return ids
}

async function mergeHeldOf(tx: Tx, address: string, settings: BucketSettings, now: number): Promise<string | null> {
  const taken = takeToken(await readBucket(tx, address, settings, now), now, settings)
  const held = await readParts(tx, address, "held")
  const lastDigestAt = await readDigestAt(tx, address)
  const oldestAt = held[0]?.touched_at.getTime() ?? now
  if (!isDigestDue({ count: held.length, oldestAt, lastDigestAt }, taken.send, now, settings)) return null
  const { tokens, refilledAt } = taken.bucket
  const at = new Date(now)
  await tx
    .updateTable("recipient")
    .set({ tokens, refilled_at: new Date(refilledAt), digest_at: at })
    .where("key", "=", `email ${address}`)
    .execute()
  const untried = tokens < 1 ? await readParts(tx, address, "queued") : []
  return insertDigest(tx, address, [...held, ...untried], at)
}

/** Rows that a worker is just looking at are left to it: waiting for them could never end. */
function readParts(tx: Tx, address: string, state: "held" | "queued"): Promise<Part[]> {
  return tx
    .selectFrom("outbox")
    .select(["id", "severity", "touched_at"])
    .where("recipient", "=", address)
    .where("state", "=", state)
    .where("kind", "<>", "digest")
    .where("attempts", "=", 0)
    .orderBy("id")
    .forUpdate()
    .skipLocked()
    .execute()
}

async function readDigestAt(tx: Tx, address: string): Promise<number | null> {
  const row = await tx
    .selectFrom("recipient")
    .select("digest_at")
    .where("key", "=", `email ${address}`)
    .executeTakeFirst()
  return row?.digest_at?.getTime() ?? null
}

async function insertDigest(tx: Tx, recipient: string, held: readonly Part[], at: Date): Promise<string> {
  const severity = (["critical", "warning"] as const).find((s) => held.some((row) => row.severity === s)) ?? "info"
  const { id } = await tx
    .insertInto("outbox")
    .values({ kind: "digest", severity, recipient, state: "queued", created_at: at, touched_at: at })
    .returning("id")
    .executeTakeFirstOrThrow()
  const ids = held.map((row) => row.id)
  await sql`UPDATE outbox SET state = 'merged', digest_id = ${id}, detail = ${`merged into digest ${id}`}, touched_at = ${at}
    WHERE id = ANY(${ids}::bigint[])`.execute(tx)
  return id
}
