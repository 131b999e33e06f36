import type { Store } from "@ossagent/svrkit/store"
import type { Untold, UntoldList, UntoldListInit } from "./generated/social.codec.ts"
import { socialError } from "./generated/social.server.ts"

const SHARDS = 16
const MOST_TRIES = 50
/** Changes in progress of one shard; beyond, groups there cannot change until those are told. */
const MOST_LISTED = 2_000

/**
 * The durable list of groups whose members may not know of the newest state. A change enters before it is made and is put away when it is
 * told; what a crash leaves here is told by whoever looks.
 */
export function createUntoldList(store: Store<number, UntoldList, UntoldListInit>) {
  const change = async (shard: number, edit: (list: Untold[]) => Untold[]): Promise<void> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const stored = await store.get(shard)
      const list = edit(stored?.value.list ?? [])
      if ((await store.put(shard, { list }, stored?.version ?? 0)) !== null) return
    }
    throw socialError("unavailable", "too many groups change at this moment", { retryAfterMs: 100 })
  }
  return {
    enter: (entry: Untold): Promise<void> =>
      change(entry.gid % SHARDS, (list) => {
        if (list.length >= MOST_LISTED)
          throw socialError("unavailable", "too many groups wait for their members to be told", { retryAfterMs: 1_000 })
        return [...list, entry]
      }),
    putAway: ({ gid, token }: Pick<Untold, "gid" | "token">): Promise<void> =>
      change(gid % SHARDS, (list) => list.filter((one) => one.gid !== gid || one.token !== token)),
    /** All entries, in no order. */
    all: async (): Promise<Untold[]> => {
      const shards = await store.getMany(Array.from({ length: SHARDS }, (_, shard) => shard))
      return shards.flatMap((stored) => stored?.value.list ?? [])
    },
  }
}

export type UntoldGroups = ReturnType<typeof createUntoldList>
