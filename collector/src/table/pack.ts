/**
 * table: blocks of the head to rows of ClickHouse. `pack.ts` makes packed rows in Native format, `store.ts` inserts them and rolls
 * minutes and hours up, `migrate.ts` applies the numbered DDL.
 */
import { hasBuckets, KINDS } from "@ossagent/wire"
import { BLOCK_SEC, type Block } from "../head/block.ts"
import type { Registry } from "../head/registry.ts"
import { NativeBlock } from "./native.ts"

/** Columns of `points_1s`, in the order that {@link packRows} writes them. */
export const PACKED_COLUMNS =
  "metric, service, subsystem, version, host, kind, labels, t0, batch, dt, count, sum, min, max, last, bucket_dt, bucket, bucket_count"

/** Rows `[from, to)` of a block as one Native block. */
export function packRows(block: Block, registry: Registry, batch: number, from: number, to: number): Buffer {
  const rows = to - from
  const slots = block.slots.subarray(from, to)
  const native = new NativeBlock(18, rows)
  const { texts } = registry.strings
  for (const column of ["metric", "service", "subsystem", "version", "host"] as const) {
    const numbers = registry.columns[column]
    native.texts(
      column,
      slots.map((slot) => numbers[slot] as number),
      texts,
    )
  }
  native.values("kind", "Int8", new Int8Array(rows).fill(KINDS.indexOf(block.kind)))
  native.maps(
    "labels",
    Array.from(slots, (slot) => registry.labels[slot] as readonly number[]),
    texts,
  )
  native.values("t0", "UInt32", new Uint32Array(rows).fill(block.start))
  native.values("batch", "UInt64", new BigUint64Array(rows).fill(BigInt(batch)))
  packPoints(native, block, from, to)
  packBuckets(native, block, from, to)
  return native.take()
}

function packPoints(native: NativeBlock, block: Block, from: number, to: number): void {
  const { ends, cells } = presentCells(block, from, to)
  const many = block.kind !== "counter"
  const seconds = new Uint8Array(cells.length)
  for (let i = 0; i < cells.length; i++) seconds[i] = (cells[i] as number) % BLOCK_SEC
  native.arrays("dt", "UInt8", ends, seconds)
  const column = (
    name: string,
    type: string,
    has: boolean,
    values: Float64Array,
    picked: Uint32Array | Float64Array,
  ): void => {
    if (has) for (let i = 0; i < cells.length; i++) picked[i] = values[cells[i] as number] as number
    native.arrays(name, type, has ? ends : null, picked)
  }
  column("count", "UInt32", many, block.count, new Uint32Array(many ? cells.length : 0))
  // One scratch serves the columns of doubles: each is copied into the block at once.
  const doubles = new Float64Array(cells.length)
  column("sum", "Float64", true, block.sum, doubles)
  column("min", "Float64", many, block.min, doubles)
  column("max", "Float64", many, block.max, doubles)
  column("last", "Float64", block.kind === "gauge", block.last, doubles)
}

/** The cells of rows `[from, to)` that hold a point, and where each row's end among them. */
function presentCells(block: Block, from: number, to: number): { ends: BigUint64Array; cells: Uint32Array } {
  const ends = new BigUint64Array(to - from)
  // The low words of the ends: BigInts are slow to make, and no block has 2^32 points.
  const words = new Uint32Array(ends.buffer)
  const cells = new Uint32Array((to - from) * BLOCK_SEC)
  let used = 0
  for (let row = from; row < to; row++) {
    const mask = block.mask[row] as number
    for (let second = 0; second < BLOCK_SEC; second++) {
      if (mask & (1 << second)) cells[used++] = row * BLOCK_SEC + second
    }
    words[2 * (row - from)] = used
  }
  return { ends, cells: cells.subarray(0, used) }
}

function packBuckets(native: NativeBlock, block: Block, from: number, to: number): void {
  const has = hasBuckets(block.kind)
  const order = has ? entriesByRow(block, from, to) : { ends: null, entries: new Uint32Array(0) }
  const { ends, entries } = order
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

/** Entries of rows `[from, to)` in the order of their rows: a counting sort. */
function entriesByRow(block: Block, from: number, to: number): { ends: BigUint64Array; entries: Uint32Array } {
  const starts = new Uint32Array(to - from + 1)
  for (let i = 0; i < block.entries; i++) {
    const row = (block.entryRow[i] as number) - from
    if (row >= 0 && row < to - from) starts[row + 1] = (starts[row + 1] as number) + 1
  }
  for (let row = 0; row < to - from; row++) starts[row + 1] = (starts[row + 1] as number) + (starts[row] as number)
  const ends = BigUint64Array.from(starts.subarray(1), (end) => BigInt(end))
  const entries = new Uint32Array(starts[to - from] as number)
  for (let i = 0; i < block.entries; i++) {
    const row = (block.entryRow[i] as number) - from
    if (row < 0 || row >= to - from) continue
    entries[starts[row] as number] = i
    starts[row] = (starts[row] as number) + 1
  }
  return { ends, entries }
}
