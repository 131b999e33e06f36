import {
  ByteReader,
  decodeFrame,
  encodeFrame,
  encodeNames,
  type FrameSection,
  type NamedSeries,
  SECTION,
  shiftPoints,
} from "@ossagent/wire"
import type { Cell } from "../instrument/cell.ts"
import type { Spool } from "./spool.ts"

/** A frame that the collector has not acknowledged yet. */
export interface Pending {
  sequence: number
  /** Start of the points' interval, Unix seconds by the agent's clock. */
  second: number
  points: Uint8Array
  /** Series that these points need named; all of them when the collector asks. */
  named: NamedSeries[]
  cells: Cell[]
  /** Events and exceptions. */
  items: FrameSection[]
  /** Points, events and exceptions in it, for the count of what was dropped. */
  count: number
}

/** Frames dropped, in points, by why. */
export type Dropped = Record<"memory_full" | "spool_full" | "spool_failed" | "refused", number>

/**
 * The frames not yet acknowledged, oldest first, and their numbering. Bounded in bytes: what is over it goes to the spool, oldest
 * first, and where there is none, is dropped and counted.
 */
export class Outbox {
  readonly agent: string
  readonly epoch: number
  readonly dropped: Dropped = { memory_full: 0, spool_full: 0, spool_failed: 0, refused: 0 }
  private readonly frames: Pending[] = []
  private readonly spool: Spool | null
  private readonly limitBytes: number
  private sequence = 0
  private sizeBytes = 0

  constructor(agent: string, epoch: number, limitBytes: number, spool: Spool | null) {
    this.agent = agent
    this.epoch = epoch
    this.limitBytes = limitBytes
    this.spool = spool
  }

  get length(): number {
    return this.frames.length
  }

  get bytes(): number {
    return this.sizeBytes
  }

  add(frame: Omit<Pending, "sequence">): void {
    this.frames.push({ ...frame, sequence: ++this.sequence })
    this.sizeBytes += sizeOf(frame)
    while (this.sizeBytes > this.limitBytes && this.frames.length > 1) this.spill()
  }

  /** The frame to send next; it stays until {@link done} or {@link drop}. */
  first(): Pending | undefined {
    return this.frames[0]
  }

  /** The frame is stored at the collector. */
  done(frame: Pending): void {
    const at = this.frames.indexOf(frame)
    if (at < 0) return
    this.frames.splice(at, 1)
    this.sizeBytes -= sizeOf(frame)
  }

  /** The collector will never take this frame. */
  drop(frame: Pending): void {
    this.done(frame)
    this.dropped.refused += frame.count
  }

  /** Moves every frame to the spool, or drops it where there is none: the agent stops. */
  spillAll(): void {
    while (this.frames.length > 0) this.spill()
  }

  private spill(): void {
    const frame = this.frames.shift() as Pending
    this.sizeBytes -= sizeOf(frame)
    if (this.spool === null) {
      this.dropped.memory_full += frame.count
      return
    }
    const dropped = this.spool.add(this.encode(frame, "self-contained"), frame.count)
    this.dropped[this.spool.failure === null ? "spool_full" : "spool_failed"] += dropped
  }

  /** `epoch` names all of the epoch's series that the frame uses, for a collector that does not know them; `new` the new ones. */
  encode(frame: Pending, naming: "new" | "epoch" | "self-contained"): Uint8Array {
    const named = naming === "new" ? frame.named : frame.cells.map((cell) => ({ id: cell.id, series: cell.series }))
    const sections: FrameSection[] = []
    if (named.length > 0) sections.push({ type: SECTION.names, body: encodeNames(named) })
    if (frame.points.length > 0) sections.push({ type: SECTION.points, body: frame.points })
    sections.push(...frame.items)
    const { agent, epoch } = this
    return encodeFrame({ agent, epoch, sequence: frame.sequence, selfContained: naming === "self-contained" }, sections)
  }

  /** Moves the points of frames that lie in the collector's future, when the agent's clock turns out to be, or to have been, wrong. */
  rewind(clock: Clock): void {
    for (const frame of this.frames) {
      const by = toShift(frame.second, clock)
      if (by === 0) continue
      if (frame.points.length > 0) frame.points = shiftPoints(frame.points, by)
      frame.second += by
    }
  }
}

/** The collector's time, and what the agent's clock is corrected by now; seconds. */
export interface Clock {
  nowSec: number
  offsetSec: number
}

/** By how many seconds points of `second` are to be moved; 0 unless they lie in the future, and never to a time that still does. */
const toShift = (second: number, { nowSec, offsetSec }: Clock): number =>
  second > nowSec ? Math.min(offsetSec, nowSec - second) : 0

/** {@link Outbox.rewind} for an encoded frame from the spool. Throws WireError for what is no frame. */
export function rewindFrame(bytes: Uint8Array, clock: Clock): Uint8Array {
  const { header, sections } = decodeFrame(bytes)
  const moved = sections.map(({ type, body }) => {
    if (type !== SECTION.points) return { type, body }
    const by = toShift(new ByteReader(body).varint(), clock)
    return { type, body: by === 0 ? body : shiftPoints(body, by) }
  })
  return encodeFrame(header, moved)
}

/** Bytes on the wire, and what the frame holds in memory besides. */
const sizeOf = (frame: Omit<Pending, "sequence">): number =>
  frame.points.length + frame.cells.length * 8 + frame.items.reduce((sum, item) => sum + item.body.length, 256)
