/** What a wheel keeps: its place, written by the wheel alone. */
export interface Turning {
  slot: number
  at: number
}

/**
 * Wakes things after so many turns. One timer turns it for all of them; adding, moving and removing take constant time, and nothing is
 * held that was removed.
 */
export class Wheel<T extends Turning> {
  private readonly slots: T[][]
  /** Turns since the start. */
  turn = 0

  /** `most`: the longest wait, in turns. */
  constructor(most: number) {
    this.slots = Array.from({ length: most + 1 }, () => [])
  }

  /** Wakes it in so many turns, 1 to `most`; where it waits already, then and not before. */
  add(one: T, turns: number): void {
    this.remove(one)
    const slot = (this.turn + Math.min(Math.max(1, turns), this.slots.length - 1)) % this.slots.length
    one.slot = slot
    one.at = (this.slots[slot] as T[]).push(one) - 1
  }

  remove(one: T): void {
    if (one.slot < 0) return
    const slot = this.slots[one.slot] as T[]
    const last = slot.pop() as T
    if (last !== one) {
      slot[one.at] = last
      last.at = one.at
    }
    one.slot = -1
  }

  /** One turn on; those whose time has come are out of the wheel. */
  advance(): T[] {
    this.turn++
    const slot = this.turn % this.slots.length
    const due = this.slots[slot] as T[]
    this.slots[slot] = []
    for (const one of due) one.slot = -1
    return due
  }
}
