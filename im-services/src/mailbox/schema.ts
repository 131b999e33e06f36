import type pg from "pg"

/**
 * Tables of one SET, made when they are not there. `message`: one row for each mailbox that a message is in; `change`: the newest state of
 * each subject; `body`: texts of group messages, once; `job`: work behind an acknowledgement; `owner`: who may write; `epoch`: what owners put
 * into sync keys.
 */
const DDL = `
CREATE TABLE IF NOT EXISTS owner (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  term bigint NOT NULL, run text NOT NULL, epoch integer NOT NULL, sets integer NOT NULL, beat_at timestamptz NOT NULL
);
ALTER TABLE owner ADD COLUMN IF NOT EXISTS cluster text NOT NULL DEFAULT '';
CREATE TABLE IF NOT EXISTS epoch (epoch integer PRIMARY KEY, term bigint NOT NULL);
CREATE TABLE IF NOT EXISTS message (
  uid bigint NOT NULL, seq bigint NOT NULL, sender bigint NOT NULL, client_id bigint NOT NULL, chat bigint NOT NULL, at bigint NOT NULL,
  kind smallint NOT NULL, flags smallint NOT NULL, ref bigint NOT NULL, body bytea, text text,
  PRIMARY KEY (uid, seq)
);
CREATE UNIQUE INDEX IF NOT EXISTS message_identity ON message (uid, sender, client_id);
CREATE INDEX IF NOT EXISTS message_chat ON message (uid, chat, seq);
CREATE TABLE IF NOT EXISTS change (
  uid bigint NOT NULL, topic smallint NOT NULL, subject bigint NOT NULL, state integer NOT NULL, rank bigint NOT NULL, value bytea NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (uid, topic, subject)
);
CREATE INDEX IF NOT EXISTS change_seq ON change (uid, seq);
CREATE TABLE IF NOT EXISTS body (key bytea PRIMARY KEY, text text NOT NULL, at bigint NOT NULL);
CREATE TABLE IF NOT EXISTS job (
  id bigserial PRIMARY KEY, gid bigint NOT NULL, sender bigint NOT NULL, client_id bigint NOT NULL, at bigint NOT NULL, kind smallint NOT NULL,
  text text NOT NULL, flags smallint NOT NULL, recall_id bigint NOT NULL, members bigint[] NOT NULL, marker bigint NOT NULL,
  tries integer NOT NULL DEFAULT 0, leased_until timestamptz NOT NULL DEFAULT '-infinity'
);
CREATE INDEX IF NOT EXISTS job_group ON job (gid, id);
`

export const schemaOf = (set: number): string => `mailbox_${set}`

/** Makes the schema and its tables; harmless when they are there, and beside another process that does the same. */
export async function ensureSchema(client: pg.ClientBase, set: number): Promise<void> {
  const schema = schemaOf(set)
  await client.query("SELECT pg_advisory_lock(hashtext($1))", [schema])
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
    await client.query(`SET search_path TO ${schema}`)
    await client.query(DDL)
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtext($1))", [schema])
  }
}
