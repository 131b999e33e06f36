/**
 * Growing writer and bounds-checked reader of the frame's primitive types: bytes, varints (LEB128, up to 2^53), zigzag integers,
 * little-endian doubles and length-prefixed UTF-8.
 */
const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true })

export class ByteWriter {
  bytes: Uint8Array
  length = 0
  private view: DataView

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for `more` bytes; the only place that allocates. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  varint(value: number): void {
    this.reserve(8)
    let rest = value
    while (rest > 0x7fffffff) {
      this.bytes[this.length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.bytes[this.length++] = rest
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  double(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.length, value, true)
    this.length += 8
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  text(value: string): void {
    const bytes = encoder.encode(value)
    this.varint(bytes.length)
    this.raw(bytes)
  }

  /** What was written, as a copy of its own. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  clear(): void {
    this.length = 0
  }
}

/** Bytes that are not what they claim to be; `at` is the offset. */
export class WireError extends Error {
  override readonly name = "WireError"
  readonly at: number
  constructor(message: string, at: number) {
    super(`${message} at byte ${at}`)
    this.at = at
  }
}

export class ByteReader {
  readonly bytes: Uint8Array
  at: number
  readonly end: number
  private readonly view: DataView

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.end - this.at
  }

  byte(): number {
    if (this.at >= this.end) throw new WireError("truncated", this.at)
    return this.bytes[this.at++] as number
  }

  varint(): number {
    let byte = this.byte()
    if (byte < 128) return byte
    let value = byte & 127
    let scale = 128
    for (let i = 0; i < 7; i++) {
      byte = this.byte()
      value += (byte & 127) * scale
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break
        return value
      }
      scale *= 128
    }
    throw new WireError("number too large", this.at)
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  double(): number {
    if (this.end - this.at < 8) throw new WireError("truncated", this.at)
    const value = this.view.getFloat64(this.at, true)
    this.at += 8
    return value
  }

  /** The next `length` bytes, shared with the input. */
  raw(length: number): Uint8Array {
    if (length > this.end - this.at) throw new WireError("truncated", this.at)
    const part = this.bytes.subarray(this.at, this.at + length)
    this.at += length
    return part
  }

  text(): string {
    const at = this.at
    try {
      return decoder.decode(this.raw(this.varint()))
    } catch (error) {
      if (error instanceof WireError) throw error
      throw new WireError("text is not UTF-8", at)
    }
  }

  /** A count of things of at least `size` bytes each: refused when the rest cannot hold as many. */
  count(size = 1): number {
    const at = this.at
    const count = this.varint()
    if (count * size > this.end - this.at) throw new WireError(`count ${count} exceeds what is left`, at)
    return count
  }
}
