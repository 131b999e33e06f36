import type { Clock } from "../clock.ts"
import { ChatError } from "../error.ts"

/** Mars (Tencent), stn/config.h: the next candidate after 2.5 s, at most 3 at the same time, 10 s for each. */
export const RACE = { nextMs: 2_500, most: 3, connectMs: 10_000 }

/**
 * Connects to the first of several addresses that answers: the next is tried after 2.5 s, or at once when one failed; at most three at
 * the same time. Who is late is given up. Rejects when none answers.
 */
export function race<T>(
  addresses: readonly string[],
  connect: (address: string, signal: AbortSignal) => Promise<T>,
  { clock, late }: { clock: Clock; late: (connected: T) => void },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const left = [...addresses]
    const running = new Set<AbortController>()
    let over = false
    let lastError: unknown = null
    let stopNext = (): void => undefined

    const end = (): void => {
      over = true
      stopNext()
      for (const controller of running) controller.abort()
    }
    const start = (): void => {
      stopNext()
      const address = over || running.size >= RACE.most ? undefined : left.shift()
      if (address === undefined) {
        if (!over && running.size === 0) {
          over = true
          reject(
            new ChatError("no_address", `cannot connect: ${String((lastError as Error)?.message ?? "no address")}`),
          )
        }
        return
      }
      const controller = new AbortController()
      running.add(controller)
      const stopConnect = clock.after(RACE.connectMs, () => controller.abort())
      connect(address, controller.signal)
        .then(
          (connected) => {
            running.delete(controller)
            if (over) late(connected)
            else {
              end()
              resolve(connected)
            }
          },
          (error: unknown) => {
            running.delete(controller)
            lastError = error
            if (!over) start()
          },
        )
        .finally(stopConnect)
      if (left.length > 0) stopNext = clock.after(RACE.nextMs, start)
    }
    start()
  })
}
