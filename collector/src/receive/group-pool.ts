import { createPointGroup, type Kind, type PointGroup } from "@ossagent/wire"

/** Groups kept for reuse, for each kind and size; what is over it is left to the garbage collector. */
const MOST_KEPT = 32
const SMALLEST_ROWS = 64

/**
 * Point groups that are used again: columns of a frame live for the milliseconds between reading and merging, and new ones for each
 * frame would cost more in garbage collection than all the rest. Sizes are powers of two.
 */
export class GroupPool {
  private readonly kept = new Map<string, PointGroup[]>()

  /** An empty group with room for `rows` at least. */
  take(kind: Kind, rows: number): PointGroup {
    const size = 2 ** Math.ceil(Math.log2(Math.max(SMALLEST_ROWS, rows)))
    return this.kept.get(keyOf(kind, size))?.pop() ?? createPointGroup(kind, size)
  }

  /** Takes a group back; its giver must not touch it any more. */
  give(group: PointGroup): void {
    group.length = 0
    const key = keyOf(group.kind, group.ids.length)
    const kept = this.kept.get(key)
    if (kept === undefined) this.kept.set(key, [group])
    else if (kept.length < MOST_KEPT) kept.push(group)
  }
}

const keyOf = (kind: Kind, size: number): string => `${kind} ${size}`
