import { BUCKETS } from "../buckets.ts"

/** `"name"`, as SQL writes it; the name was checked to be letters, digits and _. */
export const quoted = (schema: string): string => `"${schema}"`

/**
 * The tables of one engine, made where they are not there. A row whose `bucket` is −1 is of a store that is not shared out. `prior` is the
 * condition that the last write stated, −1 for none: it stands in the table because a conflict's WHERE sees nothing but columns.
 * `store_write` is a function so that the buckets are looked at behind the lock: each of its statements has a snapshot of its own.
 */
export const tablesOf = (schema: string): string => {
  const s = quoted(schema)
  return `
CREATE SCHEMA IF NOT EXISTS ${s};
CREATE TABLE IF NOT EXISTS ${s}.store_rows (
  store text COLLATE "C" NOT NULL, key bytea NOT NULL, bucket smallint NOT NULL, gone boolean NOT NULL,
  version bigint NOT NULL, prior bigint NOT NULL, value bytea NOT NULL,
  PRIMARY KEY (store, key)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS store_rows_bucket ON ${s}.store_rows (bucket, store, key) WHERE bucket >= 0;
CREATE TABLE IF NOT EXISTS ${s}.store_buckets (bucket smallint PRIMARY KEY, away text, frozen_until timestamptz);
INSERT INTO ${s}.store_buckets (bucket) SELECT generate_series(0, ${BUCKETS - 1}) ON CONFLICT DO NOTHING;
CREATE OR REPLACE FUNCTION ${s}.store_write(
  stores text[], keys bytea[], buckets smallint[], gones boolean[], versions bigint[], priors bigint[], "values" bytea[], checked boolean
) RETURNS TABLE (store text, key bytea) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF checked THEN PERFORM pg_advisory_xact_lock_shared(${LOCK_CLASS}, hashtext('${schema}')); END IF;
  RETURN QUERY
    INSERT INTO ${s}.store_rows AS r (store, key, bucket, gone, version, prior, value)
    SELECT g.store, g.key, g.bucket, g.gone, g.version, g.prior, g.value
    FROM unnest(stores, keys, buckets, gones, versions, priors, "values") AS g(store, key, bucket, gone, version, prior, value)
    WHERE (g.prior <= 0 OR EXISTS (SELECT FROM ${s}.store_rows e WHERE e.store = g.store AND e.key = g.key))
      AND NOT (checked AND EXISTS (
        SELECT FROM ${s}.store_buckets b
        WHERE b.bucket = g.bucket AND (b.away IS NOT NULL OR b.frozen_until > clock_timestamp())))
    ORDER BY g.store COLLATE "C", g.key
    ON CONFLICT (store, key) DO UPDATE
      SET bucket = excluded.bucket, gone = excluded.gone, version = excluded.version, prior = excluded.prior, value = excluded.value
      WHERE r.version < excluded.version
        AND (excluded.prior = -1 OR (excluded.prior = 0 AND r.gone) OR r.version = excluded.prior)
    RETURNING r.store, r.key;
END $$;`
}

/** Of advisory locks: "stor". */
export const LOCK_CLASS = 0x73746f72

/** Buckets change hands under this lock alone; writes hold it shared. */
export const lockOf = (schema: string): string => `SELECT pg_advisory_xact_lock(${LOCK_CLASS}, hashtext('${schema}'))`
