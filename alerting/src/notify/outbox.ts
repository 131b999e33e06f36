/**
 * The outbox rows: claimed for sending, held over the rate, merged into digests, recorded. Every step is one transaction, and a row's
 * state says what is known: `sending` means that SMTP was asked and the answer is not recorded yet.
 */
import type { Kysely, Selectable, Transaction } from "kysely"
import type { Database, OutboxTable } from "../database/types.ts"
import type { BucketSettings } from "./bucket.ts"
import { mergeHeld } from "./digest.ts"
import { takeTokenOf } from "./recipient.ts"

export type OutboxRow = Selectable<OutboxTable>
type Tx = Transaction<Database>

export type Claim =
  | { send: true; row: OutboxRow; inDoubt: boolean }
  | { send: false; why: "done already" | "over the rate" | "no such row" }

export interface Outbox {
  /** Takes a row for sending; the first attempt costs a token of its recipient. */
  claim: (id: string) => Promise<Claim>
  recordSent: (id: string) => Promise<void>
  recordFault: (id: string, why: string, final: boolean) => Promise<void>
  /** Makes the digests that are due. Returns the ids of the new rows. */
  mergeHeld: () => Promise<string[]>
  /** Ids of rows that should have a job: waiting for longer than `ageMs`, or left in `sending` by a crash. */
  readLost: (ageMs: number) => Promise<string[]>
  countWaiting: () => Promise<number>
}

/** A row in `sending` for longer than this was left there by a crash. */
const SENDING_MS = 60_000

export function createOutbox(db: Kysely<Database>, settings: BucketSettings, now: () => number): Outbox {
  return {
    claim: (id) => db.transaction().execute((tx) => claim(tx, id, settings, now())),
    recordSent: (id) => db.transaction().execute((tx) => recordSent(tx, id, new Date(now()))),
    recordFault: (id, why, final) => recordFault(db, { id, why, final, at: new Date(now()) }),
    mergeHeld: () => mergeHeld(db, settings, now),
    readLost: (ageMs) => readLost(db, now(), ageMs),
    countWaiting: async () => {
      const row = await db
        .selectFrom("outbox")
        .select(({ fn }) => fn.countAll<string>().as("count"))
        .where("state", "in", ["queued", "held", "sending"])
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
  }
}

async function claim(tx: Tx, id: string, settings: BucketSettings, now: number): Promise<Claim> {
  const row = await tx.selectFrom("outbox").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()
  if (!row) return { send: false, why: "no such row" }
  if (row.state !== "queued" && row.state !== "sending") return { send: false, why: "done already" }
  const at = new Date(now)
  const first = row.attempts === 0 && row.kind !== "digest"
  if (first && !(await takeTokenOf(tx, row.recipient, settings, now))) {
    await tx
      .updateTable("outbox")
      .set({ state: "held", detail: "over the rate", touched_at: at })
      .where("id", "=", id)
      .execute()
    return { send: false, why: "over the rate" }
  }
  const attempts = row.attempts + 1
  await tx.updateTable("outbox").set({ state: "sending", attempts, touched_at: at }).where("id", "=", id).execute()
  return { send: true, row: { ...row, state: "sending", attempts }, inDoubt: row.state === "sending" }
}

async function recordSent(tx: Tx, id: string, at: Date): Promise<void> {
  const sent = { state: "sent", sent_at: at, touched_at: at } as const
  await tx.updateTable("outbox").set(sent).where("id", "=", id).execute()
  await tx
    .updateTable("outbox")
    .set({ ...sent, detail: `in digest ${id}` })
    .where("digest_id", "=", id)
    .execute()
}

interface Fault {
  id: string
  why: string
  final: boolean
  at: Date
}

async function recordFault(db: Kysely<Database>, { id, why, final, at }: Fault): Promise<void> {
  const state = final ? "failed" : "queued"
  await db
    .updateTable("outbox")
    .set({ state, detail: why.slice(0, 1_000), touched_at: at })
    .where((where) => where.or([where("id", "=", id), ...(final ? [where("digest_id", "=", id)] : [])]))
    .execute()
}

async function readLost(db: Kysely<Database>, now: number, ageMs: number): Promise<string[]> {
  const rows = await db
    .selectFrom("outbox")
    .select("id")
    .where((where) =>
      where.or([
        where.and([where("state", "=", "queued"), where("touched_at", "<=", new Date(now - ageMs))]),
        where.and([where("state", "=", "sending"), where("touched_at", "<=", new Date(now - SENDING_MS))]),
      ]),
    )
    .orderBy("id")
    .limit(1_000)
    .execute()
  return rows.map((row) => row.id)
}
