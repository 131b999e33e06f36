import { setTimeout as sleep } from "node:timers/promises"

/** For tests: waits until `condition` gives something; fails with `what` after a while. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  withinMs = 20_000,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const value = await condition()
    if (value) return value as Exclude<T, null | undefined | false>
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`)
    await sleep(20)
  }
}
