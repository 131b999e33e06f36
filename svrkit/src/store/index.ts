export { BATCH_LIMITS, Batcher, type BatchLimits } from "./batch.ts"
export { BUCKETS, bucketOf } from "./buckets.ts"
export {
  type BucketEngine,
  ENGINE_TIMEOUT_MS,
  type Engine,
  type EngineOptions,
  type Row,
  type RowKey,
  type ScannedRow,
  type WriteRow,
  type Written,
} from "./engine.ts"
export { createOpener, type OpenerEngines, type StoreDeclaration, type StoreOpener } from "./open.ts"
export { createPostgresEngine, type PostgresEngine, type PostgresEngineOptions } from "./postgres/engine.ts"
export { createShardedEngine, type SetMap, type ShardedDeps } from "./sharded.ts"
export type { ReadOptions, Store, Stored } from "./store.ts"
