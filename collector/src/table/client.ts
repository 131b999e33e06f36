import { Readable } from "node:stream"
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from "@clickhouse/client"
import { ServiceError } from "@ossagent/svrkit"

export type Params = Record<string, string | number | readonly string[] | readonly number[]>

/** The store, embedded or a cluster: the few ways in which this service uses it. */
export interface Store {
  /** Rows of a SELECT, each value as JSON gives it; 64-bit integers as numbers. Throws ServiceError `store_away` or `too_much`. */
  rows: <T>(sql: string, params?: Params, signal?: AbortSignal) => Promise<T[]>
  /** DDL, or INSERT … SELECT. */
  run: (sql: string, params?: Params) => Promise<void>
  /** Native blocks into a table, as one part; they are asked for as they are sent. */
  insertNative: (table: string, columns: string, blocks: AsyncIterable<Uint8Array>) => Promise<void>
  /** Of any days: senders' clocks must not hold up the others' rows. */
  insertObjects: (table: string, values: readonly object[]) => Promise<void>
  ping: () => Promise<string | null>
  close: () => Promise<void>
}

export interface StoreOptions {
  url: string
  user: string
  password: string
  database: string
  /** What one report may cost. */
  maxExecutionSec: number
  maxMemoryBytes: number
  maxRowsToRead: number
}

export function createStore(options: StoreOptions): Store {
  const client = createClient({
    url: options.url,
    username: options.user,
    password: options.password,
    database: options.database,
    application: "ossagent-collector",
    request_timeout: (options.maxExecutionSec + 5) * 1_000,
    max_open_connections: 16,
    log: { level: ClickHouseLogLevel.OFF },
  })
  const limits = {
    max_execution_time: options.maxExecutionSec,
    max_memory_usage: String(options.maxMemoryBytes),
    max_rows_to_read: String(options.maxRowsToRead),
    output_format_json_quote_64bit_integers: 0 as const,
  }
  return {
    rows: (sql, params, signal) => translate(readRows(client, sql, params, limits, signal)),
    run: async (sql, params) =>
      void (await client.command({ query: sql, query_params: params, clickhouse_settings: ONE_PART })),
    insertNative: async (table, columns, blocks) => {
      const query = `INSERT INTO ${table} (${columns}) FORMAT Native`
      const { stream } = await client.exec({
        query,
        values: Readable.from(blocks, { objectMode: false }),
        clickhouse_settings: ONE_PART,
      })
      stream.resume()
    },
    insertObjects: async (table, values) =>
      void (await client.insert({
        table,
        values: [...values],
        format: "JSONEachRow",
        clickhouse_settings: { ...ONE_PART, max_partitions_per_insert_block: "0" },
      })),
    ping: async () => {
      const answer = await client.ping()
      return answer.success ? null : `ClickHouse does not answer: ${answer.error.message}`
    },
    close: () => client.close(),
  }
}

/** An insert is there as a whole or not at all: it may not be cut into several parts. One thread: two roll up sooner, for more CPU. */
const ONE_PART = {
  max_threads: 1,
  min_insert_block_size_rows: "100000000",
  min_insert_block_size_bytes: "0",
  max_insert_block_size: "100000000",
  max_insert_threads: "1",
  max_execution_time: 120,
}

async function readRows<T>(
  client: ClickHouseClient,
  sql: string,
  params: Params = {},
  settings: ClickHouseSettings,
  signal?: AbortSignal,
): Promise<T[]> {
  const result = await client.query({
    query: sql,
    query_params: params,
    format: "JSONEachRow",
    clickhouse_settings: settings,
    abort_signal: signal,
  })
  return result.json<T>()
}

/** Codes of ClickHouse that mean that the question was too large: rows to read, memory, time, result rows. */
const TOO_MUCH = new Set(["158", "241", "159", "160", "396", "307"])

/** ClickHouse's and the network's errors as ours. */
async function translate<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ClickHouseError && TOO_MUCH.has(error.code)) {
      throw new ServiceError(
        "too_much",
        `cannot answer: the question exceeds a limit of the store (${error.type}); ask for less time, fewer series or larger steps`,
        { cause: error },
      )
    }
    if (error instanceof ClickHouseError && error.code !== "202") throw error
    throw new ServiceError("store_away", `cannot ask ClickHouse: ${(error as Error).message}`, {
      retryAfterSec: 2,
      cause: error,
    })
  }
}
