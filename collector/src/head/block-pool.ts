import type { Kind } from "@ossagent/wire"
import { Block } from "./block.ts"

/** Blocks kept for reuse, for each kind. */
const MOST_KEPT = 2

/**
 * Blocks that are used again once nothing reads their batch any more: new columns of 50 MB for every batch would cost page faults and
 * have the garbage collector walk the whole heap.
 */
export class BlockPool {
  private readonly kept = new Map<Kind, Block[]>()
  private readonly expectedRows = new Map<Kind, number>()

  take(kind: Kind, start: number): Block {
    const block = this.kept.get(kind)?.pop()
    if (block === undefined) return new Block(kind, start, this.expectedRows.get(kind))
    block.restart(start)
    return block
  }

  /** A batch has closed: the next ones are expected to have blocks of that size. */
  expect(blocks: Iterable<Block>): void {
    this.expectedRows.clear()
    for (const { kind, rows } of blocks) this.expectedRows.set(kind, Math.max(rows, this.expectedRows.get(kind) ?? 0))
  }

  /** Takes blocks back that nobody holds any more; those far larger than now expected go. */
  give(blocks: Iterable<Block>): void {
    for (const block of blocks) {
      const kept = this.kept.get(block.kind) ?? []
      const wanted = Math.max(1_024, this.expectedRows.get(block.kind) ?? 0)
      if (kept.length < MOST_KEPT && block.slots.length <= 4 * wanted) kept.push(block)
      this.kept.set(block.kind, kept)
    }
  }
}
