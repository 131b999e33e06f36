import type { Clock } from "../clock.ts"
import { RACE } from "./race.ts"

const MOST_FAILED = 8
const MOST_ADDRESS = 64

/** How connecting went since the service was last told: the service hears of what its people's networks do. */
export class Attempts {
  /** Of the newest connection, ms, at least 1; 0: there was none. */
  connectMs = 0
  private list: { address: string; ms: number }[] = []
  private readonly clock: Clock

  constructor(clock: Clock) {
    this.clock = clock
  }

  get failed(): readonly { address: string; ms: number }[] {
    return this.list
  }

  /** Watches one try; one that was given up because another was faster has not failed. Beyond eight the oldest failure is forgotten. */
  async watch<T>(address: string, connect: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const from = this.clock.now()
    try {
      const connected = await connect()
      this.connectMs = Math.max(1, this.clock.now() - from)
      return connected
    } catch (error) {
      const ms = this.clock.now() - from
      if (!signal.aborted || ms >= RACE.connectMs)
        this.list = [...this.list, { address: address.slice(0, MOST_ADDRESS), ms }].slice(-MOST_FAILED)
      throw error
    }
  }

  told(): void {
    this.list = []
  }
}
