import { hasBuckets, type Kind, type PointGroup } from "@ossagent/wire"

/** Seconds of one packed row. */
export const BLOCK_SEC = 10
const PAGE = 256
/** In the place of a slot: the point was refused. */
export const LEFT_OUT = 0xffffffff

/**
 * The points of one kind in one block of 10 s: row r is one series, its second d stands at `r * 10 + d` of the columns that the kind
 * has, and is there when bit d of `mask[r]` is set. Memory grows with the rows, whatever their slots.
 */
export class Block {
  readonly kind: Kind
  /** Unix seconds, a multiple of 10. */
  start: number
  rows = 0
  slots = new Uint32Array(0)
  mask = new Uint16Array(0)
  count = new Float64Array(0)
  sum = new Float64Array(0)
  min = new Float64Array(0)
  max = new Float64Array(0)
  last = new Float64Array(0)
  /** Histogram entries in order of arrival: of row, second, bucket and count; the same place may come again, counts add. */
  entries = 0
  entryRow = new Uint32Array(0)
  entrySecond = new Uint8Array(0)
  entryBucket = new Int16Array(0)
  entryCount = new Float64Array(0)
  private readonly pages: (Int32Array | undefined)[] = []

  /** `rows`: how many are expected. Columns are made that long at once, for growing copies them; what is not used costs no memory. */
  constructor(kind: Kind, start: number, rows = 0) {
    this.kind = kind
    this.start = start
    this.widen(Math.max(64, rows))
  }

  /** Empties the block for other seconds; its columns stay. */
  restart(start: number): void {
    const cells = this.rows * BLOCK_SEC
    this.mask.fill(0, 0, this.rows)
    this.sum.fill(0, 0, cells)
    this.count.fill(0, 0, cells)
    for (const page of this.pages) page?.fill(0)
    this.start = start
    this.rows = 0
    this.entries = 0
  }

  /** Bytes held, roughly. */
  get bytes(): number {
    const columns = this.kind === "counter" ? 1 : this.kind === "gauge" ? 5 : 4
    return this.rows * (6 + columns * 8 * BLOCK_SEC) + this.entryRow.length * 15
  }

  /** The row of a series, or -1. */
  rowOf(slot: number): number {
    return (this.pages[slot >>> 8]?.[slot & (PAGE - 1)] ?? 0) - 1
  }

  /** Folds one second's points in; row i of `group` is the series in slot `ids[i]`, and is passed over when that is LEFT_OUT. */
  merge(group: PointGroup, second: number): void {
    const offset = second - this.start
    const bit = 1 << offset
    const counter = this.kind === "counter"
    let row = -1
    for (let i = 0; i < group.length; i++) {
      const slot = group.ids[i] as number
      if (slot === LEFT_OUT) continue
      // An agent sends its series in the same order each second: mostly the next one has the next row.
      row = row + 1 < this.rows && this.slots[row + 1] === slot ? row + 1 : this.rowFor(slot)
      const at = row * BLOCK_SEC + offset
      const mask = this.mask[row] as number
      this.mask[row] = mask | bit
      this.sum[at] = (this.sum[at] as number) + (group.sum[i] as number)
      if (counter) continue
      this.fold(at, (mask & bit) === 0, group, i)
      if (hasBuckets(this.kind)) this.addEntries(row, offset, group, i)
    }
  }

  /** Entries sorted by row: those of row r are `entries` from `starts[r]` to `starts[r + 1]`, in order of arrival. A counting sort. */
  entriesByRow(): { starts: Uint32Array; entries: Uint32Array } {
    const starts = new Uint32Array(this.rows + 2)
    for (let i = 0; i < this.entries; i++) {
      const after = (this.entryRow[i] as number) + 2
      starts[after] = (starts[after] as number) + 1
    }
    for (let row = 2; row < starts.length; row++) starts[row] = (starts[row] as number) + (starts[row - 1] as number)
    const entries = new Uint32Array(this.entries)
    for (let i = 0; i < this.entries; i++) {
      const next = (this.entryRow[i] as number) + 1
      const place = starts[next] as number
      entries[place] = i
      starts[next] = place + 1
    }
    return { starts, entries }
  }

  private fold(at: number, first: boolean, group: PointGroup, i: number): void {
    const min = group.min[i] as number
    const max = group.max[i] as number
    this.count[at] = (this.count[at] as number) + (group.count[i] as number)
    if (first || min < (this.min[at] as number)) this.min[at] = min
    if (first || max > (this.max[at] as number)) this.max[at] = max
    if (this.kind !== "gauge") return
    // Of several values of one second none is the later one: the larger counts as last, in every tier alike.
    const last = group.last[i] as number
    if (first || last > (this.last[at] as number)) this.last[at] = last
  }

  private addEntries(row: number, offset: number, group: PointGroup, i: number): void {
    const end = group.bucketStart[i + 1] as number
    for (let j = group.bucketStart[i] as number; j < end; j++) {
      if (this.entries === this.entryRow.length) this.growEntries()
      const at = this.entries++
      this.entryRow[at] = row
      this.entrySecond[at] = offset
      this.entryBucket[at] = group.bucketIndex[j] as number
      this.entryCount[at] = group.bucketCount[j] as number
    }
  }

  private rowFor(slot: number): number {
    let page = this.pages[slot >>> 8]
    if (page === undefined) {
      page = new Int32Array(PAGE)
      this.pages[slot >>> 8] = page
    }
    const known = (page[slot & (PAGE - 1)] as number) - 1
    if (known >= 0) return known
    if (this.rows === this.slots.length) this.widen(this.rows * 2)
    const row = this.rows++
    this.slots[row] = slot
    page[slot & (PAGE - 1)] = row + 1
    return row
  }

  private widen(rows: number): void {
    const cells = rows * BLOCK_SEC
    this.slots = wider(this.slots, new Uint32Array(rows))
    this.mask = wider(this.mask, new Uint16Array(rows))
    this.sum = wider(this.sum, new Float64Array(cells))
    if (this.kind === "counter") return
    this.count = wider(this.count, new Float64Array(cells))
    this.min = wider(this.min, new Float64Array(cells))
    this.max = wider(this.max, new Float64Array(cells))
    if (this.kind === "gauge") this.last = wider(this.last, new Float64Array(cells))
  }

  private growEntries(): void {
    const size = Math.max(256, this.entries * 2)
    this.entryRow = wider(this.entryRow, new Uint32Array(size))
    this.entrySecond = wider(this.entrySecond, new Uint8Array(size))
    this.entryBucket = wider(this.entryBucket, new Int16Array(size))
    this.entryCount = wider(this.entryCount, new Float64Array(size))
  }
}

function wider<T extends Uint8Array | Uint16Array | Uint32Array | Int16Array | Float64Array>(old: T, fresh: T): T {
  fresh.set(old)
  return fresh
}
