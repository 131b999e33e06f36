import { type Codec, Reader, type Writer } from "../codec/index.ts"
import { RpcError } from "./errors.ts"
import { closeFrame, FrameError, KIND, openFrame } from "./frame.ts"
import type { CallHead } from "./server-call.ts"

/** id, method, business and user priority, remaining ms, length of what else is said. */
const CALL_HEAD_BYTES = 13
const MOST_MS = 0xffff_ffff
const VERSION_KEY = 10
const MOST_VERSION = 64

/** What a caller sends beside the request. */
export interface CallMeta {
  id: number
  method: number
  priority: number
  user: number
  remainingMs: number
  version: string
}

/** Writes a call; answers the length of the frame. On an error nothing of it is left in `writer`. */
export function writeCall(writer: Writer, meta: CallMeta, codec: Codec, request: unknown): number {
  const opened = openFrame(writer, KIND.call)
  try {
    writer.word(meta.id)
    writer.byte(meta.method)
    writer.byte(meta.method >>> 8)
    writer.byte(meta.priority)
    writer.byte(meta.user)
    writer.word(Math.min(MOST_MS, Math.max(0, Math.ceil(meta.remainingMs))))
    writeExtra(writer, meta.version)
    codec.write(writer, request)
  } catch (error) {
    writer.rewind(opened)
    throw error
  }
  return closeFrame(writer, opened)
}

/** Tagged fields behind the fixed head: 1 is the client version. A side that does not know a field skips it. */
function writeExtra(writer: Writer, version: string): void {
  if (version === "") {
    writer.byte(0)
    return
  }
  const at = writer.length
  writer.byte(0)
  writer.key(VERSION_KEY)
  writer.string(version.slice(0, MOST_VERSION), "version")
  const end = writer.length
  writer.bytes[writer.start + at] = end - at - 1
}

const extra = new Reader()

/** The head of a call that came at `now`, and where its request begins. Throws FrameError. */
export function readCall(bytes: Buffer, from: number, to: number, now: number): { head: CallHead; at: number } {
  const extraAt = from + CALL_HEAD_BYTES
  if (to < extraAt) throw new FrameError("malformed", "cannot read a call: its head is cut short")
  const extraLength = bytes[extraAt - 1] as number
  const at = extraAt + extraLength
  if (at > to) throw new FrameError("malformed", "cannot read a call: its head is cut short")
  const head: CallHead = {
    id: word(bytes, from),
    method: (bytes[from + 4] as number) | ((bytes[from + 5] as number) << 8),
    priority: bytes[from + 6] as number,
    user: bytes[from + 7] as number,
    deadlineAt: now + word(bytes, from + 8),
    version: extraLength === 0 ? "" : readVersion(bytes, extraAt, at),
  }
  return { head, at }
}

/** The number of four little-endian bytes. */
export const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)) >>>
  0

function readVersion(bytes: Buffer, from: number, to: number): string {
  extra.reset(bytes, from, to)
  let version = ""
  try {
    while (extra.at < to) {
      const at = extra.at
      const key = extra.key()
      if (key === VERSION_KEY) version = extra.string()
      else extra.unknown({}, key, at, to)
    }
  } catch (error) {
    throw new FrameError("malformed", `cannot read a call's head: ${(error as Error).message}`)
  }
  return version
}

export const REPLY_HEAD_BYTES = 5

/** Writes a reply; answers the length of its value. On an error nothing of it is left in `writer`. */
export function writeReply(writer: Writer, id: number, level: number, codec: Codec, value: unknown): number {
  const opened = openFrame(writer, KIND.reply)
  try {
    writer.word(id)
    writer.byte(level)
    codec.write(writer, value)
  } catch (error) {
    writer.rewind(opened)
    throw error
  }
  return closeFrame(writer, opened) - 10
}

export function writeFailure(writer: Writer, id: number, level: number, error: RpcError): void {
  const opened = openFrame(writer, KIND.failure)
  writer.word(id)
  writer.byte(level)
  writer.string(error.code, "code")
  writer.string(error.message.slice(0, 1_000), "message")
  writer.bool(error.retry)
  writer.uint32(Math.min(3_600_000, Math.round(error.retryAfterMs)), "retryAfterMs")
  closeFrame(writer, opened)
}

/** The error of a failure's body, behind its head. Throws FrameError. */
export function readFailure(bytes: Buffer, from: number, to: number): RpcError {
  const reader = new Reader()
  reader.reset(bytes, from, to)
  try {
    const code = reader.string()
    const message = reader.string()
    const retry = reader.bool()
    return new RpcError(code, message, { retry, retryAfterMs: reader.uint32() })
  } catch (error) {
    throw new FrameError("malformed", `cannot read a failure: ${(error as Error).message}`)
  }
}

/** A frame of its kind and one number. */
export function writeNumber(writer: Writer, kind: number, value: number): void {
  const opened = openFrame(writer, kind)
  writer.word(value)
  closeFrame(writer, opened)
}

/** Writes what was held back, calls by key; at most 65,535 of one key. */
export function writeHeld(writer: Writer, held: ReadonlyMap<number, number>): void {
  const opened = openFrame(writer, KIND.held)
  for (const [key, calls] of held) writer.word(key + Math.min(0xffff, calls) * 0x1_0000)
  closeFrame(writer, opened)
}

/** Gives each key and its calls. Throws FrameError. */
export function readHeld(bytes: Buffer, from: number, to: number, give: (key: number, calls: number) => void): void {
  if ((to - from) % 4 !== 0) throw new FrameError("malformed", "cannot read what was held back: it is cut short")
  for (let at = from; at < to; at += 4) {
    const pair = word(bytes, at)
    give(pair & 0xffff, pair >>> 16)
  }
}

export function readNumber(bytes: Buffer, from: number, to: number): number {
  if (to - from < 4) throw new FrameError("malformed", "cannot read a frame: its number is cut short")
  return word(bytes, from)
}
