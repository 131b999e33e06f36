import type { Store } from "@ossagent/svrkit/store"
import type { GuardEntry } from "@ossagent/wire"
import { Shelf } from "../../shelf.ts"
import { createEntries as createEmpty, type EntriesInit, type Entries as Stored } from "../generated/guard.codec.ts"

/** Changes that are kept; beyond, the oldest go. */
const MOST_ENTRIES = 500

export interface Entries {
  add: (entry: Omit<GuardEntry, "at">) => Promise<void>
  /** Newest first. */
  list: () => Promise<{ entries: GuardEntry[] }>
}

/** Who changed what, and when. */
export function createEntries(store: Store<number, Stored, EntriesInit>, now: () => number): Entries {
  const shelf = new Shelf<number, Stored>(store, 0, createEmpty())
  return {
    add: async (entry) => {
      await shelf.load()
      await shelf.change(({ list, ...rest }) => ({
        ...rest,
        list: [...list, { at: now(), ...entry }].slice(-MOST_ENTRIES),
      }))
    },
    list: async () => {
      await shelf.load()
      const toEntry = ({ at, actor, action, detail }: GuardEntry): GuardEntry => ({ at, actor, action, detail })
      return { entries: shelf.value.list.map(toEntry).reverse() }
    },
  }
}
