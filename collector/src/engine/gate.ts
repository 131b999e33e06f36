import { EngineError } from "./errors.ts"

export type Gate = {
  /** Waits for a slot; the returned function gives it back, once. Rejects when the queue is full or the wait too long. */
  enter: () => Promise<() => void>
  /** Refuses everyone who waits, and all who come later. */
  close: () => void
  counts: () => { running: number; queued: number }
}

/** Lets `limit` requests run at once and up to `queueLimit` wait, first come first served, at most `waitMs` each. */
export function createGate({ limit, queueLimit, waitMs }: { limit: number; queueLimit: number; waitMs: number }): Gate {
  type Waiter = { resolve: (leave: () => void) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }
  const queue = new Set<Waiter>()
  let running = 0
  let closed = false

  const takeSlot = () => {
    running += 1
    let left = false
    return () => {
      if (left) return
      left = true
      running -= 1
      const [next] = queue
      if (next) remove(next).resolve(takeSlot())
    }
  }
  const remove = (waiter: Waiter) => {
    queue.delete(waiter)
    clearTimeout(waiter.timer)
    return waiter
  }
  const enter = (): Promise<() => void> => {
    if (closed) return Promise.reject(stopping())
    if (running < limit) return Promise.resolve(takeSlot())
    if (queue.size >= queueLimit) return Promise.reject(tooMany(`${running} run and ${queue.size} wait`))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => remove(waiter).reject(tooMany(`no slot within ${waitMs} ms`)), waitMs)
      const waiter: Waiter = { resolve, reject, timer }
      queue.add(waiter)
    })
  }
  const close = () => {
    closed = true
    for (const waiter of queue) remove(waiter).reject(stopping())
  }
  return { enter, close, counts: () => ({ running, queued: queue.size }) }
}

function tooMany(why: string): EngineError {
  return new EngineError("TOO_MANY_SIMULTANEOUS_QUERIES", `Too many simultaneous queries: ${why}`)
}

function stopping(): EngineError {
  return new EngineError("QUERY_WAS_CANCELLED", "Query was cancelled: the engine is stopping")
}
