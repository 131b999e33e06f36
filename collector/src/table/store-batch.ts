import { setImmediate as nextTurn } from "node:timers/promises"
import type { Batch } from "../head/batch.ts"
import { KeyOrder } from "../head/key-order.ts"
import type { Registry } from "../head/registry.ts"
import { HOUR_MS, MINUTE_MS, rolledBefore } from "../head/rollup-time.ts"
import type { Store } from "./client.ts"
import { PACKED_COLUMNS, Packer, type SortedBlock, sortBlock } from "./pack.ts"
import { rollHours, rollMinutes, rollRaw } from "./rollup.ts"
import { WriterPool } from "./writer-pool.ts"

/** Rows of one insert: few and large parts are what ClickHouse merges cheaply. */
const INSERT_ROWS = 1_000_000
/** Rows packed in one go, some 10 ms of work. */
const PACK_ROWS = 10_000
const INSERT_ITEMS = 50_000
const DAY_SEC = 86_400

/** What storing needs. */
export interface Tables {
  store: Store
  order: KeyOrder
  packer: Packer
  writers: WriterPool
}

export function createTables(store: Store, registry: Registry): Tables {
  return { store, order: new KeyOrder(registry), packer: new Packer(registry), writers: new WriterPool() }
}

/**
 * Stores a closed batch: packed rows, minutes and hours that it completes, events, exceptions. Every step inserts whole
 * parts that carry the batch's number. `again`: an earlier try may have done some steps, so each looks first what is there.
 */
export async function storeBatch(batch: Batch, again: boolean, tables: Tables): Promise<void> {
  await storePoints(batch, again, tables)
  await storeItems("events", batch.events, { batch, again, store: tables.store })
  await storeItems("exceptions", batch.exceptions, { batch, again, store: tables.store })
  await rollUp(batch, again, tables.store)
}

/** Rows of one insert. */
interface Insert {
  /** Unix seconds of their day. */
  day: number
  columns: keyof typeof PACKED_COLUMNS
  rows: number
  slices: { sorted: SortedBlock; from: number; to: number }[]
}

/** The batch's inserts, the same whenever the batch is made from its segment: days and counters apart, rows in order. */
async function insertsOf(batch: Batch, order: KeyOrder): Promise<Insert[]> {
  const inserts: Insert[] = []
  for (const block of batch.all()) {
    const sorted = await sortBlock(block, order)
    const day = block.start - (block.start % DAY_SEC)
    const columns = block.kind === "counter" ? "counters" : "others"
    for (let from = 0; from < block.rows; ) {
      let insert = inserts.find((one) => one.day === day && one.columns === columns && one.rows < INSERT_ROWS)
      if (insert === undefined) {
        insert = { day, columns, rows: 0, slices: [] }
        inserts.push(insert)
      }
      const to = Math.min(block.rows, from + INSERT_ROWS - insert.rows)
      insert.slices.push({ sorted, from, to })
      insert.rows += to - from
      from = to
    }
  }
  return inserts
}

async function storePoints(batch: Batch, again: boolean, tables: Tables): Promise<void> {
  const present = new Map<string, number>()
  for (const insert of await insertsOf(batch, tables.order)) {
    const { day, columns, rows } = insert
    const there = again ? (present.get(`${day} ${columns}`) ?? (await countRows(tables.store, batch, insert))) : 0
    present.set(`${day} ${columns}`, Math.max(0, there - rows))
    if (there < rows) await storeRows(batch, insert, tables)
  }
}

async function storeRows(batch: Batch, { columns, slices }: Insert, { store, packer, writers }: Tables): Promise<void> {
  /** Blocks of some rows each, a turn of the event loop between them. */
  async function* blocks(): AsyncGenerator<Uint8Array> {
    for (const { sorted, from, to } of slices) {
      for (let at = from; at < to; at += PACK_ROWS) {
        yield packer.pack(sorted, { batch: batch.number, from: at, to: Math.min(to, at + PACK_ROWS) }, writers)
        await nextTurn()
      }
    }
  }
  try {
    await store.insertNative("points_1s", PACKED_COLUMNS[columns], blocks())
    writers.release()
  } finally {
    writers.drop()
  }
}

async function countRows(store: Store, batch: Batch, { day, columns }: Insert): Promise<number> {
  const sql = `SELECT count() AS rows FROM points_1s
    WHERE t0 >= {from:UInt32} AND t0 < {to:UInt32} AND batch = {batch:UInt64}
      AND kind ${columns === "counters" ? "=" : "!="} 'counter'`
  const [row] = await store.rows<{ rows: number }>(sql, { from: day, to: day + DAY_SEC, batch: batch.number })
  return row?.rows ?? 0
}

async function storeItems(
  table: "events" | "exceptions",
  items: readonly object[],
  { batch, again, store }: { batch: Batch; again: boolean; store: Store },
): Promise<void> {
  if (items.length === 0) return
  const sql = `SELECT count() AS rows FROM ${table} WHERE batch = {batch:UInt64}`
  let there = again ? ((await store.rows<{ rows: number }>(sql, { batch: batch.number }))[0]?.rows ?? 0) : 0
  for (let from = 0; from < items.length; from += INSERT_ITEMS) {
    const chunk = items.slice(from, from + INSERT_ITEMS)
    if (there < chunk.length)
      await store.insertObjects(
        table,
        chunk.map((item) => ({ ...item, batch: batch.number })),
      )
    there = Math.max(0, there - chunk.length)
  }
}

async function rollUp(batch: Batch, again: boolean, store: Store): Promise<void> {
  const minutes = { from: rolledBefore(batch.rolledUntil, MINUTE_MS), to: rolledBefore(batch.closedAt, MINUTE_MS) }
  const hours = { from: rolledBefore(batch.rolledUntil, HOUR_MS), to: rolledBefore(batch.closedAt, HOUR_MS) }
  const oldest = (batch.all().next().value?.start ?? Number.POSITIVE_INFINITY) * 1_000
  const roll = { batch: batch.number, again, store }
  if (minutes.to > minutes.from) await rollMinutes({ ...roll, ...minutes })
  if (oldest < minutes.from) await rollRaw("points_1m", { ...roll, from: oldest, to: minutes.from })
  if (hours.to > hours.from) await rollHours({ ...roll, ...hours })
  if (oldest < hours.from) await rollRaw("points_1h", { ...roll, from: oldest, to: hours.from })
}
