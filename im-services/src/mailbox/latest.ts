import type pg from "pg"
import { readLatest } from "./read.ts"
import type { Recent, RecentMemory } from "./recent.ts"
import { unavailable } from "./unavailable.ts"

const MOST_AT_ONCE = 2_000

export interface Latest {
  /** Newest visible numbers; 0: nothing yet. */
  of: (uids: readonly number[]) => Promise<number[]>
  /** What is known of a user; read from the store when nothing is. */
  recentOf: (uid: number) => Promise<Recent>
}

/** Newest numbers out of memory; those that are not there are read, all that are asked for at the same time in one go. */
export function createLatest(pool: pg.Pool, recent: RecentMemory): Latest {
  const asked: { uid: number; resolve: (recent: Recent) => void; reject: (error: unknown) => void }[] = []
  let reading = false

  const readAsked = async (): Promise<void> => {
    while (asked.length > 0) {
      const now = asked.splice(0, MOST_AT_ONCE)
      const uids = [...new Set(now.map(({ uid }) => uid))]
      try {
        const { generation } = recent
        recent.expect(uids)
        const latest = await readLatest(pool, uids)
        if (recent.generation !== generation) throw unavailable("the SET was lost while it was read")
        const learnt = new Map(uids.map((uid, i) => [uid, recent.learn(uid, latest[i] as number)]))
        for (const { uid, resolve } of now) resolve(learnt.get(uid) as Recent)
      } catch (error) {
        for (const { reject } of now) reject(error)
      }
    }
    reading = false
  }

  const recentOf = (uid: number): Promise<Recent> => {
    const known = recent.get(uid)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve, reject) => {
      asked.push({ uid, resolve, reject })
      if (reading) return
      reading = true
      setImmediate(() => void readAsked())
    })
  }

  const of = async (uids: readonly number[]): Promise<number[]> => {
    const known = uids.map((uid) => recent.get(uid))
    if (known.every((one) => one !== undefined)) return known.map((one) => (one as Recent).latest)
    return Promise.all(uids.map(async (uid, i) => (known[i] ?? (await recentOf(uid))).latest))
  }
  return { of, recentOf }
}
