import { CodecError, DEEPEST } from "./error.ts"
import { allocate, writeUtf8 } from "./platform.ts"

const SLAB_BYTES = 32 * 1024
const SHORT_TEXT = 40
const TWO_32 = 4_294_967_296
const float64 = new Float64Array(1)
const float32 = new Float32Array(float64.buffer, 0, 1)
const floatBytes = new Uint8Array(float64.buffer)

/**
 * Writes protobuf's primitive types into slabs: what was taken is a view of its slab, and the next message follows it. A slab is
 * never written twice, so a view stays as it is; it keeps its slab alive.
 */
export class Writer {
  bytes: Uint8Array<ArrayBuffer>
  at = 0
  /** Where what is not yet taken begins. */
  start = 0
  private depth = 0
  private readonly slabBytes: number

  constructor(slabBytes = SLAB_BYTES) {
    this.slabBytes = slabBytes
    this.bytes = allocate(slabBytes)
  }

  /** Length of what is not yet taken. */
  get length(): number {
    return this.at - this.start
  }

  room(more: number): void {
    if (this.at + more > this.bytes.length) this.grow(more)
  }

  private grow(more: number): void {
    const length = this.at - this.start
    const next = allocate(
      length + more <= this.slabBytes >> 1 ? this.slabBytes : Math.max(this.slabBytes, (length + more) * 2),
    )
    next.set(this.bytes.subarray(this.start, this.at))
    this.bytes = next
    this.start = 0
    this.at = length
  }

  /** What was written since the last time; the caller may keep it. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + this.start, this.at - this.start)
    this.start = this.at
    return taken
  }

  /** Forgets what was written since the last time. */
  drop(): void {
    this.at = this.start
    this.depth = 0
  }

  /** Forgets what was written beyond `length` since the last `take`. */
  rewind(length: number): void {
    this.at = this.start + length
    this.depth = 0
  }

  byte(value: number): void {
    this.room(1)
    this.bytes[this.at++] = value
  }

  /** Little-endian, as frames have it. */
  word(value: number): void {
    this.room(4)
    this.fixed(value)
  }

  /** Overwrites four bytes that stand at `length` bytes after the last `take`. */
  patchWord(length: number, value: number): void {
    const at = this.at
    this.at = this.start + length
    this.fixed(value)
    this.at = at
  }

  /** A field's tag with its wire type, `tag << 3 | type`. */
  key(key: number): void {
    if (this.at + 16 > this.bytes.length) this.grow(16)
    if (key < 128) this.bytes[this.at++] = key
    else this.varint32(key)
  }

