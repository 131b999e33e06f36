import type { Engine, WriteRow } from "./engine.ts"

const MOST_OPEN = 1_000

/** Brings engines that are behind up to date while nobody waits; beyond 1,000 rows at a time it is left to the next read. */
export function createRepairs(timeoutMs: number): (engine: Engine, write: WriteRow) => void {
  let open = 0
  return (engine, write) => {
    if (open >= MOST_OPEN) return
    open++
    engine
      .write([write], { timeoutMs })
      .catch(() => undefined) // the next read finds it again
      .finally(() => {
        open--
      })
  }
}
