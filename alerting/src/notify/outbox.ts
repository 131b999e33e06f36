/**
 * The outbox rows: claimed for sending, held over the rate, merged into digests, recorded. Every step is one transaction, and a row's
 * state says what is known: `sending` means that the channel was asked and the answer is not recorded yet.
 */
import type { ChannelKind } from "@ossagent/wire"
import { type Kysely, type Selectable, sql, type Transaction } from "kysely"
import type { Database, OutboxTable } from "../database/types.ts"
import type { Taken } from "./channel/channel.ts"
import { mergeHeld } from "./digest.ts"
import { passOn, passOnDue, skipLater } from "./fallback.ts"
import type { Limits } from "./limits.ts"
import { takeTokenOf, toKey } from "./recipient.ts"

export type OutboxRow = Selectable<OutboxTable>
type Tx = Transaction<Database>

export type Claim =
  | { send: true; row: OutboxRow; inDoubt: boolean }
  | { send: false; why: "done already" | "over the rate" | "no such row" | "under way elsewhere" }

export interface Fault {
  why: string
  /** It is not tried again. */
  final: boolean
  /** The channel itself cannot be used: the next one goes at once, while this one is tried again. */
  away: boolean
}

export interface Receipt {
  channel: ChannelKind
  providerId: string
  delivered: boolean
  why: string
}

export interface Outbox {
  /** A row that is still to be sent; undefined: it is done, or waits. */
  peek: (id: string) => Promise<OutboxRow | undefined>
  /**
   * Takes a row for sending; the first attempt costs a token of its recipient.
   *
   * @param own a claim of it that is open is this process's, which does not send it now
   */
  claim: (id: string, own?: boolean) => Promise<Claim>
  /** @param receipts whether the channel says later that it was delivered */
  recordSent: (id: string, taken: Taken, receipts: boolean) => Promise<void>
  /** Returns the ids of rows that go out instead. */
  recordFault: (id: string, fault: Fault) => Promise<string[]>
  /** What waits for this row goes out now. Returns its ids. */
  passOn: (row: Pick<OutboxRow, "id" | "channel">, why: string) => Promise<string[]>
  /** Returns the ids of rows that go out instead; null: no such message is known (yet). */
  recordReceipt: (receipt: Receipt) => Promise<string[] | null>
  /** Makes the digests that are due. Returns the ids of the new rows. */
  mergeHeld: () => Promise<string[]>
  /** Wakes rows whose channel before them did not deliver in time. Returns their ids. */
  passOnDue: () => Promise<string[]>
  /** Ids of rows that should have a job: waiting for longer than `ageMs`, or left in `sending` by a crash. */
  readLost: (ageMs: number) => Promise<string[]>
  countWaiting: () => Promise<number>
}

/** Longer than a message may take, by so much: then a row in `sending`, by the database's clock, was left there by a crash. */
const SENDING_MORE_MS = 5_000

export interface OutboxOptions {
  limits: Limits
  /** Time for one message on its channel. */
  sendMs: number
  now: () => number
}

