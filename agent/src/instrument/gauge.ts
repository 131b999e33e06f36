import type { Series } from "@ossagent/wire"
import type { Cell, Dims, Instruments } from "./cell.ts"
import type { Family } from "./family.ts"

/** A value that goes up and down. All values set within an interval are folded: none is lost between two flushes. */
export class Gauge implements Cell {
  readonly series: Series
  id = 0
  count = 0
  sum = 0
  min = 0
  max = 0
  last = 0
  private readonly agent: Instruments
  private readonly family: Family<Gauge>

  constructor(agent: Instruments, family: Family<Gauge>, series: Series) {
    this.agent = agent
    this.family = family
    this.series = series
  }

  /** Takes a finite value; anything else is refused and counted. Never throws. */
  set(value: number): void {
    if (!Number.isFinite(value)) {
      this.agent.refused.not_a_number++
      return
    }
    if (this.count === 0) {
      this.min = value
      this.max = value
      this.agent.changed.gauges.push(this)
    } else if (value < this.min) this.min = value
    else if (value > this.max) this.max = value
    this.count++
    this.sum += value
    this.last = value
  }

  /** The handle of this metric with these dimensions besides. Never throws. */
  with(dims: Dims): Gauge {
    return this.family.child(this, dims)
  }

  /** Forgets what was set since the last call. */
  clear(): void {
    this.count = 0
    this.sum = 0
  }
}
