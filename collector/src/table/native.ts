/**
 * ClickHouse's Native format, columns straight from typed arrays
 * (https://clickhouse.com/docs/interfaces/formats/Native, and SerializationLowCardinality.cpp for the dictionaries).
 * A block is `columns rows { name type data }…`; numbers are little-endian, lengths varints.
 */
import { ByteWriter } from "@ossagent/wire"

type Typed = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Float64Array | BigUint64Array

const bytesOf = (column: Typed): Uint8Array => new Uint8Array(column.buffer, column.byteOffset, column.byteLength)

/** Builds one block of `rows` rows; columns are added in the order of the INSERT's column list. */
export class NativeBlock {
  private readonly out: ByteWriter
  private readonly rows: number

  constructor(columns: number, rows: number) {
    this.rows = rows
    this.out = new ByteWriter(rows * 64 + 1_024)
    this.out.varint(columns)
    this.out.varint(rows)
  }

  /** Fixed-width values: one for each row. */
  values(name: string, type: string, column: Typed): void {
    this.header(name, type)
    this.out.raw(bytesOf(column))
  }

  /** `Array(type)`: `ends[r]` is the end of row r's elements in `elements`; without `ends` all rows are empty. */
  arrays(name: string, type: string, ends: BigUint64Array | null, elements: Typed): void {
    this.header(name, `Array(${type})`)
    this.out.raw(bytesOf(ends ?? new BigUint64Array(this.rows)))
    if (ends !== null) this.out.raw(bytesOf(elements))
  }

  /** `String`. */
  strings(name: string, texts: readonly string[]): void {
    this.header(name, "String")
    for (const text of texts) this.out.text(text)
  }

  /** `LowCardinality(String)`: `numbers[r]` says which of `texts` row r holds. */
  texts(name: string, numbers: ArrayLike<number>, texts: readonly string[]): void {
    this.header(name, "LowCardinality(String)")
    this.lowCardinalityVersion()
    this.lowCardinality(numbers, this.rows, texts)
  }

  /** `Map(LowCardinality(String), LowCardinality(String))`: pairs of numbers for each row. */
  maps(name: string, pairs: readonly (readonly number[])[], texts: readonly string[]): void {
    this.header(name, "Map(LowCardinality(String), LowCardinality(String))")
    const ends = new Uint32Array(2 * this.rows) // low and high words of 64-bit numbers
    let total = 0
    for (let row = 0; row < this.rows; row++) {
      total += (pairs[row] as readonly number[]).length / 2
      ends[2 * row] = total
    }
    const keys = new Uint32Array(total)
    const values = new Uint32Array(total)
    let at = 0
    for (const row of pairs) {
      for (let i = 0; i < row.length; i += 2) {
        keys[at] = row[i] as number
        values[at++] = row[i + 1] as number
      }
    }
    this.lowCardinalityVersion()
    this.lowCardinalityVersion()
    this.out.raw(bytesOf(ends))
    if (total === 0) return
    this.lowCardinality(keys, total, texts)
    this.lowCardinality(values, total, texts)
  }

  /** The whole block, valid until the next is begun. */
  take(): Buffer {
    return Buffer.from(this.out.bytes.buffer, 0, this.out.length)
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
    const local = new Map<number, number>()
    const indexes = new Uint32Array(length)
    let lastNumber = -1
    let lastIndex = 0
    for (let i = 0; i < length; i++) {
      const number = numbers[i] as number
      if (number !== lastNumber) {
        lastNumber = number
        const known = local.get(number)
        lastIndex = known ?? local.size + 1 // place 0 is the type's default value
        if (known === undefined) local.set(number, lastIndex)
      }
      indexes[i] = lastIndex
    }
    const width = local.size + 1 <= 256 ? 0 : local.size + 1 <= 65_536 ? 1 : 2
    const HAS_ADDITIONAL_KEYS = 1 << 9
    const NEED_UPDATE_DICTIONARY = 1 << 10
    this.uint64(width | HAS_ADDITIONAL_KEYS | NEED_UPDATE_DICTIONARY)
    this.uint64(local.size + 1)
    this.out.text("")
    for (const number of local.keys()) this.out.text(texts[number] as string)
    this.uint64(length)
    this.out.raw(bytesOf(width === 0 ? Uint8Array.from(indexes) : width === 1 ? Uint16Array.from(indexes) : indexes))
  }

  private uint64(value: number): void {
    this.out.reserve(8)
    const low = value >>> 0
    for (let i = 0; i < 4; i++) this.out.bytes[this.out.length++] = (low >>> (8 * i)) & 255
    const high = Math.floor(value / 2 ** 32)
    for (let i = 0; i < 4; i++) this.out.bytes[this.out.length++] = (high >>> (8 * i)) & 255
  }
}
