/**
 * The POINTS section: one second's deltas of many series, column by column and kind by kind.
 *
 *     t { kind+1 flags count ids… columns… [buckets…] }… 0
 *
 * Ids are sent as differences, in any order. A column is integers as zigzag varints when all of it is, else doubles. Columns: counter
 * `sum`; gauge `last`, and unless each was set just once `count sum min max`; timer and size `count sum min max` and the buckets.
 */
import { ByteReader, ByteWriter, WireError } from "./bytes.ts"
import { hasBuckets, KINDS, type Kind } from "./series.ts"

/**
 * Points of one kind at one second, column-wise; row i of every column is one series. Columns that the kind lacks are empty.
 * Buckets of row i are `bucketIndex`/`bucketCount` from `bucketStart[i]` to `bucketStart[i+1]`, ascending by index.
 */
export interface PointGroup {
  kind: Kind
  /** Rows in use; columns may be longer. */
  length: number
  ids: Uint32Array
  count: Float64Array
  sum: Float64Array
  min: Float64Array
  max: Float64Array
  last: Float64Array
  bucketStart: Uint32Array
  bucketIndex: Int16Array
  bucketCount: Float64Array
}

const ONCE = 1
const INTEGERS = 1
const DOUBLES = 0

/** An empty group with room for `rows`. */
export function createPointGroup(kind: Kind, rows: number, buckets = 0): PointGroup {
  const column = (wanted: boolean) => new Float64Array(wanted ? rows : 0)
  const many = kind !== "counter"
  return {
    kind,
    length: 0,
    ids: new Uint32Array(rows),
    count: column(many),
    sum: column(true),
    min: column(many),
    max: column(many),
    last: column(kind === "gauge"),
    bucketStart: new Uint32Array(hasBuckets(kind) ? rows + 1 : 0),
    bucketIndex: new Int16Array(buckets),
    bucketCount: new Float64Array(buckets),
  }
}

/** `second` is Unix seconds; groups with no rows are left out. */
export function encodePoints(second: number, groups: readonly PointGroup[]): Uint8Array {
  const out = new ByteWriter(groups.reduce((size, group) => size + group.length * 12, 32))
  out.varint(second)
  for (const group of groups) if (group.length > 0) writeGroup(out, group)
  out.byte(0)
  return out.take()
}

function writeGroup(out: ByteWriter, group: PointGroup): void {
  const once = group.kind === "gauge" && allOnes(group.count, group.length)
  out.byte(KINDS.indexOf(group.kind) + 1)
  out.byte(once ? ONCE : 0)
  out.varint(group.length)
  let previous = 0
  for (let i = 0; i < group.length; i++) {
    const id = group.ids[i] as number
    out.zigzag(id - previous)
    previous = id
  }
  for (const column of columnsOf(group, once)) writeColumn(out, column, group.length)
  if (hasBuckets(group.kind)) writeBuckets(out, group)
}

function allOnes(column: Float64Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (column[i] !== 1) return false
  return true
}

function columnsOf(group: PointGroup, once: boolean): Float64Array[] {
  if (group.kind === "counter") return [group.sum]
  const folded = [group.count, group.sum, group.min, group.max]
  if (group.kind === "gauge") return once ? [group.last] : [group.last, ...folded]
  return folded
}

function writeColumn(out: ByteWriter, column: Float64Array, length: number): void {
  let integers = true
  for (let i = 0; i < length && integers; i++) integers = isShort(column[i] as number)
  out.byte(integers ? INTEGERS : DOUBLES)
  if (integers) for (let i = 0; i < length; i++) out.zigzag(column[i] as number)
  else for (let i = 0; i < length; i++) out.double(column[i] as number)
}

/** Shorter as a varint than as a double, and not −0, which varints lose. */
const isShort = (value: number): boolean =>
  Number.isInteger(value) && Math.abs(value) < 2 ** 40 && !Object.is(value, -0)

