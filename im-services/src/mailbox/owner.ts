/**
 * Who may write a SET. An owner has a term; each of its transactions holds the owner's row at that term, so what a deposed owner still
 * had under way is refused, and a new owner waits for what was committing. A live owner is left alone: it is taken for dead when its
 * connection is gone, or when it has not renewed for a while (it stands still).
 */
import { randomInt } from "node:crypto"
import type pg from "pg"

export const BEAT_MS = 1_500
/** Keys of so many owners are known; a client that was away for longer begins anew. */
const MOST_KNOWN = 500
/** Without a renewal for so long an owner counts as gone though it is connected. */
const STALE_SEC = 6

export interface Ownership {
  term: number
  /** Of this owner: part of every sync key that it gives. */
  epoch: number
  /** Of this owner and those before it: keys of others were given by a store that this one is a back-up of. */
  known: ReadonlySet<number>
}

export type Claim = { owned: Ownership } | { owned: null; why: string }

/** An application name that tells whose connection it is. */
export const connectionName = (set: number, run: string): string => `mailbox-${set}-${run}`

/**
 * Takes the SET unless another owner lives.
 *
 * @param sets how many SETs there are: a store that was made for another number is refused, for its users would be looked for elsewhere
 * @param lastTerm the highest term that is known from elsewhere: a store below it came out of a back-up
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
  cluster: string
}

async function claimWithin(client: pg.ClientBase, set: number, run: string, { sets, lastTerm }: Facts): Promise<Claim> {
  const cluster = await readCluster(client)
  const term = lastTerm + 1
  const epoch = newEpoch([])
  const inserted = await client.query(
    "INSERT INTO owner (term, run, epoch, sets, cluster, beat_at) VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT DO NOTHING",
    [term, run, epoch, sets, cluster],
  )
  if (inserted.rowCount === 1) return { owned: { term, epoch, known: await note(client, { term, epoch }) } }
  const found = await client.query<OwnerRow>(
    `SELECT term::float8 AS term, run, epoch, sets, cluster, beat_at < clock_timestamp() - make_interval(secs => $1) AS stale
      FROM owner FOR UPDATE`,
    [STALE_SEC],
  )
  const row = found.rows[0] as OwnerRow
  if (row.sets !== sets)
    throw new Error(`cannot open SET ${set}: it was made as one of ${row.sets}, and now there are ${sets}`)
  if (!row.stale && row.run !== run && (await isConnected(client, set, row.run)))
    return { owned: null, why: `${row.run} has it` }
  return { owned: await follow(client, row, { run, cluster, lastTerm }) }
}

/**
 * A new owner has an epoch of its own, and knows those of the owners before it. After a store was put back those of the time that was undone
 * are not among them, so their keys are refused, whatever numbers have been given again. A store of another cluster, or below a term that is
 * known from elsewhere, may have been copied while its owner served: then that one's keys are refused, too.
 */
async function follow(
  client: pg.ClientBase,
  before: OwnerRow,
  { run, cluster, lastTerm }: { run: string; cluster: string; lastTerm: number },
): Promise<Ownership> {
  const restored = before.term < lastTerm || (before.cluster !== "" && before.cluster !== cluster)
  if (restored) await client.query("DELETE FROM epoch")
  const known = (await client.query<{ epoch: number }>("SELECT epoch FROM epoch")).rows.map((row) => row.epoch)
  const owned = { term: Math.max(before.term, lastTerm) + 1, epoch: newEpoch([...known, before.epoch]) }
  await client.query("UPDATE owner SET term = $1, run = $2, epoch = $3, cluster = $4, beat_at = clock_timestamp()", [
    ...[owned.term, run, owned.epoch, cluster],
  ])
  return { ...owned, known: await note(client, owned) }
}

/** Keeps an epoch and forgets the oldest ones; answers those that are kept. */
async function note(client: pg.ClientBase, { term, epoch }: Pick<OwnerRow, "term" | "epoch">): Promise<Set<number>> {
  await client.query("INSERT INTO epoch (epoch, term) VALUES ($1, $2) ON CONFLICT DO NOTHING", [epoch, term])
  await client.query("DELETE FROM epoch WHERE epoch NOT IN (SELECT epoch FROM epoch ORDER BY term DESC LIMIT $1)", [
    MOST_KNOWN,
  ])
  const { rows } = await client.query<{ epoch: number }>("SELECT epoch FROM epoch")
  return new Set(rows.map((row) => row.epoch))
}

/** Which cluster this is, and how often it was brought forward from a back-up; a copy of its files is not told from itself. */
async function readCluster(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ cluster: string }>(
    "SELECT s.system_identifier || '/' || c.timeline_id AS cluster FROM pg_control_system() s, pg_control_checkpoint() c",
  )
  return rows[0]?.cluster ?? ""
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

/** Two bytes of a key, and another one than those before. */
function newEpoch(not: readonly number[]): number {
  const epoch = randomInt(1, 16_384)
  return not.includes(epoch) ? newEpoch(not) : epoch
}
