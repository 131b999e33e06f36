/** Drives the telling of incidents: at once after each change, and by a clock for what becomes due. */
import type { Logger } from "pino"
import type { Teller } from "./tell.ts"

export interface Running {
  /** Something may be due at `at`, Unix ms. */
  wake: (at: number) => void
  stop: () => Promise<void>
}

export interface RunOptions {
  teller: Teller
  everyMs: number
  log: Logger
}

/** One turn at a time; a fault is logged and the next turn comes in time. */
export function runTeller({ teller, everyMs, log }: RunOptions): Running {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let next = Number.POSITIVE_INFINITY
  let running: Promise<void> | null = null
  const plan = (at: number): void => {
    if (stopped || at >= next) return
    next = at
    clearTimeout(timer)
    timer = setTimeout(begin, Math.max(0, at - Date.now()))
  }
  const begin = (): void => {
    next = Number.POSITIVE_INFINITY
    if (running) plan(Date.now() + 50)
    else
      running = turn().finally(() => {
        running = null
      })
  }
  const turn = async (): Promise<void> => {
    let did = 0
    try {
      did = await teller.turn()
    } catch (error) {
      log.warn({ err: error }, "incidents not told: tried again")
    }
    plan(Date.now() + (did > 0 ? 0 : everyMs))
  }
  plan(Date.now())
  return {
    wake: plan,
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
