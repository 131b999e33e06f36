/** Messages over a recipient's rate become one digest: the held rows, and in a storm also those that nobody has tried yet. */
import { type Kysely, type Selectable, sql, type Transaction } from "kysely"
import type { Database, OutboxTable } from "../database/types.ts"
import { isDigestDue, type RateLimits, takeToken } from "./bucket.ts"
import type { Limits } from "./limits.ts"
import { type Addressed, readBuckets, toKey, writeBuckets } from "./recipient.ts"

type Tx = Transaction<Database>
type Part = Pick<Selectable<OutboxTable>, "id" | "severity" | "touched_at">
type Whom = Addressed & Pick<Selectable<OutboxTable>, "language">

/** What a digest can say: incidents and alarms. */
const MERGED_KINDS = ["firing", "escalated", "repeated", "resolved"] as const

/** Makes the digests that are due. Returns the ids of the new outbox rows. */
export async function mergeHeld(db: Kysely<Database>, limits: Limits, now: () => number): Promise<string[]> {
  const held = await db
    .selectFrom("outbox")
    .select(["channel", "channel_id", "contact_id", "recipient", "language"])
    .distinct()
    .where("state", "=", "held")
    .execute()
  const ids: string[] = []
  for (const whom of held) {
    const id = await db.transaction().execute((tx) => mergeHeldOf(tx, whom, limits[whom.channel], now()))
    if (id !== null) ids.push(id)
  }
  return ids
}

async function mergeHeldOf(tx: Tx, whom: Whom, limits: RateLimits, now: number): Promise<string | null> {
  const key = toKey(whom)
  const buckets = await readBuckets(tx, key, limits, now)
  const held = await readParts(tx, whom, "held")
  const critical = held.some(({ severity }) => severity === "critical")
  const taken = takeToken(buckets, now, limits, critical)
  const lastDigestAt = await readDigestAt(tx, key)
  const oldestAt = held[0]?.touched_at.getTime() ?? now
  if (!isDigestDue({ count: held.length, oldestAt, lastDigestAt }, taken.send, now, limits)) return null
  const at = new Date(now)
  await writeBuckets(tx, key, taken.buckets)
  await tx.updateTable("recipient").set({ digest_at: at }).where("key", "=", key).execute()
  const empty = taken.buckets.some(({ tokens }) => tokens < 1)
  const untried = empty ? await readParts(tx, whom, "queued") : []
  return insertDigest(tx, whom, [...held, ...untried], at)
}

/** Rows that a worker is just looking at are left to it: waiting for them could never end. */
function readParts(
  tx: Tx,
  { channel, channel_id, contact_id, recipient, language }: Whom,
  state: "held" | "queued",
): Promise<Part[]> {
  return tx
    .selectFrom("outbox")
    .select(["id", "severity", "touched_at"])
    .where("channel", "=", channel)
    .where("recipient", "=", recipient)
    .where("language", "=", language)
    .where("channel_id", "is not distinct from", channel_id)
    .where("contact_id", "is not distinct from", contact_id)
    .where("state", "=", state)
    .where("kind", "in", MERGED_KINDS)
    .where("attempts", "=", 0)
    .orderBy("id")
    .forUpdate()
    .skipLocked()
    .execute()
}

async function readDigestAt(tx: Tx, key: string): Promise<number | null> {
  const row = await tx.selectFrom("recipient").select("digest_at").where("key", "=", key).executeTakeFirst()
  return row?.digest_at?.getTime() ?? null
}

async function insertDigest(tx: Tx, whom: Whom, held: readonly Part[], at: Date): Promise<string> {
  const severity = (["critical", "warning"] as const).find((s) => held.some((row) => row.severity === s)) ?? "info"
  const { channel, channel_id, contact_id, recipient, language } = whom
  const { id } = await tx
    .insertInto("outbox")
    .values({
      ...{ kind: "digest", severity, channel, channel_id, contact_id, recipient, language },
      ...{ state: "queued", created_at: at, touched_at: at },
    })
    .returning("id")
    .executeTakeFirstOrThrow()
  const ids = held.map((row) => row.id)
  await sql`UPDATE outbox SET state = 'merged', digest_id = ${id}, detail = ${`merged into digest ${id}`}, touched_at = ${at}
    WHERE id = ANY(${ids}::bigint[])`.execute(tx)
  return id
}
