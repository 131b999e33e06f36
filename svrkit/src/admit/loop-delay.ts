const TICK_MS = 20
const REST_MS = 2_000

/**
 * How late this process's event loop is. A call that has reached the socket waits for the loop's next turn as a timer that is due does, before
 * any queue of ours sees it. Ticks only while calls come.
 */
export class LoopDelay {
  /** Of all ticks so far. */
  sumMs = 0
  ticks = 0
  private timer: NodeJS.Timeout | null = null
  private dueAt = 0
  private touchedAt = 0

  /** A call came over the network. */
  touch(now: number): void {
    this.touchedAt = now
    if (this.timer === null) this.arm(now)
  }

  private arm(now: number): void {
    this.dueAt = now + TICK_MS
    this.timer = setTimeout(this.tick, TICK_MS)
    this.timer.unref()
  }

  private readonly tick = (): void => {
    const now = performance.now()
    this.sumMs += Math.max(0, now - this.dueAt)
    this.ticks++
    if (now - this.touchedAt < REST_MS) this.arm(now)
    else this.timer = null
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }
}
