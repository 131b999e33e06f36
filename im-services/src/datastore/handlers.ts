import type { ServerCall } from "@ossagent/svrkit/rpc"
import type { BucketEngine, EngineOptions, Row, RowKey, ScannedRow, Written } from "@ossagent/svrkit/store"
import { Move, type Row as RowMessage, Shard } from "./generated/datastore.codec.ts"
import { type DatastoreHandlers, datastoreError } from "./generated/datastore.server.ts"

const MOST_PURGED = 10_000

/** What datastore answers, from engines by name. */
export function createHandlers(engines: ReadonlyMap<string, BucketEngine>): DatastoreHandlers {
  const find = (name: string): BucketEngine => {
    const engine = engines.get(name)
    if (engine === undefined) throw datastoreError("no_engine", `cannot use the engine ${name}: it is not held here`)
    return engine
  }
  return {
    read: async ({ engine, keys, shard, lagOk }, call) => ({
      rows: (await find(engine).read(keys, { ...toOptions(shard, call), lagOk })).map(toMessage),
    }),
    write: async ({ engine, writes, shard }, call) => ({
      rows: (await find(engine).write(writes, toOptions(shard, call))).map(toMessage),
    }),
    scan: async ({ engine, store, after, limit, bucket }, call) => {
      const from = store === "" ? null : { store, key: after }
      const rows =
        bucket === undefined
          ? await find(engine).scan(store, after, limit, toOptions(Shard.stay, call))
          : await find(engine).scanBucket(bucket, from, limit)
      return { rows: rows.map((row: ScannedRow & Partial<RowKey>) => ({ ...row, store: row.store ?? "" })) }
    },
    bucket: async ({ engine, bucket, move, ms, token, to }) => {
      const at = find(engine)
      if (move === Move.freeze) {
        const given = await at.freeze(bucket, ms)
        return { done: given !== null, token: given ?? "" }
      }
      if (move === Move.look) return { done: true, at: await at.look(bucket) }
      if (move === Move.release) return { done: await at.release(bucket, token, to) }
      if (move === Move.purge) return { done: true, rows: await at.purge(bucket, MOST_PURGED) }
      await at.take(bucket)
      return { done: true }
    },
  }
}

const SHARDS = { [Shard.stay]: undefined, [Shard.serve]: "serve", [Shard.copy]: "copy" } as const

/** A call has some of its time left for the way back. */
const toOptions = (shard: number, call: ServerCall): EngineOptions => ({
  shard: SHARDS[shard as keyof typeof SHARDS],
  timeoutMs: Math.max(1, call.remainingMs - 5),
})

const toMessage = (row: Row | Written): RowMessage => ({ done: false, ...row })
