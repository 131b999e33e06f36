import pg from "pg"
import { schemaOf } from "../../mailbox/schema.ts"
import type { Row, State, Stored } from "../judge/history.ts"

type Owned<T> = T & { uid: number }

/** What is in the mailboxes, read from their stores past all services; and how many jobs are left. */
export async function readStored(url: string, sets: number): Promise<{ users: Stored[]; jobs: number }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const users = new Map<number, Stored>()
    const of = (uid: number): Stored => {
      const user = users.get(uid) ?? { uid, rows: [], states: [] }
      users.set(uid, user)
      return user
    }
    let jobs = 0
    for (let set = 0; set < sets; set++) {
      const { rows, states, left } = await readSet(client, schemaOf(set))
      for (const { uid, ...row } of rows) of(uid).rows.push(row)
      for (const { uid, ...state } of states) of(uid).states.push(state)
      jobs += left
    }
    return { users: [...users.values()], jobs }
  } finally {
    await client.end()
  }
}

const MESSAGES = (schema: string): string => `SELECT m.uid::float8, m.seq::float8, m.sender::float8 AS "from",
  m.client_id::float8 AS "clientId", m.chat::float8, m.kind, m.flags, m.ref::float8,
  CASE WHEN m.flags & 2 <> 0 THEN '' ELSE coalesce(m.text, b.text, '') END AS text
  FROM ${schema}.message m LEFT JOIN ${schema}.body b ON b.key = m.body ORDER BY m.uid, m.seq`
const CHANGES = (
  schema: string,
): string => `SELECT uid::float8, seq::float8, topic, subject::float8, state, encode(value, 'base64') AS value
  FROM ${schema}.change ORDER BY uid, seq`

async function readSet(client: pg.Client, schema: string) {
  const { rows } = await client.query<Owned<Row>>(MESSAGES(schema))
  const states = (await client.query<Owned<State>>(CHANGES(schema))).rows
  const jobs = await client.query<{ left: number }>(`SELECT count(*)::int AS left FROM ${schema}.job`)
  return {
    rows,
    states: states.map((state) => ({ ...state, value: state.value.replaceAll("\n", "") })),
    left: jobs.rows[0]?.left ?? 0,
  }
}
