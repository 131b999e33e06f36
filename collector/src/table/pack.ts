/**
 * table: blocks of the head to rows of ClickHouse. `pack.ts` makes packed rows in Native format, `store-batch.ts` inserts them and rolls
 * minutes and hours up, `migrate.ts` applies the numbered DDL.
 */
import { hasBuckets, KINDS } from "@ossagent/wire"
import { BLOCK_SEC, type Block } from "../head/block.ts"
import type { KeyOrder } from "../head/key-order.ts"
import { COLUMNS, type Registry } from "../head/registry.ts"
import { NativeBlock } from "./native.ts"
import { withRoom } from "./scratch.ts"
import type { WriterPool } from "./writer-pool.ts"

const KEY_COLUMNS = "metric, service, subsystem, version, host, kind, labels, t0, batch, dt"

/** Columns of `points_1s` in the order that {@link Packer} writes them; what a counter lacks stays at its default, empty arrays. */
export const PACKED_COLUMNS = {
  counters: `${KEY_COLUMNS}, sum`,
  others: `${KEY_COLUMNS}, count, sum, min, max, last, bucket_dt, bucket, bucket_count`,
}

/** A block with its rows in the order of the tables' key, ready to be packed part by part. */
export interface SortedBlock {
  block: Block
  order: Uint32Array
  /** Of a kind that has buckets. */
  entries: ReturnType<Block["entriesByRow"]> | null
}

export const sortBlock = async (block: Block, order: KeyOrder): Promise<SortedBlock> => ({
  block,
  order: await order.sort(block.slots, block.rows),
  entries: hasBuckets(block.kind) ? block.entriesByRow() : null,
})

/** Packs rows into Native blocks. What it needs meanwhile it keeps: at 64,000 rows a second its garbage would cost more than its work. */
export class Packer {
  private readonly registry: Registry
  private numbers = new Uint32Array(0)
  /** 64-bit ends, written by their low words: BigInts are slow to make, and no block has 2^32 points. */
  private ends = new BigUint64Array(0)
  private cells = new Uint32Array(0)
  private seconds = new Uint8Array(0)
  private counts = new Uint32Array(0)
  private doubles = new Float64Array(0)

  constructor(registry: Registry) {
    this.registry = registry
  }

  /** Rows `[from, to)` of the order as one Native block, in a writer of the pool. */
  pack({ block, order, entries }: SortedBlock, { batch, from, to }: Slice, writers: WriterPool): Uint8Array {
    const rows = order.subarray(from, to)
    const counters = block.kind === "counter"
    const native = new NativeBlock(writers.take(), counters ? 11 : 18, rows.length)
    this.packKey(native, block, rows)
    native.constant("t0", "UInt32", block.start)
    native.constant("batch", "UInt64", batch)
    this.packPoints(native, block, rows)
    if (!counters) packBuckets(native, block, entries === null ? null : entriesOf(rows, entries))
    return native.bytes
  }

  private packKey(native: NativeBlock, block: Block, rows: Uint32Array): void {
    const { registry } = this
    const { texts } = registry.strings
    this.numbers = withRoom(this.numbers, rows.length)
    const numbers = this.numbers.subarray(0, rows.length)
    const pick = (column: Uint32Array): Uint32Array => {
      for (let i = 0; i < rows.length; i++) numbers[i] = column[block.slots[rows[i] as number] as number] as number
      return numbers
    }
    for (const column of COLUMNS) native.texts(column, pick(registry.columns[column]), texts)
    native.constant("kind", "Int8", KINDS.indexOf(block.kind))
    native.maps("labels", pick(registry.labelSet), registry.labelSets, texts)
  }

  private packPoints(native: NativeBlock, block: Block, rows: Uint32Array): void {
    const { ends, cells } = this.presentCells(block, rows)
    this.seconds = withRoom(this.seconds, cells.length)
    for (let i = 0; i < cells.length; i++) this.seconds[i] = (cells[i] as number) % BLOCK_SEC
    native.arrays("dt", "UInt8", ends, this.seconds.subarray(0, cells.length))
    this.doubles = withRoom(this.doubles, cells.length)
    const doubles = (name: string, values: Float64Array, has = true): void => {
      for (let i = 0; has && i < cells.length; i++) this.doubles[i] = values[cells[i] as number] as number
      native.arrays(name, "Float64", has ? ends : null, this.doubles.subarray(0, cells.length))
    }
    if (block.kind === "counter") {
      doubles("sum", block.sum)
      return
    }
    this.counts = withRoom(this.counts, cells.length)
    for (let i = 0; i < cells.length; i++) this.counts[i] = block.count[cells[i] as number] as number
    native.arrays("count", "UInt32", ends, this.counts.subarray(0, cells.length))
    doubles("sum", block.sum)
    doubles("min", block.min)
    doubles("max", block.max)
    doubles("last", block.last, block.kind === "gauge")
  }

  /** The cells of the rows that hold a point, and where each row's end among them. */
  private presentCells(block: Block, rows: Uint32Array): { ends: BigUint64Array; cells: Uint32Array } {
    this.ends = withRoom(this.ends, rows.length)
    this.cells = withRoom(this.cells, rows.length * BLOCK_SEC)
    const { ends, cells } = this
    const words = new Uint32Array(ends.buffer)
    let used = 0
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number
      const mask = block.mask[row] as number
      for (let second = 0; second < BLOCK_SEC; second++) {
        if (mask & (1 << second)) cells[used++] = row * BLOCK_SEC + second
      }
      words[2 * i] = used
    }
    return { ends: ends.subarray(0, rows.length), cells: cells.subarray(0, used) }
  }
}

/** Which rows of a sorted block, of which batch. */
export interface Slice {
  batch: number
  from: number
  to: number
}

function packBuckets(native: NativeBlock, block: Block, picked: PickedEntries | null): void {
  const { ends, entries } = picked ?? { ends: null, entries: new Uint32Array(0) }
  native.arrays(
    "bucket_dt",
    "UInt8",
    ends,
    Uint8Array.from(entries, (entry) => block.entrySecond[entry] as number),
  )
  native.arrays(
    "bucket",
    "Int16",
    ends,
    Int16Array.from(entries, (entry) => block.entryBucket[entry] as number),
  )
  native.arrays(
    "bucket_count",
    "UInt32",
    ends,
    Uint32Array.from(entries, (entry) => block.entryCount[entry] as number),
  )
}

interface PickedEntries {
  ends: BigUint64Array
  entries: Uint32Array
}

/** Entries of the rows, row by row, in order of arrival. */
function entriesOf(rows: Uint32Array, { starts, entries }: NonNullable<SortedBlock["entries"]>): PickedEntries {
  const ends = new BigUint64Array(rows.length)
  const words = new Uint32Array(ends.buffer)
  let used = 0
  for (const row of rows) used += (starts[row + 1] as number) - (starts[row] as number)
  const picked = new Uint32Array(used)
  used = 0
  rows.forEach((row, i) => {
    const own = entries.subarray(starts[row] as number, starts[row + 1] as number)
    picked.set(own, used)
    used += own.length
    words[2 * i] = used
  })
  return { ends, entries: picked }
}
