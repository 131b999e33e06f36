/**
 * Frames between clients and access. Over TCP: length (varint, of what follows), op (u8), id (varint; not in pushes), body. Over WebSocket a
 * message is a frame without its length. Numbers of requests are method numbers of chat.xml; an id comes back with its reply.
 */
import { COMMAND, NOTIFY, REFUSED, REPLY } from "./ops.ts"

/** A frame, its body a part of the bytes it was read from. */
export interface Frame {
  op: number
  /** 0 in pushes. */
  id: number
  body: Uint8Array
}

export class FrameError extends Error {
  override name = "FrameError"
}

const MOST_VARINT_BYTES = 5
const isPush = (op: number): boolean => op === NOTIFY || op === COMMAND

/** Bytes of a frame, its length in front for TCP. `id` is left out of pushes. */
export function toFrame(op: number, id: number, body: Uint8Array, withLength: boolean): Uint8Array {
  const idBytes = isPush(op) ? 0 : sizeOf(id)
  const size = 1 + idBytes + body.length
  const bytes = new Uint8Array((withLength ? sizeOf(size) : 0) + size)
  let at = withLength ? writeVarint(bytes, 0, size) : 0
  bytes[at++] = op
  if (idBytes > 0) at = writeVarint(bytes, at, id)
  bytes.set(body, at)
  return bytes
}

/** Reads what stands after the length, or a WebSocket's message. Throws FrameError. */
export function parseFrame(bytes: Uint8Array): Frame {
  const op = bytes[0]
  if (op === undefined) throw new FrameError("cannot read a frame: it is empty")
  if (isPush(op)) return { op, id: 0, body: bytes.subarray(1) }
  if (op !== REPLY && op !== REFUSED && op > 63)
    throw new FrameError(`cannot read a frame: nothing has the number ${op}`)
  const id = readVarint(bytes, 1)
  if (id === null) throw new FrameError("cannot read a frame: it ends within its id")
  return { op, id: id.value, body: bytes.subarray(id.end) }
}

/** Cuts a stream of bytes into frames; holds at most one frame that has not all come. */
export class FrameReader {
  private rest: Uint8Array | null = null
  private readonly mostBytes: number

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes
  }

  /** Bytes of a frame that is not whole yet. */
  get held(): number {
    return this.rest?.length ?? 0
  }

  /** The frames that are whole with this chunk. Throws FrameError for one that is too large or no frame. */
  push(chunk: Uint8Array, take: (frame: Frame) => void): void {
    let bytes = chunk
    if (this.rest !== null) {
      bytes = new Uint8Array(this.rest.length + chunk.length)
      bytes.set(this.rest)
      bytes.set(chunk, this.rest.length)
      this.rest = null
    }
    let at = 0
    while (at < bytes.length) {
      const length = readVarint(bytes, at)
      if (length === null) break
      if (length.value > this.mostBytes)
        throw new FrameError(`a frame of ${length.value} bytes is larger than the ${this.mostBytes} that it may have`)
      if (length.end + length.value > bytes.length) break
      take(parseFrame(bytes.subarray(length.end, length.end + length.value)))
      at = length.end + length.value
    }
    if (at < bytes.length) this.rest = bytes.slice(at)
  }
}

function sizeOf(value: number): number {
  let size = 1
  for (let left = value; left >= 0x80; left = Math.floor(left / 128)) size++
  return size
}

function writeVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from
  let left = value
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes[at++] = (left & 0x7f) | 0x80
  bytes[at++] = left
  return at
}

function readVarint(bytes: Uint8Array, from: number): { value: number; end: number } | null {
  let value = 0
  for (let i = 0; i < MOST_VARINT_BYTES; i++) {
    const byte = bytes[from + i]
    if (byte === undefined) return null
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, end: from + i + 1 }
  }
  throw new FrameError("cannot read a frame: a number in its head is too long")
}