export function createOutbox(db: Kysely<Database>, { limits, sendMs, now }: OutboxOptions): Outbox {
  const staleMs = sendMs + SENDING_MORE_MS
  return {
    peek: async (id) => {
      const row = await db.selectFrom("outbox").selectAll().where("id", "=", id).executeTakeFirst()
      return row?.state === "queued" || row?.state === "sending" ? row : undefined
    },
    claim: (id, own = false) => db.transaction().execute((tx) => claim(tx, { id, own, staleMs }, limits, now())),
    recordSent: (id, taken, receipts) =>
      db.transaction().execute((tx) => recordSent(tx, { id, taken, receipts, at: new Date(now()) })),
    recordFault: (id, fault) => db.transaction().execute((tx) => recordFault(tx, id, fault)),
    passOn: ({ id, channel }, why) => passOn(db, [id], why, toNote(channel, true)),
    recordReceipt: (receipt) => db.transaction().execute((tx) => recordReceipt(tx, receipt, new Date(now()))),
    mergeHeld: () => mergeHeld(db, limits, now),
    passOnDue: () => passOnDue(db, now()),
    readLost: (ageMs) => readLost(db, now(), { ageMs, staleMs }),
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

type Locked = OutboxRow & { stale: boolean }

interface Claimed {
  id: string
  own: boolean
  staleMs: number
}

async function claim(tx: Tx, { id, own, staleMs }: Claimed, limits: Limits, now: number): Promise<Claim> {
  const row: Locked | undefined = await tx
    .selectFrom("outbox")
    .selectAll()
    .select(sql<boolean>`touched_at <= clock_timestamp() - ${staleMs} * interval '1 ms'`.as("stale"))
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return { send: false, why: "no such row" }
  const { stale, ...kept } = row
  if (row.state !== "queued" && row.state !== "sending") return { send: false, why: "done already" }
  if (row.state === "sending" && !stale && !own) return { send: false, why: "under way elsewhere" }
  if (isRated(row) && !(await takeTokenFor(tx, row, limits, now))) {
    const held = { state: "held", detail: "over the rate", touched_at: new Date(now) } as const
    await tx.updateTable("outbox").set(held).where("id", "=", id).execute()
    return { send: false, why: "over the rate" }
  }
  const attempts = row.attempts + 1
  await tx
    .updateTable("outbox")
    .set({ state: "sending", attempts, touched_at: sql<Date>`clock_timestamp()` })
    .where("id", "=", id)
    .execute()
  return { send: true, row: { ...kept, state: "sending", attempts }, inDoubt: row.state === "sending" }
}

/** Kinds that a digest cannot say go out as they are; there are few of them. */
const UNRATED = new Set(["digest", "test", "silence-ends", "silent-alerting"])
const isRated = ({ attempts, kind }: OutboxRow): boolean => attempts === 0 && !UNRATED.has(kind)

const takeTokenFor = (tx: Tx, row: OutboxRow, limits: Limits, now: number): Promise<boolean> =>
  takeTokenOf(tx, toKey(row), { limits: limits[row.channel], now, critical: row.severity === "critical" })

interface Sent {
  id: string
  taken: Taken
  receipts: boolean
  at: Date
}

async function recordSent(tx: Tx, { id, taken, receipts, at }: Sent): Promise<void> {
  const { delivered, providerId } = taken
  const state = delivered ? "delivered" : "sent"
  const { rows } = await sql<{ id: string; channel: ChannelKind }>`
    UPDATE outbox SET state = ${state}, sent_at = ${at}, touched_at = ${at}, delivered_at = ${delivered ? at : null},
      provider_id = ${providerId ?? null},
      detail = CASE WHEN id = ${id} THEN '' ELSE ${`in digest ${id}`} END
    WHERE id = ${id} OR digest_id = ${id} RETURNING id, channel`.execute(tx)
  const ids = rows.map((row) => row.id)
  if (delivered || !receipts) await skipLater(tx, ids, `delivered by ${rows[0]?.channel}`)
}

async function recordFault(tx: Tx, id: string, { why, final, away }: Fault): Promise<string[]> {
  const detail = why.slice(0, 1_000)
  const { rows } = await sql<{ id: string; channel: ChannelKind }>`
    UPDATE outbox SET state = ${final ? "failed" : "queued"}, detail = ${detail}, touched_at = clock_timestamp()
    WHERE id = ${id} OR (${final} AND digest_id = ${id}) RETURNING id, channel`.execute(tx)
  const channel = rows[0]?.channel
  if (channel === undefined || !(final || away)) return []
  const ids = rows.map((row) => row.id)
  return passOn(tx, ids, `${channel} failed: ${detail}`, toNote(channel, away))
}

/** While the IM itself cannot be reached, the other channels say so. */
const toNote = (channel: ChannelKind, away: boolean): string => (channel === "im" && away ? "im-is-patient" : "")

async function recordReceipt(
  tx: Tx,
  { channel, providerId, delivered, why }: Receipt,
  at: Date,
): Promise<string[] | null> {
  const { rows } = await sql<{ id: string }>`
    UPDATE outbox SET state = ${delivered ? "delivered" : "failed"}, touched_at = ${at},
      delivered_at = ${delivered ? at : null}, detail = ${delivered ? "" : why.slice(0, 1_000)}
    WHERE channel = ${channel} AND provider_id = ${providerId} AND state = 'sent' RETURNING id`.execute(tx)
  if (rows.length === 0) return (await isKnown(tx, channel, providerId)) ? [] : null
  const ids = rows.map((row) => row.id)
  if (!delivered) return passOn(tx, ids, `${channel} failed: ${why}`, "")
  await skipLater(tx, ids, `delivered by ${channel}`)
  return []
}

/** A receipt that comes twice, or after another one. */
async function isKnown(tx: Tx, channel: ChannelKind, providerId: string): Promise<boolean> {
  const known = tx
    .selectFrom("outbox")
    .select("id")
    .where("channel", "=", channel)
    .where("provider_id", "=", providerId)
  return (await known.executeTakeFirst()) !== undefined
}

async function readLost(
  db: Kysely<Database>,
  now: number,
  { ageMs, staleMs }: { ageMs: number; staleMs: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM outbox WHERE (state = 'queued' AND touched_at <= ${new Date(now - ageMs)})
      OR (state = 'sending' AND touched_at <= clock_timestamp() - ${staleMs} * interval '1 ms')
    ORDER BY id LIMIT 1000`.execute(db)
  return rows.map(({ id }) => id)
}
