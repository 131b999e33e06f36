import type { Socket } from "node:net"
import { Writer } from "../codec/index.ts"
import { FrameError, FrameReader, type TakeFrame } from "./frame.ts"

const SLAB_BYTES = 64 * 1024
const FLUSH_BYTES = 48 * 1024

/** What a link counts. */
export interface LinkPoints {
  bytesIn: { inc(by: number): void }
  bytesOut: { inc(by: number): void }
}

export interface LinkEvents {
  frame: TakeFrame
  /** Once; `error` where the link did not end by itself. */
  closed: (error: Error | null) => void
  /** What was written has gone out. */
  drained?: () => void
}

let waiting: Link[] = []
const flushAll = (): void => {
  const links = waiting
  waiting = []
  for (const link of links) link.flush()
}

/** A socket's frames, in and out. What is written within one turn of the event loop goes out in one piece. */
export class Link {
  readonly out = new Writer(SLAB_BYTES)
  readonly reader: FrameReader
  readonly socket: Socket
  closed = false
  /** When bytes last came, on the monotonic clock. */
  heardAt = performance.now()
  private touched = false
  private readonly points: LinkPoints
  private readonly events: LinkEvents
  private error: Error | null = null

  constructor(socket: Socket, mostBytes: number, points: LinkPoints, events: LinkEvents) {
    this.socket = socket
    this.points = points
    this.events = events
    this.reader = new FrameReader(mostBytes, events.frame)
    socket.setNoDelay(true)
    socket.on("data", (chunk: Buffer) => this.heard(chunk))
    socket.on("error", (error) => {
      this.error ??= error
    })
    socket.on("drain", () => events.drained?.())
    socket.on("close", () => this.end())
  }

  private heard(chunk: Buffer): void {
    if (this.closed) return
    this.heardAt = performance.now()
    this.points.bytesIn.inc(chunk.length)
    try {
      this.reader.push(chunk)
    } catch (error) {
      this.close(error as Error)
      if (!(error instanceof FrameError)) throw error
    }
  }

  /** To be called after a frame was written to `out`. */
  touch(): void {
    if (this.out.length > FLUSH_BYTES) this.flush()
    else if (!this.touched) {
      this.touched = true
      if (waiting.push(this) === 1) setImmediate(flushAll)
    }
  }

  flush(): void {
    this.touched = false
    if (this.closed || this.out.length === 0) return
    const bytes = this.out.take()
    this.points.bytesOut.inc(bytes.length)
    this.socket.write(bytes)
  }

  /** Sends one frame that stands by itself, in order with those in `out`. */
  send(frame: Uint8Array): void {
    this.out.raw(frame)
    this.touch()
  }

  /** Bytes written that the other side has not taken. */
  get unsentBytes(): number {
    return this.socket.writableLength + this.out.length
  }

  /** Ends at once; what was not sent is lost. */
  close(error: Error | null): void {
    if (this.closed) return
    this.error ??= error
    this.reader.stop()
    this.socket.destroy()
    this.end()
  }

  /** Sends what there is and says goodbye. */
  finish(): void {
    if (this.closed) return
    this.flush()
    this.reader.stop()
    this.socket.end()
    // The other side may never close its half.
    const timer = setTimeout(() => this.socket.destroy(), 1_000)
    timer.unref()
    this.socket.once("close", () => clearTimeout(timer))
  }

  private end(): void {
    if (this.closed) return
    this.closed = true
    this.reader.stop()
    this.events.closed(this.error)
  }
}
