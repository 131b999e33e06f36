import type pg from "pg"
import { NO_BYTES } from "../../codec/index.ts"
import { RpcError } from "../../rpc/errors.ts"
import { Batcher } from "../batch.ts"
import { bucketOf } from "../buckets.ts"
import {
  type BucketEngine,
  ENGINE_TIMEOUT_MS,
  type EngineOptions,
  MOST_KEY_BYTES,
  type Row,
  type RowKey,
  type ScannedRow,
  type WriteRow,
  type Written,
} from "../engine.ts"
import { keyText } from "../keys.ts"
import { Servers } from "./servers.ts"
import { lockOf, quoted, tablesOf } from "./tables.ts"

export interface PostgresEngineOptions {
  name: string
  /** `postgres://…`; several: servers of one replicated PostgreSQL, of which one is the primary. */
  urls: readonly string[]
  /** Letters, digits and _; several engines may have one PostgreSQL, each its own schema. Default: the name. */
  schema?: string
  /** Connections to each server; default 10. */
  mostConnections?: number
  onTrouble?: (message: string) => void
}

export interface PostgresEngine extends BucketEngine {
  /** Whether its primary is found. */
  readonly found: boolean
  /** Rows that wait to be read or written. */
  readonly waiting: number
  stop(): Promise<void>
}

type Shard = EngineOptions["shard"]
interface ReadItem extends RowKey {
  shard: Shard
}
interface WriteItem extends WriteRow {
  shard: Shard
}
interface RawRow {
  version: string | null
  value: Buffer | null
  gone: boolean | null
  away: string | null
}

const MOST_SCANNED = 10_000
const MOST_VALUE_BYTES = 2 * 1024 * 1024
const rowText = ({ store, key }: RowKey): string => `${store}\0${keyText(key)}`
const bucketFor = (key: Uint8Array, shard: Shard): number => (shard === undefined ? -1 : bucketOf(key))

/**
 * Rows in one table of a schema of PostgreSQL. Writes that come while another batch commits are committed together, in one
 * transaction; so are reads read. What a lost connection leaves unknown is sent again to whoever is the primary then: versions make
 * that harmless.
 */
