/**
 * store: values by key in engines, three ways. A service's generated `openXStores(open)` asks an opener for its stores; `open.ts` puts
 * the mode of each (`primary.ts`, `dual.ts`, `quorum.ts`) over engines, which know rows of bytes alone. `postgres-engine.ts` is one that
 * keeps them; services reach it over datastore's calls.
 */

/** Which row. */
export interface RowKey {
  /** `service.store`. */
  store: string
  /** At most 1,024 bytes; rows stand in the order of these bytes. */
  key: Uint8Array
}

/** What is there. `version` of a deleted row is the version of its deletion; 0: there never was one. */
export interface Row {
  found: boolean
  version: number
  /** Empty where nothing was found, and in answers to writes. */
  value: Uint8Array
  /**
   * Of a request with `shard: "serve"`: the row is another engine's, this one's name; this engine's own name: it is about to move, ask
   * again. Nothing was read or written then. Empty: it is here.
   */
  away: string
}

export interface WriteRow extends RowKey {
  value: Uint8Array
  /** Of this value; it is written if no higher or equal one is there. */
  version: number
  /** Only if this version is there; 0: only if no row is there. */
  ifVersion?: number | undefined
  /** The row is deleted; its version stays. */
  gone?: boolean | undefined
}

/** A row after a write. `done`: the write was done, now, or before and this is a repeat of it. */
export interface Written extends Row {
  done: boolean
}

export interface ScannedRow {
  key: Uint8Array
  version: number
  value: Uint8Array
  gone: boolean
}

export interface EngineOptions {
  /** Default 2,000. */
  timeoutMs?: number
  /** A copy that lags may answer. */
  lagOk?: boolean
  /**
   * Rows that are shared out between engines by the bucket of their key (`buckets.ts`). `serve`: only where this engine has the bucket;
   * `copy`: by who moves the bucket. Left out: rows that stay where they are.
   */
  shard?: "serve" | "copy" | undefined
}

/**
 * Rows of bytes with versions. Every method rejects with RpcError, `unavailable` when the engine does not answer in time. Writes may be
 * sent again: one that was done is told as done, unless another has replaced it meanwhile.
 */
export interface Engine {
  readonly name: string
  /** In the order of the keys. */
  read(keys: readonly RowKey[], options?: EngineOptions): Promise<Row[]>
  /** Each by itself, in their order; what is there afterwards, without values. */
  write(writes: readonly WriteRow[], options?: EngineOptions): Promise<Written[]>
  /** Rows behind `after`, in the order of their keys, deleted ones too; `limit` at most 10,000. */
  scan(store: string, after: Uint8Array, limit: number, options?: EngineOptions): Promise<ScannedRow[]>
}

/** An engine whose buckets can be moved to another one; `sets.ts` says how. */
export interface BucketEngine extends Engine {
  /** Refuses writes to the bucket for so long; answers a token of this freeze, or null where the bucket is another engine's. */
  freeze(bucket: number, forMs: number): Promise<string | null>
  /** From now on the bucket is the engine `to`'s; false when the freeze of this token is over, and nothing was done. */
  release(bucket: number, token: string, to: string): Promise<boolean>
  /** The engine to which this one gave the bucket; empty: it has it. */
  look(bucket: number): Promise<string>
  /** From now on the bucket is this engine's. */
  take(bucket: number): Promise<void>
  /** The bucket's rows behind `after`, by store and key. */
  scanBucket(bucket: number, after: RowKey | null, limit: number): Promise<(ScannedRow & RowKey)[]>
  /** Deletes rows of a bucket that is another engine's; answers how many. */
  purge(bucket: number, limit: number): Promise<number>
}

export const MOST_KEY_BYTES = 1_024
export const ENGINE_TIMEOUT_MS = 2_000
