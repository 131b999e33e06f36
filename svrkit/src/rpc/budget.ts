const SHARE = 0.1
const BURST = 10

/** Lets retries be at most a tenth of the calls, beyond a burst of ten: a service in trouble is not asked three times as much. */
export class RetryBudget {
  private left = BURST

  /** A call was made for the first time. */
  earn(): void {
    if (this.left < BURST) this.left += SHARE
  }

  /** Whether a retry may be made now; takes it from the budget. */
  tryTake(): boolean {
    if (this.left < 1) return false
    this.left--
    return true
  }
}
