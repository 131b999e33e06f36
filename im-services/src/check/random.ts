import { createHash } from "node:crypto"

/** Numbers that look like chance and are the same for the same seed. */
export interface Random {
  /** From 0, below 1. */
  next: () => number
  /** A whole number from `low` to `high`, both included. */
  whole: (low: number, high: number) => number
  /** One of the list. */
  pick: <T>(list: readonly T[]) => T
  shuffle: <T>(list: readonly T[]) => T[]
  /** A stream of its own, the same whatever else is drawn. */
  branch: (name: string) => Random
}

/** A 32-bit xorshift, begun with a hash of the seed; good enough to choose what to break next. */
export function createRandom(seed: string): Random {
  let state = createHash("sha256").update(seed).digest().readUInt32LE(0) || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    whole,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new RangeError("cannot pick from an empty list")
      return list[whole(0, list.length - 1)] as T
    },
    shuffle: (list) => {
      const all = [...list]
      for (let i = all.length - 1; i > 0; i--) {
        const other = whole(0, i)
        const kept = all[i] as (typeof all)[number]
        all[i] = all[other] as (typeof all)[number]
        all[other] = kept
      }
      return all
    },
    branch: (name) => createRandom(`${seed}/${name}`),
  }
}
