import type { ServiceContext } from "@ossagent/svrkit"
import { RpcError } from "@ossagent/svrkit/rpc"

/** The log that the shell gives a service. */
export type Log = ServiceContext<Record<never, never>>["log"]

export interface EveryOptions {
  name: string
  everyMs: number
  log: Log
}

export interface Every {
  /** Begins the next turn at once; while one runs, another follows it. */
  wake: () => void
  /** No further turns; resolves when the one that runs is over. */
  stop: () => Promise<void>
}

/** What another service says of itself needs no stack: it is not from here. */
const toWhy = (error: unknown) => (error instanceof RpcError ? { why: error.message } : { err: error })

/** Runs `turn` again and again, `everyMs` after the end of the one before, never twice at once; a fault is logged and costs one turn. */
export function startEvery({ name, everyMs, log }: EveryOptions, turn: () => Promise<void>): Every {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let again = false
  let stopped = false
  const begin = (): void => {
    clearTimeout(timer)
    running = turn()
      .catch((error: unknown) => log.warn({ loop: name, ...toWhy(error) }, "a turn failed: the next one comes in time"))
      .then(() => {
        running = null
        if (stopped) return
        if (again) begin()
        else timer = setTimeout(begin, everyMs)
      })
    again = false
  }
  timer = setTimeout(begin, everyMs)
  return {
    wake: () => {
      if (stopped) return
      if (running !== null) again = true
      else begin()
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
