/** Writing one batch: everything in it becomes visible at once, or nothing does. */
import type pg from "pg"
import { toBytes, toNumbers, toTexts } from "./open.ts"
import { type Identity, RECALLED } from "./read.ts"

export interface MessageRow extends Identity {
  seq: number
  chat: number
  at: number
  kind: number
  flags: number
  ref: number
  text: string
  /** Key of a text that is stored once; null: the text is in the row. */
  body: Uint8Array | null
}

export interface ChangeRow {
  uid: number
  topic: number
  subject: number
  state: number
  rank: number
  value: Uint8Array
  seq: number
}

export interface JobRow extends Identity {
  gid: number
  at: number
  kind: number
  text: string
  flags: number
  recallId: number
  members: readonly number[]
  marker: number
}

export interface Batch {
  messages: MessageRow[]
  changes: ChangeRow[]
  bodies: { key: Uint8Array; text: string; at: number }[]
  jobs: JobRow[]
}

/** The SET is another owner's: nothing was written. */
export class DeposedError extends Error {
  override name = "DeposedError"
}

/** Writes a batch at an owner's term; answers which messages were not there before. Throws DeposedError. */
export async function commitBatch(client: pg.ClientBase, term: number, batch: Batch): Promise<Set<MessageRow>> {
  const { messages, changes, bodies, jobs } = batch
  const recalls = messages.filter(({ ref }) => ref !== 0)
  if (changes.length + bodies.length + jobs.length + recalls.length === 0) return insertMessages(client, term, messages)
  await client.query("BEGIN")
  try {
    if (bodies.length > 0) await insertBodies(client, bodies)
    const fresh = await insertMessages(client, term, messages)
    if (changes.length > 0) await putChanges(client, changes)
    const taken = recalls.filter((row) => fresh.has(row))
    if (taken.length > 0) await blankRecalled(client, taken)
    const isFresh = new Set([...fresh].map(nameOf))
    for (const job of jobs) if (isFresh.has(nameOf(job))) await insertJob(client, job)
    await client.query("COMMIT")
    return fresh
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined)
    throw error
  }
}

export const nameOf = ({ uid, from, clientId }: Identity): string => `${uid} ${from} ${clientId}`

const INSERT = `WITH fence AS MATERIALIZED (SELECT term FROM owner WHERE term = $1 FOR SHARE),
  fresh AS (
    INSERT INTO message (uid, seq, sender, client_id, chat, at, kind, flags, ref, text, body)
    SELECT t.* FROM fence, unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::smallint[],
      $9::smallint[], $10::bigint[], $11::text[], $12::bytea[]) AS t
    ON CONFLICT (uid, sender, client_id) DO NOTHING RETURNING uid, seq
  )
  SELECT (SELECT count(*) FROM fence)::int AS fence, (SELECT count(*) FROM fresh)::int AS count,
    CASE WHEN (SELECT count(*) FROM fresh) < $13::int THEN (SELECT array_agg(uid || ' ' || seq) FROM fresh) END AS fresh`

async function insertMessages(
  client: pg.ClientBase,
  term: number,
  rows: readonly MessageRow[],
): Promise<Set<MessageRow>> {
  const numbers = (of: (row: MessageRow) => number): string => toNumbers(rows.map(of))
  const found = await client.query<{ fence: number; count: number; fresh: string[] | null }>({
    name: "insert",
    text: INSERT,
    values: [
      term,
      numbers(({ uid }) => uid),
      numbers(({ seq }) => seq),
      numbers(({ from }) => from),
      numbers(({ clientId }) => clientId),
      numbers(({ chat }) => chat),
      numbers(({ at }) => at),
      numbers(({ kind }) => kind),
      numbers(({ flags }) => flags),
      numbers(({ ref }) => ref),
      toTexts(rows.map(({ text, body }) => (body === null ? text : null))),
      toBytes(rows.map(({ body }) => body)),
      rows.length,
    ],
  })
  const answer = found.rows[0] as { fence: number; count: number; fresh: string[] | null }
  if (answer.fence === 0) throw new DeposedError(`cannot write: the SET has another owner than that of term ${term}`)
  if (answer.count === rows.length) return new Set(rows)
  const fresh = new Set(answer.fresh ?? [])
  return new Set(rows.filter(({ uid, seq }) => fresh.has(`${uid} ${seq}`)))
}

async function insertBodies(client: pg.ClientBase, bodies: Batch["bodies"]): Promise<void> {
  await client.query({
    name: "bodies",
    text: "INSERT INTO body (key, text, at) SELECT * FROM unnest($1::bytea[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING",
    values: [
      toBytes(bodies.map(({ key }) => key)),
      toTexts(bodies.map(({ text }) => text)),
      toNumbers(bodies.map(({ at }) => at)),
    ],
  })
}

async function putChanges(client: pg.ClientBase, rows: readonly ChangeRow[]): Promise<void> {
  const numbers = (of: (row: ChangeRow) => number): string => toNumbers(rows.map(of))
  await client.query({
    name: "changes-put",
    text: `INSERT INTO change (uid, topic, subject, state, rank, value, seq)
      SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::int[], $5::bigint[], $6::bytea[], $7::bigint[])
      ON CONFLICT (uid, topic, subject) DO UPDATE SET state = excluded.state, rank = excluded.rank, value = excluded.value, seq = excluded.seq`,
    values: [
      numbers(({ uid }) => uid),
      numbers(({ topic }) => topic),
      numbers(({ subject }) => subject),
      numbers(({ state }) => state),
      numbers(({ rank }) => rank),
      toBytes(rows.map(({ value }) => value)),
      numbers(({ seq }) => seq),
    ],
  })
}

/** The text of what was taken back goes; the row stays, so that its number and identity do. */
async function blankRecalled(client: pg.ClientBase, recalls: readonly MessageRow[]): Promise<void> {
  await client.query({
    name: "blank",
    text: `UPDATE message m SET text = NULL, body = NULL, flags = m.flags | ${RECALLED}
      FROM unnest($1::bigint[], $2::bigint[]) AS r(uid, seq) WHERE m.uid = r.uid AND m.seq = r.seq`,
    values: [toNumbers(recalls.map(({ uid }) => uid)), toNumbers(recalls.map(({ ref }) => ref))],
  })
}

async function insertJob(client: pg.ClientBase, job: JobRow): Promise<void> {
  await client.query({
    name: "job",
    text: `INSERT INTO job (gid, sender, client_id, at, kind, text, flags, recall_id, members, marker)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      ...[job.gid, job.from, job.clientId, job.at, job.kind, job.text, job.flags, job.recallId],
      toNumbers(job.members),
      job.marker,
    ],
  })
}
