import { CodecError, DEEPEST, MOST_ITEMS } from "./error.ts"
import { readUtf8 } from "./platform.ts"
import { tryShortText } from "./short-text.ts"

const SHORT_TEXT = 32
const TWO_28 = 268_435_456
const TWO_32 = 4_294_967_296
const float64 = new Float64Array(1)
const float32 = new Float32Array(float64.buffer, 0, 1)
const floatBytes = new Uint8Array(float64.buffer)
/** The default of every field of bytes: it has nothing that could be changed. */
export const NO_BYTES = new Uint8Array(0)

/** What keeps the fields of a newer description that this program does not know. */
export interface Unknown {
  $unknown?: Uint8Array | undefined
}

/** Reads protobuf's primitive types within bounds; everything malformed throws CodecError. */
export class Reader {
  bytes: Uint8Array = NO_BYTES
  at = 0
  private end = 0
  private depth = 0
  private items = 0
  private high = 0

  /** From now on reads these bytes. */
  reset(bytes: Uint8Array, from = 0, to = bytes.length): void {
    this.bytes = bytes
    this.at = from
    this.end = to
    this.depth = 0
    this.items = 0
  }

  fail(why: string, at = this.at): never {
    throw new CodecError(why, at)
  }

  /** Low 32 bits of the next varint; the rest, where it has one, is in `high`. */
  private varint(): number {
    const { bytes } = this
    let { at } = this
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= this.end) this.fail("truncated number")
      const byte = bytes[at++] as number
      if (shift < 28) low |= (byte & 127) << shift
      else if (shift === 28) {
        low |= (byte & 127) << 28
        high = (byte & 127) >>> 4
      } else if (shift < 63) high |= (byte & 127) << (shift - 32)
      else high |= (byte & 1) << 31
      if (byte < 128) {
        if (shift === 63 && byte > 1) break
        this.at = at
        this.high = high
        return low >>> 0
      }
    }
    return this.fail("number longer than 64 bits")
  }

  uint32(): number {
    const { bytes, at } = this
    const first = bytes[at] as number
    if (first < 128) {
      this.at = at + 1
      return first
    }
    const second = bytes[at + 1] as number
    if (second < 128) {
      this.at = at + 2
      return (first & 127) | (second << 7)
    }
    return this.varint()
  }

  /** A varint of at most 7 bytes, thus below 2^49; −1, and nothing read, where it is longer or the end is near. */
  private middling(): number {
    const { bytes } = this
    let { at } = this
    if (this.end - at < 8) return -1
    let byte = bytes[at++] as number
    let low = byte & 127
    if (byte > 127) {
      byte = bytes[at++] as number
      low |= (byte & 127) << 7
      if (byte > 127) {
        byte = bytes[at++] as number
        low |= (byte & 127) << 14
        if (byte > 127) {
          byte = bytes[at++] as number
          low |= (byte & 127) << 21
          if (byte > 127) return this.beyond28(low, at)
        }
      }
    }
    this.at = at
    return low
  }

  private beyond28(low: number, from: number): number {
    const { bytes } = this
    let at = from
    let byte = bytes[at++] as number
    let high = byte & 127
    if (byte > 127) {
      byte = bytes[at++] as number
      high |= (byte & 127) << 7
      if (byte > 127) {
        byte = bytes[at++] as number
        high |= (byte & 127) << 14
        if (byte > 127) return -1
      }
    }
    this.at = at
    return high * TWO_28 + low
  }

  int32(): number {
    return this.uint32() | 0
  }

  sint32(): number {
    const value = this.uint32()
    return (value >>> 1) ^ -(value & 1)
  }

  uint64(): number {
    const value = this.middling()
    if (value >= 0) return value
    const low = this.varint()
    return this.high === 0 ? low : this.exact(low, this.high >>> 0)
  }

  int64(): number {
    const value = this.middling()
    if (value >= 0) return value
    const low = this.varint()
    return this.high === 0 ? low : this.exact(low, this.high)
  }

  sint64(): number {
    const low = this.uint64Parts()
    const half = (low >>> 1) | (this.high << 31)
    const value = this.exact(half >>> 0, this.high >>> 1)
    return (low & 1) === 0 ? value : -value - 1
  }

  private uint64Parts(): number {
    this.high = 0
    return this.varint()
  }

  private exact(low: number, high: number): number {
    const value = high * TWO_32 + low
    return Number.isSafeInteger(value) ? value : this.fail("number beyond 2^53, which this program cannot hold exactly")
  }

  private skipTo(size: number): number {
    const at = this.at
    if (size > this.end - at) this.fail("truncated")
    this.at = at + size
    return at
  }

  sfixed32(): number {
    const at = this.skipTo(4)
    const { bytes } = this
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    )
  }

  fixed32(): number {
    return this.sfixed32() >>> 0
  }

  fixed64(): number {
    const low = this.fixed32()
    return this.exact(low, this.fixed32())
  }

  sfixed64(): number {
    const low = this.fixed32()
    return this.exact(low, this.sfixed32())
  }

  float(): number {
    const at = this.skipTo(4)
    for (let i = 0; i < 4; i++) floatBytes[i] = this.bytes[at + i] as number
    return float32[0] as number
  }

  double(): number {
    const at = this.skipTo(8)
    const { bytes } = this
    floatBytes[0] = bytes[at] as number
    floatBytes[1] = bytes[at + 1] as number
    floatBytes[2] = bytes[at + 2] as number
    floatBytes[3] = bytes[at + 3] as number
    floatBytes[4] = bytes[at + 4] as number
    floatBytes[5] = bytes[at + 5] as number
    floatBytes[6] = bytes[at + 6] as number
    floatBytes[7] = bytes[at + 7] as number
    return float64[0] as number
  }

  bool(): boolean {
    const low = this.uint64Parts()
    return low !== 0 || this.high !== 0
  }

  string(): string {
    const length = this.uint32()
    const from = this.skipTo(length)
    const short = length <= SHORT_TEXT ? tryShortText(this.bytes, from, from + length) : null
    return short ?? this.text(from, from + length)
  }

  private text(from: number, to: number): string {
    try {
      return readUtf8(this.bytes, from, to)
    } catch {
      return this.fail("text is not UTF-8", from)
    }
  }

  /** Shared with the input: copy what is kept for long. */
  lengthAndBytes(): Uint8Array {
    const length = this.uint32()
    const from = this.skipTo(length)
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + from, length)
  }

  /** Where the struct or packed list that begins here ends, within `end`. */
  sub(end: number): number {
    const length = this.uint32()
    if (length > end - this.at) this.fail("truncated")
    return this.at + length
  }

  /** As `sub`, for a struct in a list or an entry of a map. */
  item(end: number): number {
    if (++this.items > MOST_ITEMS) this.fail(`more than ${MOST_ITEMS} items`)
    return this.sub(end)
  }

  key(): number {
    const key = this.uint32()
    if (key < 8) this.fail("tag 0")
    return key
  }

  /** A struct's bytes end in the middle of a field. */
  overrun(end: number): never {
    return this.fail("a field goes beyond the end of its struct", end)
  }

  enter(): void {
    if (++this.depth > DEEPEST) this.fail(`nested deeper than ${DEEPEST}`)
  }

  leave(): void {
    this.depth--
  }

  /** Skips the field whose key `key` began at `from`, and keeps its bytes with the struct. */
  unknown(into: Unknown, key: number, from: number, end: number): void {
    this.skip(key, end, 0)
    if (this.at > end) this.overrun(end)
    into.$unknown = append(into.$unknown, this.bytes.subarray(from, this.at))
  }

  private skip(key: number, end: number, depth: number): void {
    switch (key & 7) {
      case 0:
        this.varint()
        return
      case 1:
        this.skipTo(8)
        return
      case 2:
        this.at = this.sub(end)
        return
      case 3:
        this.skipGroup(key, end, depth)
        return
      case 5:
        this.skipTo(4)
        return
      default:
        this.fail(`wire type ${key & 7}`)
    }
  }

  private skipGroup(key: number, end: number, depth: number): void {
    if (depth > DEEPEST) this.fail(`nested deeper than ${DEEPEST}`)
    while (this.at < end) {
      const next = this.key()
      if ((next & 7) === 4) {
        if (next >>> 3 !== key >>> 3) this.fail("a group ends that did not begin")
        return
      }
      this.skip(next, end, depth + 1)
    }
    this.fail("truncated group")
  }
}

/** Grows by doubling what it made before: many unknown fields between known ones cost no more than their bytes. */
function append(known: Uint8Array | undefined, more: Uint8Array): Uint8Array {
  if (known === undefined) return more.slice()
  const length = known.length + more.length
  const fits = known.byteOffset === 0 && length <= known.buffer.byteLength
  const all = fits ? new Uint8Array(known.buffer, 0, length) : new Uint8Array(new ArrayBuffer(length * 2), 0, length)
  if (!fits) all.set(known)
  all.set(more, known.length)
  return all
}
