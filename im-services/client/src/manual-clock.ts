import type { Clock } from "./clock.ts"

/** For tests: time goes by when it is told to. */
export class ManualClock implements Clock {
  private at: number
  private timers: { due: number; run: () => void }[] = []

  constructor(at = 1_000_000) {
    this.at = at
  }

  now(): number {
    return this.at
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.at + ms, run }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((one) => one !== timer)
    }
  }

  /** Runs what is due within the next `ms`, in order, and what that promises to do at once. */
  async advance(ms: number): Promise<void> {
    const end = this.at + ms
    for (;;) {
      await settle()
      const next = this.timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
      if (next === undefined) break
      this.timers = this.timers.filter((one) => one !== next)
      this.at = Math.max(this.at, next.due)
      next.run()
    }
    this.at = end
    await settle()
  }
}

/** Lets promises that are ready run, and what they start. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}
