import type { Transaction } from "kysely"
import type { Database } from "../database/types.ts"
import { type Bucket, type BucketSettings, takeToken } from "./bucket.ts"

type Tx = Transaction<Database>

/** Takes a token of a recipient's bucket, and stores the bucket. */
export async function takeTokenOf(tx: Tx, address: string, settings: BucketSettings, now: number): Promise<boolean> {
  const taken = takeToken(await readBucket(tx, address, settings, now), now, settings)
  const { tokens, refilledAt } = taken.bucket
  await tx
    .updateTable("recipient")
    .set({ tokens, refilled_at: new Date(refilledAt) })
    .where("key", "=", `email ${address}`)
    .execute()
  return taken.send
}

/** The bucket of a recipient, locked until the transaction ends; a full one for somebody new. */
export async function readBucket(tx: Tx, address: string, settings: BucketSettings, now: number): Promise<Bucket> {
  await tx
    .insertInto("recipient")
    .values({ key: `email ${address}`, tokens: settings.burst, refilled_at: new Date(now) })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute()
  const row = await tx
    .selectFrom("recipient")
    .selectAll()
    .where("key", "=", `email ${address}`)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { tokens: row.tokens, refilledAt: row.refilled_at.getTime() }
}
