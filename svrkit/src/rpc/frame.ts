/**
 * rpc: calls between services. A connection carries frames: length (four bytes, little-endian, of what follows), kind, body.
 * `frame.ts` cuts bytes into frames, `link.ts` owns a socket, `session.ts` is a connection at the server and `lane.ts` one at the
 * client; `dispatcher.ts` runs calls, `channel.ts` makes them. docs/decisions/0005 tells why it is so.
 */
import type { Writer } from "../codec/index.ts"

export const KIND = {
  call: 1,
  reply: 2,
  failure: 3,
  cancel: 4,
  ping: 5,
  pong: 6,
  goaway: 7,
  /** Server to client: the level, in one number. */
  level: 8,
  /** Client to server: what was held back by the level, as pairs of key and calls, two bytes each. */
  held: 9,
  hello: 16,
  challenge: 17,
  proof: 18,
  welcome: 19,
  refusal: 20,
} as const

export const PROTOCOL = 1
/** Of a frame before both sides have proved themselves. */
export const MOST_HANDSHAKE_BYTES = 1_024

/** Bytes that are no frame, or a frame that must not come now: the connection cannot go on. */
export class FrameError extends Error {
  override readonly name = "FrameError"
  readonly why: "oversize" | "empty" | "unknown_kind" | "out_of_order" | "malformed"
  constructor(why: FrameError["why"], message: string) {
    super(message)
    this.why = why
  }
}

/** Takes a frame's body: `bytes` from `from` up to `to`, of which it may keep parts. */
export type TakeFrame = (kind: number, bytes: Buffer, from: number, to: number) => void

/** Cuts what a socket gives into frames. Holds no more than it was given, whatever length a frame claims. */
export class FrameReader {
  /** Longest frame it takes; grows once the other side is known. */
  mostBytes: number
  private held: Buffer[] = []
  private heldBytes = 0
  private needed = 4
  private stopped = false
  private readonly take: TakeFrame

  constructor(mostBytes: number, take: TakeFrame) {
    this.mostBytes = mostBytes
    this.take = take
  }

  /** Takes no further frame, also of what was pushed already. */
  stop(): void {
    this.stopped = true
    this.held = []
  }

  /** Throws FrameError, and what `take` throws. */
  push(chunk: Buffer): void {
    let bytes = chunk
    if (this.heldBytes > 0) {
      this.held.push(chunk)
      this.heldBytes += chunk.length
      if (this.heldBytes < this.needed) return
      bytes = Buffer.concat(this.held, this.heldBytes)
    }
    this.cut(bytes)
  }

  private cut(bytes: Buffer): void {
    let at = 0
    let needed = 4
    while (!this.stopped && bytes.length - at >= 4) {
      const length = bytes.readUInt32LE(at)
      if (length === 0) throw new FrameError("empty", "cannot read a frame: its length is 0")
      if (length > this.mostBytes) {
        throw new FrameError("oversize", `cannot read a frame: ${length} bytes, at most ${this.mostBytes} are taken`)
      }
      needed = 4 + length
      if (bytes.length - at < needed) break
      const from = at
      at += needed
      needed = 4
      this.take(bytes[from + 4] as number, bytes, from + 5, at)
    }
    this.needed = needed
    this.heldBytes = this.stopped ? 0 : bytes.length - at
    this.held = this.heldBytes > 0 ? [bytes.subarray(at)] : []
  }
}

/** Begins a frame; close it with what is answered. */
export function openFrame(writer: Writer, kind: number): number {
  const opened = writer.length
  writer.word(0)
  writer.byte(kind)
  return opened
}

/** Ends a frame; answers its length with all. */
export function closeFrame(writer: Writer, opened: number): number {
  const size = writer.length - opened
  writer.patchWord(opened, size - 4)
  return size
}
