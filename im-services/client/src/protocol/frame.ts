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
  override readonly name = "FrameError"
  readonly code: "bad_request" | "too_large"

  constructor(message: string, code: FrameError["code"] = "bad_request") {
    super(message)
    this.code = code
  }
}

const MOST_VARINT_BYTES = 5
const isPush = (op: number): boolean => op === NOTIFY || op === COMMAND

const zeroed = (size: number): Uint8Array => new Uint8Array(size)

/** Bytes of a frame, its length in front for TCP. `id` is left out of pushes. `allocate`: another source of bytes, of any content. */
export function toFrame(
  op: number,
  id: number,
  body: Uint8Array,
  withLength: boolean,
  allocate: (size: number) => Uint8Array = zeroed,
): Uint8Array {
  const idBytes = isPush(op) ? 0 : sizeOf(id)
  const size = 1 + idBytes + body.length
  const bytes = allocate((withLength ? sizeOf(size) : 0) + size)
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

/** Takes a frame; false: no further one for now. */
export type TakeFrame = (frame: Frame) => boolean

/** Cuts a stream of bytes into frames; holds at most one frame that has not all come, and what it was told to hold back. */
export class FrameReader {
  /** Of a frame; a longer one ends the stream. */
  mostBytes: number
  private rest: Uint8Array | null = null

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes
  }

  /** Bytes of frames that are not whole yet, or not taken. */
  get held(): number {
    return this.rest?.length ?? 0
  }

  /**
   * The frames that are whole with this chunk, until `take` answers false: the others come with the next call, which may bring an
   * empty chunk. Throws FrameError for one that is too large or no frame.
   */
  push(chunk: Uint8Array, take: TakeFrame): void {
    const bytes = this.rest === null ? chunk : join(this.rest, chunk)
    this.rest = null
    let at = 0
    let more = true
    while (more && at < bytes.length) {
      const length = readVarint(bytes, at)
      if (length === null) break
      if (length.value > this.mostBytes)
        throw new FrameError(
          `cannot read a frame: its ${length.value} bytes are more than the ${this.mostBytes} it may have`,
          "too_large",
        )
      const end = length.end + length.value
      if (end > bytes.length) break
      at = end
      more = take(parseFrame(bytes.subarray(length.end, end)))
    }
    if (at < bytes.length) this.rest = bytes.slice(at)
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
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
