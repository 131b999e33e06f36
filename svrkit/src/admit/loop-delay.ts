const TICK_MS = 20
const REST_MS = 2_000
/** More ticks than a window has. */
const KEPT = 64

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/**
 * How late this process's event loop is, as the median of ticks: one long stand-still is no overload, a loop that is late each time is. A call that has reached the socket waits for the loop's next turn as a timer that is due does, before
 * any queue of ours sees it. A tick is late by no more than what this process has worked since it was armed: what other processes of a busy
 * machine hold up is no overload that refusing calls would end. Ticks only while calls come.
 */
export class LoopDelay {
  /** How many so far. */
  ticks = 0
  private readonly late = new Float64Array(KEPT)
  private timer: NodeJS.Timeout | null = null
  private dueAt = 0
  private workedMs = 0
  private touchedAt = 0
  private readonly cpuMs: () => number

  /** `cpuMs`: time on the processor so far, of all threads of this process. */
  constructor(cpuMs: () => number = ownCpuMs) {
    this.cpuMs = cpuMs
  }

  /** A call came over the network. */
  touch(now: number): void {
    this.touchedAt = now
    if (this.timer === null) this.arm(now)
  }

  private arm(now: number): void {
    this.dueAt = now + TICK_MS
    this.workedMs = this.cpuMs()
    this.timer = setTimeout(this.tick, TICK_MS)
    this.timer.unref()
  }

  private readonly tick = (): void => {
    const now = performance.now()
    const late = Math.min(now - this.dueAt, this.cpuMs() - this.workedMs)
    this.late[this.ticks++ % KEPT] = Math.max(0, late)
    if (now - this.touchedAt < REST_MS) this.arm(now)
    else this.timer = null
  }

  /** Median of the ticks since there were so many, ms, of the newest 64 at most; 0 where there was none. */
  medianSince(ticks: number): number {
    const count = Math.min(KEPT, this.ticks - ticks)
    if (count <= 0) return 0
    const values = Array.from({ length: count }, (_, i) => this.late[(this.ticks - 1 - i) % KEPT] as number)
    return values.sort((a, b) => a - b)[count >> 1] as number
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }
}