function writeBuckets(out: ByteWriter, group: PointGroup): void {
  for (let i = 0; i < group.length; i++) {
    const start = group.bucketStart[i] as number
    const end = group.bucketStart[i + 1] as number
    out.varint(end - start)
    let previous = 0
    for (let j = start; j < end; j++) {
      const index = group.bucketIndex[j] as number
      out.zigzag(index - previous)
      out.varint(group.bucketCount[j] as number)
      previous = index
    }
  }
}

/**
 * Reads a POINTS section, a group at a time, into groups that `groupFor` gives: empty, with room for that many rows; they belong to
 * the caller. Values may be NaN or infinite: the receiver decides. Throws WireError, maybe after some groups were given.
 */
export function decodePoints(
  bytes: Uint8Array,
  each: (second: number, group: PointGroup) => void,
  groupFor: (kind: Kind, rows: number) => PointGroup = createPointGroup,
): void {
  const reader = new ByteReader(bytes)
  const second = reader.varint()
  if (second > 0xffffffff) throw new WireError("time out of range", 0)
  for (let code = reader.byte(); code !== 0; code = reader.byte()) {
    const kind = KINDS[code - 1]
    if (kind === undefined) throw new WireError("unknown kind", reader.at - 1)
    each(second, readGroup(reader, kind, groupFor))
  }
  if (reader.left > 0) throw new WireError("bytes after the end of the points", reader.at)
}

function readGroup(reader: ByteReader, kind: Kind, groupFor: typeof createPointGroup): PointGroup {
  const once = (reader.byte() & ONCE) !== 0
  const length = reader.count(2)
  const group = groupFor(kind, length)
  group.length = length
  let id = 0
  for (let i = 0; i < length; i++) {
    id += reader.zigzag()
    if (id < 0 || id > 0xffffffff) throw new WireError("series id out of range", reader.at)
    group.ids[i] = id
  }
  for (const column of columnsOf(group, once)) readColumn(reader, column, length)
  if (kind === "gauge" && once) {
    group.count.fill(1, 0, length)
    for (const column of [group.sum, group.min, group.max]) column.set(group.last.subarray(0, length))
  }
  if (hasBuckets(kind)) readBuckets(reader, group)
  return group
}

function readColumn(reader: ByteReader, column: Float64Array, length: number): void {
  const mode = reader.byte()
  if (mode === INTEGERS) for (let i = 0; i < length; i++) column[i] = reader.zigzag()
  else if (mode === DOUBLES) for (let i = 0; i < length; i++) column[i] = reader.double()
  else throw new WireError("unknown column encoding", reader.at - 1)
}

function readBuckets(reader: ByteReader, group: PointGroup): void {
  let used = 0
  for (let i = 0; i < group.length; i++) {
    group.bucketStart[i] = used
    const count = reader.count(2)
    if (used + count > group.bucketIndex.length) growBuckets(group, used + count)
    let index = 0
    for (let j = 0; j < count; j++) {
      index += reader.zigzag()
      if (index < -32_768 || index > 32_767) throw new WireError("bucket out of range", reader.at)
      group.bucketIndex[used] = index
      group.bucketCount[used++] = reader.varint()
    }
  }
  group.bucketStart[group.length] = used
}

/** Makes room for at least `wanted` buckets, keeping those there are. */
export function growBuckets(group: PointGroup, wanted: number): void {
  const size = Math.max(64, wanted, group.bucketIndex.length * 2)
  const index = new Int16Array(size)
  index.set(group.bucketIndex)
  const count = new Float64Array(size)
  count.set(group.bucketCount)
  group.bucketIndex = index
  group.bucketCount = count
}

/** The same points `shiftSec` seconds later: for an agent that learns that its clock is wrong. */
export function shiftPoints(bytes: Uint8Array, shiftSec: number): Uint8Array {
  const reader = new ByteReader(bytes)
  const out = new ByteWriter(bytes.length + 2)
  out.varint(reader.varint() + shiftSec)
  out.raw(reader.raw(reader.left))
  return out.take()
}
