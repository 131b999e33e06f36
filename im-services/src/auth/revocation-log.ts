import type { Store } from "@ossagent/svrkit/store"
import type { Counter, CounterInit, Revocation, Revocations, RevocationsInit } from "./generated/auth.codec.ts"
import { authError } from "./generated/auth.server.ts"
import { REVOCATION_MS, type RevocationBook } from "./revocations.ts"

/** Entries of a block: some 4 KiB. */
const BLOCK = 256
const READ_AT_ONCE = 64
const MOST_TRIES = 20

interface Parts {
  blocks: Store<number, Revocations, RevocationsInit>
  counters: Store<string, Counter, CounterInit>
  book: RevocationBook
  /** Told of each revocation that this process did not know. */
  onNew: (revocation: Revocation) => void
  now: () => number
}

/**
 * The durable side of revocations: a log in numbered blocks, appended to by condition, so that two processes never overwrite each other.
 * Every process reads the newest block each second: that is how it learns of what others revoked.
 */
export function createRevocationLog({ blocks, counters, book, onNew, now }: Parts) {
  let block = 0
  let applied = 0
  let readAt = Number.NEGATIVE_INFINITY

  const apply = (list: readonly Revocation[], tell: boolean): void => {
    for (const one of list.slice(applied)) if (book.add(one) && tell) onNew(one)
    applied = Math.max(applied, list.length)
  }
  const advance = (length: number): boolean => {
    if (length < BLOCK) return false
    block++
    applied = 0
    return true
  }

  /** Reads all that counts; the first thing to be done. */
  const load = async (): Promise<void> => {
    block = (await counters.get("revocations"))?.value.next ?? 0
    applied = 0
    for (let full = true; full; ) {
      const numbers = Array.from({ length: READ_AT_ONCE }, (_, i) => block + i)
      full = false
      for (const stored of await blocks.getMany(numbers)) {
        apply(stored?.value.list ?? [], false)
        full = advance(stored?.value.list.length ?? 0)
        if (!full) break
      }
    }
    readAt = now()
    await forgetOld()
  }

  /** Blocks that hold nothing but what is too old are put away; who reads from the start need not pass them. */
  const forgetOld = async (): Promise<void> => {
    book.prune(now())
    const oldest = await counters.get("revocations")
    const number = oldest?.value.next ?? 0
    if (number >= block) return
    const last = (await blocks.get(number))?.value.list.at(-1)
    if (last !== undefined && last.at >= now() - REVOCATION_MS) return
    if ((await counters.put("revocations", { next: number + 1 }, oldest?.version ?? 0)) === null) return
    await blocks.delete(number)
    await forgetOld()
  }

  const poll = async (): Promise<void> => {
    for (let more = true; more; ) {
      const reading = block
      const list = (await blocks.get(reading))?.value.list ?? []
      if (reading !== block) return
      apply(list, true)
      more = advance(list.length)
    }
    readAt = now()
  }

  const append = async (revocation: Revocation): Promise<void> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const stored = await blocks.get(block)
      const list = stored?.value.list ?? []
      if (
        list.length < BLOCK &&
        (await blocks.put(block, { list: [...list, revocation] }, stored?.version ?? 0)) !== null
      )
        return poll()
      await poll()
    }
    throw authError("unavailable", "cannot revoke: too many others are doing so at this moment")
  }

  /** Since the last successful read, ms. */
  return { load, poll, append, forgetOld, ageMs: () => now() - readAt }
}

export type RevocationLog = ReturnType<typeof createRevocationLog>
