import type { Store } from "@ossagent/svrkit/store"

const MOST_TRIES = 20

export interface BlockSettings {
  /** The key in the store. */
  name: string
  first: number
  /** Numbers taken at once; a restart wastes what is left of them. */
  size: number
}

/**
 * Rising numbers that nobody else is given: blocks of them are taken from a counter in a store. Rejects with what the store rejects with,
 * and when others take blocks faster than this one can.
 */
export function createBlocks(counters: Store<string, { next: number }>, { name, first, size }: BlockSettings) {
  let next = 0
  let end = 0
  let taking: Promise<void> | null = null
  const take = async (): Promise<void> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const stored = await counters.get(name)
      const from = Math.max(first, stored?.value.next ?? first)
      if ((await counters.put(name, { next: from + size }, stored?.version ?? 0)) === null) continue
      next = from
      end = from + size
      return
    }
    throw new Error(`cannot take numbers from ${name}: others were faster ${MOST_TRIES} times`)
  }
  return async (): Promise<number> => {
    while (next >= end) {
      taking ??= take().finally(() => {
        taking = null
      })
      await taking
    }
    return next++
  }
}
