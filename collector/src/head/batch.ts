import type { FrameEvent, FrameException, FrameItems, Kind, PointGroup } from "@ossagent/wire"
import { BLOCK_SEC, type Block } from "./block.ts"
import { BlockPool } from "./block-pool.ts"

/** Of an event or exception, besides its own fields. */
export type Placed<T> = T & { service: string; subsystem: string; host: string }

/**
 * What one log segment holds, ready to be read and stored: its number is the segment's and stands in every row stored from it, by
 * which a row is known to be there or not.
 */
export class Batch {
  readonly number: number
  /** Unix ms up to which minutes and hours were rolled up before this batch. */
  readonly rolledUntil: number
  /** Unix ms of its end, once it is closed. */
  closedAt = 0
  points = 0
  readonly events: Placed<FrameEvent>[] = []
  readonly exceptions: Placed<FrameException>[] = []
  private itemBytes = 0
  private readonly blocks = new Map<number, Map<Kind, Block>>()
  private readonly pool: BlockPool

  constructor(number: number, rolledUntil: number, pool = new BlockPool()) {
    this.number = number
    this.rolledUntil = rolledUntil
    this.pool = pool
  }

  /** Bytes held, roughly. */
  get bytes(): number {
    let sum = this.itemBytes
    for (const block of this.all()) sum += block.bytes
    return sum
  }

  merge(second: number, group: PointGroup): void {
    const start = second - (second % BLOCK_SEC)
    let kinds = this.blocks.get(start)
    if (kinds === undefined) {
      kinds = new Map()
      this.blocks.set(start, kinds)
    }
    let block = kinds.get(group.kind)
    if (block === undefined) {
      block = this.pool.take(group.kind, start)
      kinds.set(group.kind, block)
    }
    block.merge(group, second)
    this.points += group.length
  }

  addEvents(items: FrameItems<FrameEvent>): void {
    for (const event of items.items) this.events.push({ ...event, ...placeOf(items) })
    this.itemBytes += items.items.length * 500
  }

  addExceptions(items: FrameItems<FrameException>): void {
    for (const exception of items.items) {
      this.exceptions.push({ ...exception, ...placeOf(items) })
      this.itemBytes += 500 + exception.message.length + exception.stack.length + exception.users.length * 40
    }
  }

  /** All blocks, oldest first. */
  *all(): Generator<Block> {
    for (const start of [...this.blocks.keys()].sort((a, b) => a - b)) {
      yield* (this.blocks.get(start) as Map<Kind, Block>).values()
    }
  }

  /** Blocks of a kind that overlap `[from, to)`, Unix seconds. */
  *between(kind: Kind, from: number, to: number): Generator<Block> {
    for (const [start, kinds] of this.blocks) {
      if (start + BLOCK_SEC <= from || start >= to) continue
      const block = kinds.get(kind)
      if (block !== undefined) yield block
    }
  }
}

const placeOf = ({ service, subsystem, host }: { service: string; subsystem: string; host: string }) => ({
  service,
  subsystem,
  host,
})
