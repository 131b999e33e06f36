/**
 * Waits between tries: anything between nothing and a bound that doubles ("full jitter"), so that clients that failed together do not come
 * back together.
 */
export class Backoff {
  private fails = 0
  private readonly random: () => number
  private readonly firstMs: number
  private readonly mostMs: number

  constructor(random: () => number, firstMs = 1_000, mostMs = 60_000) {
    this.random = random
    this.firstMs = firstMs
    this.mostMs = mostMs
  }

  /** ms to wait after another failure, at least `leastMs`. */
  next(leastMs = 0): number {
    const bound = Math.min(this.mostMs, this.firstMs * 2 ** Math.min(this.fails++, 20))
    return leastMs + Math.floor(this.random() * bound)
  }

  reset(): void {
    this.fails = 0
  }
}
