/** A SET for tests of this folder: real store, numbers counted here. */
import { until } from "../until.ts"
import { MailboxSet } from "./set.ts"

export interface OpenSet {
  set: MailboxSet
  /** Last number of each user. */
  numbers: Map<number, number>
  /** Stops it and starts another owner on the same store, with an empty memory. */
  restart: () => Promise<void>
  /** When it serves. */
  serving: () => Promise<unknown>
  stop: () => Promise<void>
}

export async function openSet(url: string, number: number): Promise<OpenSet> {
  const numbers = new Map<number, number>()
  let runs = 0
  const start = (): MailboxSet => {
    const set = new MailboxSet({
      ...{ url, set: number, sets: 1, run: `run-${number}-${runs++}`, recentBytes: 1024 * 1024 },
      allocate: async (uids, counts) =>
        uids.map((uid, i) => {
          const last = (numbers.get(uid) ?? 1_000) + (counts[i] as number)
          numbers.set(uid, last)
          return last
        }),
      onVisible: () => {},
      onReset: () => {},
      terms: { read: async () => 0, write: async () => {} },
      points: { batch: () => {}, waited: () => {}, repeated: () => {}, failed: () => {} },
      log: { info: () => {}, warn: () => {} },
    })
    set.start()
    return set
  }
  const one: OpenSet = {
    set: start(),
    numbers,
    restart: async () => {
      await one.set.stop()
      one.set = start()
      await one.serving()
    },
    serving: () => until("the SET is served", () => one.set.ownership !== null),
    stop: () => one.set.stop(),
  }
  await one.serving()
  return one
}