  /** 0 to 2^32 − 1. */
  private varint32(value: number): void {
    if (this.at + 16 > this.bytes.length) this.grow(16)
    const { bytes } = this
    let { at } = this
    let rest = value
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128
      rest >>>= 7
    }
    bytes[at++] = rest
    this.at = at
  }

  private varint64(low: number, high: number): void {
    this.room(10)
    let lo = low >>> 0
    let hi = high >>> 0
    while (hi > 0) {
      this.bytes[this.at++] = (lo & 127) | 128
      lo = ((lo >>> 7) | (hi << 25)) >>> 0
      hi >>>= 7
    }
    this.varint32(lo)
  }

  private bad(value: unknown, type: string, where: string): never {
    throw new CodecError(`cannot write ${where}: ${show(value)} is no ${type}`)
  }

  uint32(value: number, where: string): void {
    if (value >>> 0 !== value) this.bad(value, "uint32", where)
    if (value < 128) {
      if (this.at + 16 > this.bytes.length) this.grow(16)
      this.bytes[this.at++] = value
    } else this.varint32(value)
  }

  int32(value: number, where: string): void {
    if ((value | 0) !== value) this.bad(value, "int32", where)
    if (value >= 0) this.varint32(value)
    else this.varint64(value, -1)
  }

  sint32(value: number, where: string): void {
    if ((value | 0) !== value) this.bad(value, "sint32", where)
    this.varint32(((value << 1) ^ (value >> 31)) >>> 0)
  }

  uint64(value: number, where: string): void {
    if (value >>> 0 === value) this.varint32(value)
    else if (Number.isSafeInteger(value) && value >= 0) this.varint64(value % TWO_32, value / TWO_32)
    else this.bad(value, "uint64 up to 2^53 − 1", where)
  }

  int64(value: number, where: string): void {
    if (value >>> 0 === value) this.varint32(value)
    else if (Number.isSafeInteger(value)) this.varint64(lowOf(value), Math.floor(value / TWO_32))
    else this.bad(value, "int64 within ±(2^53 − 1)", where)
  }

  sint64(value: number, where: string): void {
    if (!Number.isSafeInteger(value)) this.bad(value, "sint64 within ±(2^53 − 1)", where)
    // Doubling may leave the exact range of numbers: halves are doubled instead.
    const magnitude = value < 0 ? -value - 1 : value
    const low = magnitude % TWO_32
    const high = Math.floor(magnitude / TWO_32)
    this.varint64(((low << 1) | (value < 0 ? 1 : 0)) >>> 0, ((high << 1) | (low >>> 31)) >>> 0)
  }

  private fixed(low: number): void {
    this.room(4)
    const { bytes, at } = this
    bytes[at] = low
    bytes[at + 1] = low >>> 8
    bytes[at + 2] = low >>> 16
    bytes[at + 3] = low >>> 24
    this.at = at + 4
  }

  fixed32(value: number, where: string): void {
    if (value >>> 0 !== value) this.bad(value, "fixed32", where)
    this.fixed(value)
  }

  sfixed32(value: number, where: string): void {
    if ((value | 0) !== value) this.bad(value, "sfixed32", where)
    this.fixed(value)
  }

  fixed64(value: number, where: string): void {
    if (!Number.isSafeInteger(value) || value < 0) this.bad(value, "fixed64 up to 2^53 − 1", where)
    this.fixed(lowOf(value))
    this.fixed(value / TWO_32)
  }

  sfixed64(value: number, where: string): void {
    if (!Number.isSafeInteger(value)) this.bad(value, "sfixed64 within ±(2^53 − 1)", where)
    this.fixed(lowOf(value))
    this.fixed(Math.floor(value / TWO_32))
  }

  float(value: number, where: string): void {
    if (typeof value !== "number") this.bad(value, "float", where)
    this.room(4)
    float32[0] = value
    for (let i = 0; i < 4; i++) this.bytes[this.at++] = floatBytes[i] as number
  }

  double(value: number, where: string): void {
    if (typeof value !== "number") this.bad(value, "double", where)
    this.room(8)
    float64[0] = value
    for (let i = 0; i < 8; i++) this.bytes[this.at++] = floatBytes[i] as number
  }

  bool(value: boolean): void {
    this.room(1)
    this.bytes[this.at++] = value ? 1 : 0
  }

  string(value: string, where: string): void {
    if (typeof value !== "string") this.bad(value, "string", where)
    const { length } = value
    const most = length * 3 + 10
    if (this.at + most > this.bytes.length) this.grow(most)
    if (length > SHORT_TEXT) {
      this.longText(value)
      return
    }
    const { bytes } = this
    let at = this.at + 1
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i)
      if (unit > 127) {
        this.longText(value)
        return
      }
      bytes[at++] = unit
    }
    bytes[this.at] = length
    this.at = at
  }

  private longText(value: string): void {
    const guess = sizeOf(value.length)
    const from = this.at + guess
    const size = writeUtf8(this.bytes, value, from)
    this.prefix(from, guess, size)
  }

  /** Puts the length before `size` bytes that stand from `from` on, where `guess` bytes were left for it. */
  private prefix(from: number, guess: number, size: number): void {
    const needed = sizeOf(size)
    if (needed !== guess) this.bytes.copyWithin(from - guess + needed, from, from + size)
    this.at = from - guess
    this.varint32(size)
    this.at += size
  }

  raw(value: Uint8Array): void {
    this.room(value.length)
    this.bytes.set(value, this.at)
    this.at += value.length
  }

  lengthAndBytes(value: Uint8Array, where: string): void {
    if (!(value instanceof Uint8Array)) this.bad(value, "bytes", where)
    this.varint32(value.length)
    this.raw(value)
  }

  /** Begins a struct or a packed list, to be closed with what it answers. */
  open(key: number): number {
    this.key(key)
    this.at++
    return this.at - this.start
  }

  close(opened: number): void {
    const from = this.start + opened
    const size = this.at - from
    if (size < 128) this.bytes[from - 1] = size
    else {
      this.room(5)
      this.prefix(this.start + opened, 1, size)
    }
  }

  enter(where: string): void {
    if (++this.depth > DEEPEST) throw new CodecError(`cannot write ${where}: it is nested deeper than ${DEEPEST}`)
  }

  leave(): void {
    this.depth--
  }
}

const lowOf = (value: number): number => ((value % TWO_32) + TWO_32) % TWO_32
const sizeOf = (value: number): number =>
  value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : value < 268_435_456 ? 4 : 5
const show = (value: unknown): string =>
  typeof value === "string"
    ? JSON.stringify(value.slice(0, 40))
    : typeof value === "object"
      ? typeof value
      : String(value)
