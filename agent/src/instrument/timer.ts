import { bucketOf, type Series } from "@ossagent/wire"
import type { Cell, Dims, Instruments } from "./cell.ts"
import type { Family } from "./family.ts"

const FIRST_BUCKETS = 64

/** The distribution of durations (ms) or sizes (By), as an exponential histogram with at most 2.2 % relative error. */
export class Timer implements Cell {
  readonly series: Series
  id = 0
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  /** Values of exactly 0. */
  zeros = 0
  /** Counts of the buckets from `firstBucket` on. */
  buckets = new Uint32Array(0)
  firstBucket = 0
  private readonly agent: Instruments
  private readonly family: Family<Timer>

  constructor(agent: Instruments, family: Family<Timer>, series: Series) {
    this.agent = agent
    this.family = family
    this.series = series
  }

  /** Takes a finite value of at least 0; anything else is refused and counted. Never throws. */
  record(value: number): void {
    if (!(typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY)) {
      this.agent.refused.not_a_number++
      return
    }
    if (this.count++ === 0) this.agent.changed.timers.push(this)
    this.sum += value
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    if (value === 0) {
      this.zeros++
      return
    }
    const at = bucketOf(value) - this.firstBucket
    if (at >= 0 && at < this.buckets.length) this.buckets[at] = (this.buckets[at] as number) + 1
    else this.grow(value)
  }

  /** Starts a measurement; the returned function records the milliseconds since. */
  start(): () => void {
    const from = performance.now()
    return () => this.record(performance.now() - from)
  }

  /** The handle of this metric with these dimensions besides. Never throws. */
  with(dims: Dims): Timer {
    return this.family.child(this, dims)
  }

  /**
   * Widens the window of buckets to a power of two that holds `value`, and counts it. The room besides lies on the side to which it
   * grew, so that a series of new minima or maxima doubles the window a few times only.
   */
  private grow(value: number): void {
    const bucket = bucketOf(value)
    const used = this.buckets.length
    const end = this.firstBucket + used
    const wanted = used === 0 ? FIRST_BUCKETS : Math.max(bucket + 1, end) - Math.min(bucket, this.firstBucket)
    const size = 2 ** Math.ceil(Math.log2(wanted))
    const first = used === 0 ? bucket - size / 2 : bucket < this.firstBucket ? end - size : this.firstBucket
    const wider = new Uint32Array(size)
    if (used > 0) wider.set(this.buckets, this.firstBucket - first)
    this.buckets = wider
    this.firstBucket = first
    wider[bucket - first] = (wider[bucket - first] as number) + 1
  }

  /** Forgets what was recorded since the last call. */
  clear(): void {
    this.count = 0
    this.sum = 0
    this.zeros = 0
    this.min = Number.POSITIVE_INFINITY
    this.max = Number.NEGATIVE_INFINITY
    this.buckets.fill(0)
  }
}
