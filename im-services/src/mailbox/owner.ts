/**
 * Who may write a SET. An owner has a term; each of its transactions holds the owner's row at that term, so what a deposed owner still
 * had under way is refused, and a new owner waits for what was committing. A live owner is left alone: it is taken for dead when its
 * connection is gone, or when it has not renewed for a while (it stands still).
 */
import { randomInt } from "node:crypto"
import type pg from "pg"

export const BEAT_MS = 1_500
/** Without a renewal for so long an owner counts as gone though it is connected. */
const STALE_SEC = 6

export interface Ownership {
  term: number
  /** Of the store: part of every sync key. */
  epoch: number
}

export type Claim = { owned: Ownership } | { owned: null; why: string }

/** An application name that tells whose connection it is. */
export const connectionName = (set: number, run: string): string => `mailbox-${set}-${run}`

/**
 * Takes the SET unless another owner lives.
 *
 * @param sets how many SETs there are: a store that was made for another number is refused, for its users would be looked for elsewhere
 * @param lastTerm the highest term that is known from elsewhere: a store below it came out of a back-up, and gets a new epoch
 */
export async function tryClaim(client: pg.ClientBase, set: number, run: string, facts: Facts): Promise<Claim> {
  await client.query("BEGIN")
  try {
    const claim = await claimWithin(client, set, run, facts)
    await client.query("COMMIT")
    return claim
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined)
    throw error
  }
}

export interface Facts {
  sets: number
  lastTerm: number
}

interface OwnerRow {
  term: number
  run: string
  epoch: number
  sets: number
  stale: boolean
}

async function claimWithin(client: pg.ClientBase, set: number, run: string, { sets, lastTerm }: Facts): Promise<Claim> {
  const first: Ownership = { term: lastTerm + 1, epoch: newEpoch() }
  const inserted = await client.query(
    "INSERT INTO owner (term, run, epoch, sets, beat_at) VALUES ($1, $2, $3, $4, clock_timestamp()) ON CONFLICT DO NOTHING",
    [first.term, run, first.epoch, sets],
  )
  if (inserted.rowCount === 1) return { owned: first }
  const found = await client.query<OwnerRow>(
    `SELECT term::float8 AS term, run, epoch, sets, beat_at < clock_timestamp() - make_interval(secs => $1) AS stale FROM owner FOR UPDATE`,
    [STALE_SEC],
  )
  const row = found.rows[0] as OwnerRow
  if (row.sets !== sets)
    throw new Error(`cannot open SET ${set}: it was made as one of ${row.sets}, and now there are ${sets}`)
  if (!row.stale && row.run !== run && (await isConnected(client, set, row.run)))
    return { owned: null, why: `${row.run} has it` }
  const restored = row.term < lastTerm
  const owned = { term: Math.max(row.term, lastTerm) + 1, epoch: restored ? newEpoch(row.epoch) : row.epoch }
  await client.query("UPDATE owner SET term = $1, run = $2, epoch = $3, beat_at = clock_timestamp()", [
    owned.term,
    run,
    owned.epoch,
  ])
  return { owned }
}

async function isConnected(client: pg.ClientBase, set: number, run: string): Promise<boolean> {
  const found = await client.query("SELECT 1 FROM pg_stat_activity WHERE application_name = $1", [
    connectionName(set, run),
  ])
  return found.rowCount !== null && found.rowCount > 0
}

/** False when the SET is another's by now. */
export async function renew(client: pg.ClientBase, { term }: Ownership): Promise<boolean> {
  const done = await client.query("UPDATE owner SET beat_at = clock_timestamp() WHERE term = $1", [term])
  return done.rowCount === 1
}

/** Two bytes of a key, and another one than before. */
function newEpoch(not = 0): number {
  const epoch = randomInt(1, 16_384)
  return epoch === not ? newEpoch(not) : epoch
}
