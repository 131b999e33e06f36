import type { Statement } from "./statement.ts"

/** Counts since the start; the shell makes metrics of them. */
export type EngineStats = {
  queries: number
  inserts: number
  insertedRows: number
  insertedBytes: number
  /** By ClickHouse's name of the error. */
  errors: Record<string, number>
  running: number
  queued: number
  spoolBytes: number
}

export type QueryReport = {
  kind: Statement["kind"] | "unread"
  durationMs: number
  writtenRows: number
  /** Size of the insert's data as it came, decompressed. */
  dataBytes: number
  /** ClickHouse's name of the error; undefined for success. */
  error?: string
}

export type Counters = {
  add: (report: QueryReport) => void
  read: () => Omit<EngineStats, "running" | "queued" | "spoolBytes">
}

/** Counts what `add` reports: each request that passed the door once, with its outcome. */
export function createCounters(): Counters {
  const sums = { queries: 0, inserts: 0, insertedRows: 0, insertedBytes: 0 }
  const errors: Record<string, number> = {}
  const add = ({ kind, writtenRows, dataBytes, error }: QueryReport) => {
    if (kind === "insert") sums.inserts += 1
    else sums.queries += 1
    if (error) errors[error] = (errors[error] ?? 0) + 1
    else {
      sums.insertedRows += writtenRows
      sums.insertedBytes += dataBytes
    }
  }
  return { add, read: () => ({ ...sums, errors: { ...errors } }) }
}
