/**
 * ClickHouse's Native format, columns straight from typed arrays
 * (https://clickhouse.com/docs/interfaces/formats/Native, and SerializationLowCardinality.cpp for the dictionaries).
 * A block is `columns rows { name type data }…`; numbers are little-endian, lengths varints.
 */
import type { ByteWriter } from "@ossagent/wire"
import { withRoom } from "./scratch.ts"

type Typed = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Float64Array | BigUint64Array

const bytesOf = (column: Typed): Uint8Array => new Uint8Array(column.buffer, column.byteOffset, column.byteLength)

const WIDTHS = { Int8: 1, UInt32: 4, UInt64: 8 }

/** Scratch of {@link NativeBlock}: places of the rows' values in a dictionary, and of each text, 0 between uses. */
let indexes = new Uint32Array(0)
let narrow = new Uint8Array(0)
let places = new Uint32Array(0)

/** Builds one block of `rows` rows in an empty writer; columns are added in the order of the INSERT's column list. */
export class NativeBlock {
  private readonly out: ByteWriter
  private readonly rows: number

  constructor(out: ByteWriter, columns: number, rows: number) {
    this.rows = rows
    this.out = out
    this.out.varint(columns)
    this.out.varint(rows)
  }

  /** The whole block, shared with the writer. */
  get bytes(): Uint8Array {
    return this.out.bytes.subarray(0, this.out.length)
  }

  /** Fixed-width values: one for each row. */
  values(name: string, type: string, column: Typed): void {
    this.header(name, type)
    this.out.raw(bytesOf(column))
  }

  /** The same whole number ≥ 0 in every row. */
  constant(name: string, type: keyof typeof WIDTHS, value: number): void {
    this.header(name, type)
    const width = WIDTHS[type]
    const one = new Uint8Array(8)
    new DataView(one.buffer).setBigUint64(0, BigInt(value), true)
    this.out.reserve(width * this.rows)
    const { bytes, length } = this.out
    for (let i = 0; i < width * this.rows; i++) bytes[length + i] = one[i % width] as number
    this.out.length += width * this.rows
  }

  /** `Array(type)`: `ends[r]` is the end of row r's elements in `elements`; without `ends` all rows are empty. */
  arrays(name: string, type: string, ends: BigUint64Array | null, elements: Typed): void {
    this.header(name, `Array(${type})`)
    this.out.raw(bytesOf(ends ?? new BigUint64Array(this.rows)))
    if (ends !== null) this.out.raw(bytesOf(elements))
  }

  /** `String`: `numbers[r]` says which of `texts` row r holds. */
  strings(name: string, numbers: ArrayLike<number>, texts: readonly string[]): void {
    this.header(name, "String")
    const encoded = new Map<number, Buffer>()
    for (let row = 0; row < this.rows; row++) {
      const number = numbers[row] as number
      let bytes = encoded.get(number)
      if (bytes === undefined) {
        bytes = Buffer.from(texts[number] as string)
        encoded.set(number, bytes)
      }
      this.out.varint(bytes.length)
      this.out.raw(bytes)
    }
  }

  /** `LowCardinality(String)`: `numbers[r]` says which of `texts` row r holds. */
  texts(name: string, numbers: ArrayLike<number>, texts: readonly string[]): void {
    this.header(name, "LowCardinality(String)")
    this.lowCardinalityVersion()
    this.lowCardinality(numbers, this.rows, texts)
  }

  /** `Map(LowCardinality(String), LowCardinality(String))`: row r holds the pairs of numbers of `sets[numbers[r]]`. */
  maps(name: string, numbers: Uint32Array, sets: readonly (readonly number[])[], texts: readonly string[]): void {
    this.header(name, "Map(LowCardinality(String), LowCardinality(String))")
    const ends = new Uint32Array(2 * this.rows) // low and high words of 64-bit numbers
    let total = 0
    for (let row = 0; row < this.rows; row++) {
      total += (sets[numbers[row] as number] as readonly number[]).length / 2
      ends[2 * row] = total
    }
    const keys = new Uint32Array(total)
    const values = new Uint32Array(total)
    let at = 0
    for (let row = 0; row < this.rows; row++) {
      const pairs = sets[numbers[row] as number] as readonly number[]
      for (let i = 0; i < pairs.length; i += 2) {
        keys[at] = pairs[i] as number
        values[at++] = pairs[i + 1] as number
      }
    }
    this.lowCardinalityVersion()
    this.lowCardinalityVersion()
    this.out.raw(bytesOf(ends))
    if (total === 0) return
    this.lowCardinality(keys, total, texts)
    this.lowCardinality(values, total, texts)
  }

  private header(name: string, type: string): void {
    this.out.text(name)
    this.out.text(type)
  }

  /** The state prefix: dictionaries are shared by the block, not between blocks. */
  private lowCardinalityVersion(): void {
    this.uint64(1)
  }

  private lowCardinality(numbers: ArrayLike<number>, length: number, texts: readonly string[]): void {
    places = withRoom(places, texts.length)
    indexes = withRoom(indexes, length)
    const used: number[] = []
    for (let i = 0; i < length; i++) {
      const number = numbers[i] as number
      let place = places[number] as number
      if (place === 0) {
        place = used.push(number) // place 0 is the type's default value
        places[number] = place
      }
      indexes[i] = place
    }
    for (const number of used) places[number] = 0
    const width = used.length + 1 <= 256 ? 0 : used.length + 1 <= 65_536 ? 1 : 2
    const HAS_ADDITIONAL_KEYS = 1 << 9
    const NEED_UPDATE_DICTIONARY = 1 << 10
    this.uint64(width | HAS_ADDITIONAL_KEYS | NEED_UPDATE_DICTIONARY)
    this.uint64(used.length + 1)
    this.out.text("")
    for (const number of used) this.out.text(texts[number] as string)
    this.uint64(length)
    this.indexes(length, 1 << width)
  }

  /** The first `length` of the scratch's indexes, as little-endian numbers of `width` bytes. */
  private indexes(length: number, width: number): void {
    if (width === 4) {
      this.out.raw(bytesOf(indexes.subarray(0, length)))
      return
    }
    narrow = withRoom(narrow, length * width)
    for (let i = 0; i < length; i++) {
      const index = indexes[i] as number
      narrow[i * width] = index & 255
      if (width === 2) narrow[2 * i + 1] = index >>> 8
    }
    this.out.raw(narrow.subarray(0, length * width))
  }

  private uint64(value: number): void {
    this.out.reserve(8)
    const low = value >>> 0
    for (let i = 0; i < 4; i++) this.out.bytes[this.out.length++] = (low >>> (8 * i)) & 255
    const high = Math.floor(value / 2 ** 32)
    for (let i = 0; i < 4; i++) this.out.bytes[this.out.length++] = (high >>> (8 * i)) & 255
  }
}
