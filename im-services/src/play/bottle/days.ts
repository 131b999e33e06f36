import type { Store } from "@ossagent/svrkit/store"
import { createDay, type Day, type DayInit } from "../generated/play.codec.ts"
import { playError } from "../generated/play.server.ts"

const DAY_MS = 86_400_000
const MOST_TRIES = 10

export type Deed = "throws" | "picks"

/** What users did today (UTC), so that a day's limit outlives every process. */
export function createDays(store: Store<number, Day, DayInit>, now: () => number) {
  const read = async (uid: number): Promise<{ today: Day; version: number }> => {
    const day = Math.floor(now() / DAY_MS)
    const stored = await store.get(uid)
    const isToday = stored?.value.day === day
    return { today: isToday ? stored.value : { ...createDay(), day }, version: stored?.version ?? 0 }
  }
  return {
    left: async (uid: number, deed: Deed, most: number): Promise<number> =>
      Math.max(0, most - (await read(uid)).today[deed]),

    /** Counts one; answers how many are left, or null, and counts nothing, when none was. */
    take: async (uid: number, deed: Deed, most: number): Promise<number | null> => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const { today, version } = await read(uid)
        const done = today[deed] + 1
        if (done > most) return null
        if ((await store.put(uid, { ...today, [deed]: done }, version)) !== null) return most - done
      }
      throw playError("unavailable", "others count the same at this moment", { retryAfterMs: 100 })
    },
  }
}

export type Days = ReturnType<typeof createDays>
