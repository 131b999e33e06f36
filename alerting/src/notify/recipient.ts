import type { Transaction } from "kysely"
import type { Database } from "../database/types.ts"
import { type Bucket, type RateLimits, takeToken } from "./bucket.ts"
import type { OutboxRow } from "./outbox.ts"

type Tx = Transaction<Database>
export type Addressed = Pick<OutboxRow, "channel" | "channel_id" | "contact_id" | "recipient">

/** Whose tokens a message takes: a person's on that kind of channel, or those of the channel that is told itself. */
export const toKey = ({ channel, channel_id, contact_id, recipient }: Addressed): string =>
  contact_id === null && channel_id !== null ? `${channel} #${channel_id}` : `${channel} ${recipient}`

/** The first window stands under the plain key. */
const keyOf = (key: string, window: number): string => (window === 0 ? key : `${key} ${window}`)

/** Takes a token of each of a recipient's buckets, and stores them. */
export async function takeTokenOf(
  tx: Tx,
  key: string,
  { limits, now, critical }: { limits: RateLimits; now: number; critical: boolean },
): Promise<boolean> {
  const taken = takeToken(await readBuckets(tx, key, limits, now), now, limits, critical)
  await writeBuckets(tx, key, taken.buckets)
  return taken.send
}

export async function writeBuckets(tx: Tx, key: string, buckets: readonly Bucket[]): Promise<void> {
  for (const [i, { tokens, refilledAt }] of buckets.entries())
    await tx
      .updateTable("recipient")
      .set({ tokens, refilled_at: new Date(refilledAt) })
      .where("key", "=", keyOf(key, i))
      .execute()
}

/** The buckets of a recipient, locked until the transaction ends; full ones for somebody new. */
export async function readBuckets(tx: Tx, key: string, { windows }: RateLimits, now: number): Promise<Bucket[]> {
  const rows = windows.map(({ burst }, i) => ({ key: keyOf(key, i), tokens: burst, refilled_at: new Date(now) }))
  await tx
    .insertInto("recipient")
    .values(rows)
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute()
  const found = await tx
    .selectFrom("recipient")
    .selectAll()
    .where(
      "key",
      "in",
      rows.map((row) => row.key),
    )
    .orderBy("key")
    .forUpdate()
    .execute()
  const byKey = new Map(found.map((row) => [row.key, row]))
  return rows.map((row) => {
    const { tokens, refilled_at } = byKey.get(row.key) ?? row
    return { tokens, refilledAt: refilled_at.getTime() }
  })
}
