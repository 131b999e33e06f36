import type pg from "pg"
import { toNumbers } from "./open.ts"
import type { Change, Entry, Message } from "./recent.ts"

/** Flag of a message that was taken back. */
export const RECALLED = 2
/** Rows of one page at most. */
const PAGE_ROWS = 400
/** Messages that a device without a key is given. */
const WINDOW = 200

const MESSAGE = `m.seq, m.sender AS "from", m.client_id AS "clientId", m.chat, m.at, m.kind, m.flags, m.ref,
  CASE WHEN m.flags & ${RECALLED} <> 0 THEN '' ELSE coalesce(m.text, b.text, '') END AS text`
const FROM = "FROM message m LEFT JOIN body b ON b.key = m.body"
const CHANGE = "seq, topic, subject, state, value"

/** Newest numbers of users, 0 for those who have nothing, in their order. */
export async function readLatest(pool: pg.Pool, uids: readonly number[]): Promise<number[]> {
  const { rows } = await pool.query<{ latest: number }>({
    name: "latest",
    text: `SELECT greatest((SELECT max(seq) FROM message WHERE uid = u), (SELECT max(seq) FROM change WHERE uid = u), 0) AS latest
      FROM unnest($1::bigint[]) WITH ORDINALITY AS t(u, n) ORDER BY n`,
    values: [toNumbers(uids)],
  })
  return rows.map(({ latest }) => latest)
}

/**
 * What a user has above `after` and up to `upTo`, in order, and whether there is more. Both kinds are read apart; `upTo` was committed
 * before, so neither read can miss what the other one saw.
 */
export async function readEntries(
  pool: pg.Pool,
  uid: number,
  { after, upTo }: { after: number; upTo: number },
): Promise<{ entries: Entry[]; more: boolean }> {
  const values = [uid, after, upTo, PAGE_ROWS]
  const [messages, changes] = await Promise.all([
    pool.query<Message>({
      name: "messages",
      text: `SELECT ${MESSAGE} ${FROM} WHERE uid = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4`,
      values,
    }),
    pool.query<Change>({
      name: "changes",
      text: `SELECT ${CHANGE} FROM change WHERE uid = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4`,
      values,
    }),
  ])
  const cuts = [messages.rows, changes.rows]
    .filter((rows) => rows.length === PAGE_ROWS)
    .map((rows) => rows.at(-1)?.seq ?? 0)
  const end = Math.min(...cuts, upTo)
  const entries = [...messages.rows, ...changes.rows].filter(({ seq }) => seq <= end).sort((a, b) => a.seq - b.seq)
  return { entries, more: cuts.length > 0 }
}

/** Where a device without a key begins: the number before its window of messages, the states up to there, and whether older ones are left. */
export async function readStart(
  pool: pg.Pool,
  uid: number,
  upTo: number,
): Promise<{ floor: number; changes: Change[]; older: boolean }> {
  const window = await pool.query<{ seq: number }>({
    name: "window",
    text: "SELECT seq FROM message WHERE uid = $1 AND seq <= $2 ORDER BY seq DESC LIMIT $3",
    values: [uid, upTo, WINDOW + 1],
  })
  const older = window.rows.length > WINDOW
  const floor = older
    ? (window.rows.at(-1)?.seq ?? 0)
    : window.rows.length > 0
      ? (window.rows.at(-1)?.seq ?? 0) - 1
      : upTo
  const changes = await pool.query<Change>({
    name: "states",
    text: `SELECT ${CHANGE} FROM change WHERE uid = $1 AND seq <= $2 ORDER BY seq`,
    values: [uid, floor],
  })
  return { floor, changes: changes.rows, older }
}

/** Messages of one chat before a number, in order. */
export async function readHistory(
  pool: pg.Pool,
  uid: number,
  { chat, before, limit }: { chat: number; before: number; limit: number },
): Promise<Message[]> {
  const { rows } = await pool.query<Message>({
    name: "history",
    text: `SELECT ${MESSAGE} ${FROM} WHERE uid = $1 AND chat = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4`,
    values: [uid, chat, before, limit],
  })
  return rows.reverse()
}

export interface Identity {
  uid: number
  from: number
  clientId: number
}

/** A stored message with its identity and its body's key. */
export type StoredMessage = Message & Identity & { body: Buffer | null }

/** Messages by identity; those that are there. */
export async function readIdentities(
  client: pg.Pool | pg.ClientBase,
  wanted: readonly Identity[],
): Promise<StoredMessage[]> {
  if (wanted.length === 0) return []
  const { rows } = await client.query<StoredMessage>({
    name: "identities",
    text: `SELECT m.uid, ${MESSAGE}, m.body ${FROM}
      JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w(uid, sender, client_id)
        ON m.uid = w.uid AND m.sender = w.sender AND m.client_id = w.client_id`,
    values: [
      toNumbers(wanted.map(({ uid }) => uid)),
      toNumbers(wanted.map(({ from }) => from)),
      toNumbers(wanted.map(({ clientId }) => clientId)),
    ],
  })
  return rows
}

export interface Subject {
  uid: number
  topic: number
  subject: number
}
export type StoredState = Subject & { state: number; rank: number; value: Buffer; seq: number }

/** Present states; those that are there. */
export async function readStates(client: pg.Pool | pg.ClientBase, wanted: readonly Subject[]): Promise<StoredState[]> {
  if (wanted.length === 0) return []
  const { rows } = await client.query<StoredState>({
    name: "states-of",
    text: `SELECT c.uid, c.topic, c.subject, c.state, c.rank, c.value, c.seq FROM change c
      JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w(uid, topic, subject)
        ON c.uid = w.uid AND c.topic = w.topic AND c.subject = w.subject`,
    values: [
      toNumbers(wanted.map(({ uid }) => uid)),
      toNumbers(wanted.map(({ topic }) => topic)),
      toNumbers(wanted.map(({ subject }) => subject)),
    ],
  })
  return rows
}

/** All states of a topic, at most 10,000. */
export async function readTopic(pool: pg.Pool, uid: number, topic: number): Promise<StoredState[]> {
  const { rows } = await pool.query<StoredState>({
    name: "topic",
    text: "SELECT uid, topic, subject, state, rank, value, seq FROM change WHERE uid = $1 AND topic = $2 ORDER BY subject LIMIT 10000",
    values: [uid, topic],
  })
  return rows
}
