import { setTimeout as sleep } from "node:timers/promises"
import { isAway } from "@ossagent/svrkit/postgres"
import type { Logger } from "pino"

const LONGEST_MS = 5_000

/**
 * Runs `work` until it succeeds, waiting 0.2 s to 5 s in between while the database is away; other faults fly on.
 *
 * @param signal ends the waiting; the fault of the last try is then thrown
 */
export async function untilReady<T>(work: () => Promise<T>, log: Logger, signal: AbortSignal): Promise<T> {
  for (let waitMs = 200; ; waitMs = Math.min(LONGEST_MS, waitMs * 2)) {
    try {
      return await work()
    } catch (error) {
      if (!isAway(error) || signal.aborted) throw error
      log.warn({ why: (error as Error).message }, "database away: tried again")
      await sleep(waitMs, undefined, { signal }).catch(() => undefined) // the next try tells
    }
  }
}
