import { RpcError } from "../../rpc/errors.ts"

/** Work that waits for a connection; more is refused with `busy`. */
const MOST_WAITING = 1_000

/**
 * So much work at a time. It waits here for a connection and not in the pool, whose waiting cannot be told from a server that does not
 * answer.
 */
export class Slots {
  private free: number
  private waiting: (() => void)[] = []

  constructor(count: number) {
    this.free = count
  }

  /** Rejects with RpcError `unavailable` when the deadline comes before the work's turn. */
  async use<T>(work: () => Promise<T>, deadlineAt: number): Promise<T> {
    if (this.free > 0) this.free--
    else await this.turn(deadlineAt)
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.free++
      else next()
    }
  }

  private turn(deadlineAt: number): Promise<void> {
    if (this.waiting.length >= MOST_WAITING)
      throw new RpcError("busy", `${MOST_WAITING} reads and writes wait for a connection`, { retry: true })
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const late = (): void => {
        this.waiting = this.waiting.filter((one) => one !== begin)
        reject(new RpcError("unavailable", "all connections to the engine are in use", { retry: true }))
      }
      const timer = setTimeout(late, Math.max(0, deadlineAt - performance.now()))
      this.waiting.push(begin)
    })
  }
}