export function createPostgresEngine(options: PostgresEngineOptions): PostgresEngine {
  const { name, urls, schema = name, mostConnections = 10, onTrouble = () => undefined } = options
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(schema))
    throw new TypeError(`cannot use the schema ${JSON.stringify(schema)}: letters, digits and _`)
  const servers = new Servers({ urls, mostConnections, name, onTrouble, setUp: tablesOf(schema) })
  const sql = statements(schema)
  const toDeadline = (more: EngineOptions = {}): number => performance.now() + (more.timeoutMs ?? ENGINE_TIMEOUT_MS)

  const readOnce = async (client: pg.ClientBase, items: readonly ReadItem[]): Promise<RawRow[]> => {
    const values = [
      items.map(({ store }) => store),
      items.map(({ key }) => key),
      items.map(({ key, shard }) => (shard === "serve" ? bucketOf(key) : -1)),
    ]
    return (await client.query<RawRow>({ name: "store_read", text: sql.read, values })).rows
  }
  const createReader = (lagOk: boolean) =>
    new Batcher<ReadItem, Row>({
      run: async (items, deadlineAt) => {
        const raw = await servers.use((client) => readOnce(client, items), deadlineAt, lagOk)
        return raw.map(toRow)
      },
      sizeOf: ({ key }) => key.length,
      limits: { lanes: 2, mostItems: 500 },
    })
  const reader = createReader(false)
  const lagReader = createReader(true)

  const writeOnce = async (client: pg.ClientBase, items: readonly WriteItem[]): Promise<Written[]> => {
    const { rows } = await client.query<{ store: string; key: Buffer }>({
      name: "store_write",
      text: sql.write,
      values: writeValues(items),
    })
    const done = new Set(rows.map(rowText))
    const refused = items.filter((item) => !done.has(rowText(item)))
    const there = refused.length === 0 ? [] : await readOnce(client, refused)
    const rest = new Map(refused.map((item, index) => [item, toWritten(item, name, there[index] as RawRow)]))
    return items.map(
      (item) =>
        rest.get(item) ?? { done: true, found: item.gone !== true, version: item.version, value: NO_BYTES, away: "" },
    )
  }
  const writer = (shard: Shard) =>
    new Batcher<WriteItem, Written>({
      run: (items, deadlineAt) => servers.use((client) => writeOnce(client, items), deadlineAt),
      sizeOf: ({ key, value }) => key.length + value.length,
      keyOf: rowText,
      limits: { lanes: shard === "serve" ? 2 : 1 },
    })
  const writers = { serve: writer("serve"), copy: writer("copy"), stay: writer(undefined) }

  const ask = <R extends pg.QueryResultRow>(text: string, values: unknown[], lock = false): Promise<R[]> =>
    servers.use(async (client) => {
      if (!lock) return (await client.query<R>(text, values)).rows
      await client.query("BEGIN")
      await client.query(lockOf(schema))
      const { rows } = await client.query<R>(text, values)
      await client.query("COMMIT")
      return rows
    }, performance.now() + 5_000)

  return {
    name,
    get found() {
      return servers.found
    },
    get waiting() {
      return [reader, lagReader, ...Object.values(writers)].reduce((sum, { size }) => sum + size, 0)
    },
    read: (keys, more = {}) => {
      const items = keys.map(({ store, key }) => ({ store, key: checkedKey(key), shard: more.shard }))
      return (more.lagOk === true ? lagReader : reader).add(items, toDeadline(more))
    },
    write: (writes, more = {}) => {
      const items = writes.map((write) => ({ ...checkedWrite(write), shard: more.shard }))
      return writers[more.shard ?? "stay"].add(items, toDeadline(more))
    },
    scan: (store, after, limit, more) =>
      servers.use(async (client) => {
        const values = [store, after, Math.min(limit, MOST_SCANNED)]
        const { rows } = await client.query<RawScanned>({ name: "store_scan", text: sql.scan, values })
        return rows.map(toScanned)
      }, toDeadline(more)),
    freeze: async (bucket, forMs) => {
      const [row] = await ask<{ token: string }>(sql.freeze, [bucket, forMs], true)
      return row?.token ?? null
    },
    release: async (bucket, token, to) => (await ask(sql.release, [bucket, token, to], true)).length === 1,
    look: async (bucket) => (await ask<{ away: string | null }>(sql.look, [bucket]))[0]?.away ?? "",
    take: async (bucket) => void (await ask(sql.take, [bucket])),
    scanBucket: async (bucket, after, limit) => {
      const rows = await ask<RawScanned>(sql.scanBucket, [bucket, after?.store ?? "", after?.key ?? NO_BYTES, limit])
      return rows.map((row) => ({ ...toScanned(row), store: row.store }))
    },
    purge: async (bucket, limit) => (await ask(sql.purge, [bucket, limit], true)).length,
    stop: () => servers.stop(),
  }
}

