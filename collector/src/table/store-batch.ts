import type { Batch } from "../head/batch.ts"
import type { Registry } from "../head/registry.ts"
import { HOUR_MS, MINUTE_MS, rolledBefore } from "../head/rollup-time.ts"
import type { Store } from "./client.ts"
import { PACKED_COLUMNS, packRows } from "./pack.ts"
import { rollHours, rollMinutes, rollRaw } from "./rollup.ts"

const CHUNK_ROWS = 250_000
const BLOCK_ROWS = 20_000
const CHUNK_ITEMS = 50_000
const DAY_SEC = 86_400

/**
 * Stores a closed batch: packed rows, minutes and hours that it completes, events, exceptions. Every step inserts whole
 * parts that carry the batch's number. `again`: an earlier try may have done some steps, so each looks first what is there.
 */
export async function storeBatch(batch: Batch, again: boolean, store: Store, registry: Registry): Promise<void> {
  await storePoints(batch, again, store, registry)
  await storeItems("events", batch.events, batch, again, store)
  await storeItems("exceptions", batch.exceptions, batch, again, store)
  await rollUp(batch, again, store)
}

interface Chunk {
  rows: number
  /** Unix seconds of its day. */
  day: number
  blocks: () => Buffer[]
}

/** Rows in chunks of one insert each, in an order that is the same whenever the batch is made from its segment. */
function* chunksOf(batch: Batch, registry: Registry): Generator<Chunk> {
  for (const block of batch.all()) {
    for (let from = 0; from < block.rows; from += CHUNK_ROWS) {
      const to = Math.min(block.rows, from + CHUNK_ROWS)
      const day = block.start - (block.start % DAY_SEC)
      yield {
        rows: to - from,
        day,
        blocks: () => {
          const blocks: Buffer[] = []
          for (let at = from; at < to; at += BLOCK_ROWS) {
            blocks.push(packRows(block, registry, batch.number, at, Math.min(to, at + BLOCK_ROWS)))
          }
          return blocks
        },
      }
    }
  }
}

/** Chunks of the same day go in together, as one part, up to the limit of rows. */
async function storePoints(batch: Batch, again: boolean, store: Store, registry: Registry): Promise<void> {
  let group: Chunk[] = []
  const present = new Map<number, number>()
  const flush = async (): Promise<void> => {
    const first = group[0]
    if (first === undefined) return
    const rows = group.reduce((sum, chunk) => sum + chunk.rows, 0)
    const there = again ? (present.get(first.day) ?? (await countRows(store, batch, first.day))) : 0
    present.set(first.day, Math.max(0, there - rows))
    if (there < rows)
      await store.insertNative(
        "points_1s",
        PACKED_COLUMNS,
        group.flatMap((chunk) => chunk.blocks()),
      )
    group = []
  }
  for (const chunk of chunksOf(batch, registry)) {
    const rows = group.reduce((sum, one) => sum + one.rows, 0)
    if (group.length > 0 && (group[0]?.day !== chunk.day || rows + chunk.rows > CHUNK_ROWS)) await flush()
    group.push(chunk)
  }
  await flush()
}

async function countRows(store: Store, batch: Batch, day: number): Promise<number> {
  const sql = `SELECT count() AS rows FROM points_1s
    WHERE t0 >= {from:UInt32} AND t0 < {to:UInt32} AND batch = {batch:UInt64}`
  const [row] = await store.rows<{ rows: number }>(sql, { from: day, to: day + DAY_SEC, batch: batch.number })
  return row?.rows ?? 0
}

async function storeItems(
  table: "events" | "exceptions",
  items: readonly object[],
  batch: Batch,
  again: boolean,
  store: Store,
): Promise<void> {
  if (items.length === 0) return
  const sql = `SELECT count() AS rows FROM ${table} WHERE batch = {batch:UInt64}`
  let there = again ? ((await store.rows<{ rows: number }>(sql, { batch: batch.number }))[0]?.rows ?? 0) : 0
  for (let from = 0; from < items.length; from += CHUNK_ITEMS) {
    const chunk = items.slice(from, from + CHUNK_ITEMS)
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
