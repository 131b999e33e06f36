import type { Logger } from "pino"

export interface Loop {
  stop: () => Promise<void>
}

export interface LoopOptions {
  name: string
  everyMs: number
  /** Turns begin at this distance after whole multiples of `everyMs`. */
  offsetMs?: number
  log: Logger
}

/** Runs `turn` again and again, never twice at once; a fault is logged and the next turn comes in time. */
export function startLoop(
  { name, everyMs, offsetMs = 0, log }: LoopOptions,
  turn: (now: number) => Promise<void>,
): Loop {
  let timer: NodeJS.Timeout
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  const run = async (): Promise<void> => {
    try {
      await turn(Date.now())
    } catch (error) {
      log.warn({ err: error, loop: name }, "turn failed: the next one comes in time")
    }
    if (!stopped) plan()
  }
  const plan = (): void => {
    timer = setTimeout(
      () => {
        running = run()
      },
      toWaitMs(Date.now(), everyMs, offsetMs),
    )
  }
  plan()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

/** Milliseconds until the next whole multiple of `everyMs` plus `offsetMs`. */
export function toWaitMs(now: number, everyMs: number, offsetMs: number): number {
  const since = (((now - offsetMs) % everyMs) + everyMs) % everyMs
  return everyMs - since
}