const statements = (schema: string) => {
  const rows = `${quoted(schema)}.store_rows`
  const buckets = `${quoted(schema)}.store_buckets`
  return {
    read: `SELECT r.version, r.value, r.gone, b.away
      FROM unnest($1::text[], $2::bytea[], $3::smallint[]) WITH ORDINALITY AS g(store, key, bucket, n)
      LEFT JOIN ${rows} r ON r.store = g.store AND r.key = g.key
      LEFT JOIN ${buckets} b ON b.bucket = g.bucket ORDER BY g.n`,
    write: `SELECT store, key FROM ${quoted(schema)}.store_write($1, $2, $3, $4, $5, $6, $7, $8)`,
    scan: `SELECT store, key, version, value, gone FROM ${rows} WHERE store = $1 AND key > $2 ORDER BY key LIMIT $3`,
    freeze: `UPDATE ${buckets} SET frozen_until = clock_timestamp() + $2::int * interval '1 ms' WHERE bucket = $1 AND away IS NULL
      RETURNING frozen_until::text AS token`,
    release: `UPDATE ${buckets} SET away = $3, frozen_until = NULL
      WHERE bucket = $1 AND away IS NULL AND frozen_until = $2::timestamptz AND frozen_until > clock_timestamp() RETURNING bucket`,
    look: `SELECT away FROM ${buckets} WHERE bucket = $1`,
    take: `UPDATE ${buckets} SET away = NULL, frozen_until = NULL WHERE bucket = $1 AND away IS NOT NULL`,
    scanBucket: `SELECT store, key, version, value, gone FROM ${rows}
      WHERE bucket = $1 AND (store, key) > ($2, $3) ORDER BY bucket, store, key LIMIT $4`,
    purge: `DELETE FROM ${rows} WHERE (store, key) IN (
        SELECT store, key FROM ${rows} r JOIN ${buckets} b USING (bucket) WHERE r.bucket = $1 AND b.away IS NOT NULL LIMIT $2
      ) RETURNING 1`,
  }
}

const writeValues = (items: readonly WriteItem[]): unknown[] => [
  items.map(({ store }) => store),
  items.map(({ key }) => key),
  items.map(({ key, shard }) => bucketFor(key, shard)),
  items.map(({ gone }) => gone === true),
  items.map(({ version }) => version),
  items.map(({ ifVersion }) => ifVersion ?? -1),
  items.map(({ value, gone }) => (gone === true ? NO_BYTES : value)),
  items.some(({ shard }) => shard === "serve"),
]

const toRow = ({ version, value, gone, away }: RawRow): Row => {
  if (away !== null) return { found: false, version: 0, value: NO_BYTES, away }
  const found = version !== null && gone === false
  return { found, version: Number(version ?? 0), value: found && value !== null ? value : NO_BYTES, away: "" }
}

/** A write that was refused: for what is there, for its bucket, or because it was done before and this is its repeat. */
function toWritten(item: WriteItem, name: string, raw: RawRow): Written {
  const row = toRow(raw)
  const same = row.away === "" && row.version === item.version && row.found === (item.gone !== true)
  const done = same && (!row.found || Buffer.compare(row.value, item.value) === 0)
  const frozen = item.shard === "serve" && !done && row.away === "" && mayHaveHeld(item, row)
  return { ...row, done, value: NO_BYTES, away: frozen ? name : row.away }
}

/** Nothing of the row refuses the write, so it was the bucket's freeze. */
const mayHaveHeld = ({ version, ifVersion }: WriteItem, row: Row): boolean =>
  row.version < version && (ifVersion === undefined || (ifVersion === 0 && !row.found) || row.version === ifVersion)

interface RawScanned {
  store: string
  key: Buffer
  version: string
  value: Buffer
  gone: boolean
}
const toScanned = ({ key, version, value, gone }: RawScanned): ScannedRow => ({
  key,
  version: Number(version),
  value,
  gone,
})

function checkedKey(key: Uint8Array): Uint8Array {
  if (key.length <= MOST_KEY_BYTES) return key
  throw new RpcError("bad_request", `cannot use a key of ${key.length} bytes: at most ${MOST_KEY_BYTES}`)
}

function checkedWrite(write: WriteRow): WriteRow {
  checkedKey(write.key)
  const { version, value } = write
  if (!Number.isSafeInteger(version) || version < 1)
    throw new RpcError("bad_request", `cannot write the version ${version}: 1 to 2^53 − 1`)
  if (value.length <= MOST_VALUE_BYTES) return write
  throw new RpcError("bad_request", `cannot write ${value.length} bytes: at most ${MOST_VALUE_BYTES}`)
}
