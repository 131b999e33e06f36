import type { Series } from "@ossagent/wire"
import type { Cell, Dims, Instruments } from "./cell.ts"
import type { Family } from "./family.ts"

/** Counts things. Deltas are sent: nothing is to be reset, and a restart is not a drop. */
export class Counter implements Cell {
  readonly series: Series
  id = 0
  /** Since the last flush. */
  sum = 0
  private changed = false
  private readonly agent: Instruments
  private readonly family: Family<Counter>

  constructor(agent: Instruments, family: Family<Counter>, series: Series) {
    this.agent = agent
    this.family = family
    this.series = series
  }

  /** Adds `by`, at least 0; anything else is refused and counted. Never throws. */
  inc(by = 1): void {
    if (!(typeof by === "number" && by >= 0)) {
      this.agent.refused.not_a_number++
      return
    }
    this.sum += by
    if (!this.changed) this.touch()
  }

  /** The handle of this metric with these dimensions besides; keep it where the same ones come often. Never throws. */
  with(dims: Dims): Counter {
    return this.family.child(this, dims)
  }

  private touch(): void {
    this.changed = true
    this.agent.changed.counters.push(this)
  }

  /** Gives up what was counted since the last call. */
  drain(): number {
    const sum = this.sum
    this.sum = 0
    this.changed = false
    return sum
  }
}
