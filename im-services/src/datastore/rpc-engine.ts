import { type Channel, RpcError } from "@ossagent/svrkit/rpc"
import {
  Batcher,
  type BucketEngine,
  ENGINE_TIMEOUT_MS,
  type EngineOptions,
  type Row,
  type RowKey,
  type WriteRow,
  type Written,
} from "@ossagent/svrkit/store"
import { createDatastoreClient, type DatastoreClient } from "./generated/datastore.client.ts"
import { Move, type Row as RowMessage, Shard } from "./generated/datastore.codec.ts"

type ShardName = "serve" | "copy" | "stay"
const LIMITS = { lanes: 8, mostItems: 500, mostBytes: 512 * 1024 }
const remainingMs = (deadlineAt: number): number => Math.max(1, deadlineAt - performance.now())

/** One engine of a datastore, over its calls; what is asked for within one turn of the event loop goes in one call. */
export function createRpcEngine(name: string, channel: Channel): BucketEngine {
  const client = createDatastoreClient(channel)
  const read = (shard: ShardName, lagOk: boolean) =>
    new Batcher<RowKey, Row>({
      run: async (keys, deadlineAt) => {
        const request = { engine: name, keys, shard: Shard[shard], lagOk }
        const { rows } = await client.read(request, { timeoutMs: remainingMs(deadlineAt) })
        return rows.map(toRow)
      },
      sizeOf: () => 64,
      limits: LIMITS,
    })
  const write = (shard: ShardName) =>
    new Batcher<WriteRow, Written>({
      run: async (writes, deadlineAt) => {
        const request = { engine: name, writes, shard: Shard[shard] }
        const { rows } = await client.write(request, { timeoutMs: remainingMs(deadlineAt) })
        return rows.map(toRow)
      },
      sizeOf: ({ key, value }) => key.length + value.length + 32,
      limits: LIMITS,
    })
  const readers = { serve: read("serve", false), copy: read("copy", false), stay: read("stay", false) }
  const lagReaders = { serve: read("serve", true), copy: read("copy", true), stay: read("stay", true) }
  const writers = { serve: write("serve"), copy: write("copy"), stay: write("stay") }
  return {
    name,
    read: (keys, more = {}) =>
      (more.lagOk === true ? lagReaders : readers)[more.shard ?? "stay"].add(keys, toDeadline(more)).catch(translate),
    write: (writes, more = {}) => writers[more.shard ?? "stay"].add(writes, toDeadline(more)).catch(translate),
    scan: async (store, after, limit, more = {}) => {
      const options = { timeoutMs: more.timeoutMs ?? ENGINE_TIMEOUT_MS }
      const { rows } = await client.scan({ engine: name, store, after, limit }, options).catch(translate)
      return rows.map((row) => ({ ...row, key: row.key.slice(), value: row.value.slice() }))
    },
    ...bucketCalls(name, client),
  }
}

type BucketCalls = Omit<BucketEngine, "name" | "read" | "write" | "scan">

function bucketCalls(engine: string, client: DatastoreClient): BucketCalls {
  const ask = client.bucket
  return {
    freeze: async (bucket, ms) => {
      const { done, token } = await ask({ engine, bucket, move: Move.freeze, ms })
      return done ? token : null
    },
    release: async (bucket, token, to) => (await ask({ engine, bucket, move: Move.release, token, to })).done,
    look: async (bucket) => (await ask({ engine, bucket, move: Move.look })).at,
    take: async (bucket) => void (await ask({ engine, bucket, move: Move.take })),
    purge: async (bucket) => (await ask({ engine, bucket, move: Move.purge })).rows,
    scanBucket: async (bucket, after, limit) => {
      const from = after === null ? {} : { store: after.store, after: after.key }
      const { rows } = await client.scan({ engine, bucket, limit, ...from })
      return rows.map((row) => ({ ...row, key: row.key.slice(), value: row.value.slice() }))
    },
  }
}

const toDeadline = ({ timeoutMs = ENGINE_TIMEOUT_MS }: EngineOptions): number => performance.now() + timeoutMs

/** The reply's bytes share the connection's memory: those that stay are copied. */
const toRow = ({ found, version, value, done, away }: RowMessage): Written => ({
  found,
  version,
  value: value.slice(),
  done,
  away,
})

const AWAY = new Set(["expired", "no_engine", "busy", "overloaded", "draining", "connection_lost", "stopped"])

/** Whatever keeps an engine from answering is `unavailable` to a store. */
function translate(error: unknown): never {
  if (!(error instanceof RpcError) || !AWAY.has(error.code)) throw error
  throw new RpcError("unavailable", error.message, { retry: true, cause: error })
}
