import { FEATURE_COUNT, HOUR, MINUTE, placeOf, WINDOW_COUNT, WINDOWS } from "./feature.ts"
import { ABSOLUTE } from "./limits.ts"
import { Sames } from "./sames.ts"

const SAMPLE_MS = 60_000
/** An own past goes back some 200 active minutes, and begins with nothing: a fault needs a quarter of an hour until it looks like a habit. */
const PAST_WEIGHT = 1 / 200
const SAME = 3
/** Where a meter's figures stand. */
const PEAKS = FEATURE_COUNT * WINDOW_COUNT
const MEANS = PEAKS + FEATURE_COUNT
const VARIANCES = MEANS + FEATURE_COUNT
const FIGURES = VARIANCES + FEATURE_COUNT

/** The figures of one device of one user; 627 bytes of heap. */
export class Meter {
  readonly uid: number
  /** 0: of all log-ins of the user by password. */
  readonly device: number
  readonly version: string
  /** Counts by `placeOf`, then by feature: highest minute's count since the last sample, mean and variance of these. One array: views cost more than numbers. */
  private readonly figures = new Float64Array(FIGURES)
  /** All bytes that were not the server's doing. */
  bytes = 0
  /** Newest number that a page has brought it. */
  newest = 0
  /** In the list of those to be judged. */
  touched = false
  /** When it may be accused again, Unix ms. */
  accusedAt = 0
  private sames: Sames | null = null
  private at: number
  private sampledAt: number

  constructor(who: { uid: number; device: number; version: string }, now: number) {
    this.uid = who.uid
    this.device = who.device
    this.version = who.version
    this.at = now
    this.sampledAt = now
  }

  countOf(feature: number, window: number): number {
    return this.figures[placeOf(feature, window)] as number
  }

  /** Of the busiest count of its own active minutes. */
  meanOf(feature: number): number {
    return this.figures[MEANS + feature] as number
  }

  varianceOf(feature: number): number {
    return this.figures[VARIANCES + feature] as number
  }

  /** True when this brings it over an absolute limit. `feature`: place in FEATURES. */
  add(feature: number, amount: number, now: number): boolean {
    this.shrink(now)
    const limit = ABSOLUTE[feature] as readonly number[]
    let over = false
    for (let window = 0; window < WINDOW_COUNT; window++) {
      const count = this.countOf(feature, window) + amount
      this.figures[placeOf(feature, window)] = count
      over ||= count > (limit[window] as number)
    }
    this.raise(feature)
    return over
  }

  /** As `add`, of a message by the hash of what it says: the counts become those of what was said most. */
  same(hash: number, now: number): boolean {
    this.shrink(now)
    this.sames ??= new Sames()
    const { minute, hour } = this.sames.add(hash)
    this.figures[placeOf(SAME, MINUTE)] = Math.max(minute, this.countOf(SAME, MINUTE))
    this.figures[placeOf(SAME, HOUR)] = Math.max(hour, this.countOf(SAME, HOUR))
    this.raise(SAME)
    const [, mostMinute, mostHour] = ABSOLUTE[SAME] as readonly [number, number, number]
    return minute > mostMinute || hour > mostHour
  }

  /** When a minute has ended: the highest count of each feature in it, and of the hour now; else null. */
  sample(now: number): { minute: Float64Array; hour: Float64Array } | null {
    if (now - this.sampledAt < SAMPLE_MS) return null
    this.sampledAt = now
    const minute = this.figures.slice(PEAKS, MEANS)
    const hour = new Float64Array(FEATURE_COUNT)
    for (let feature = 0; feature < FEATURE_COUNT; feature++) {
      const off = (minute[feature] as number) - this.meanOf(feature)
      const variance = (1 - PAST_WEIGHT) * (this.varianceOf(feature) + PAST_WEIGHT * off * off)
      this.figures[MEANS + feature] = this.meanOf(feature) + PAST_WEIGHT * off
      this.figures[VARIANCES + feature] = variance
      hour[feature] = this.countOf(feature, HOUR)
    }
    this.figures.fill(0, PEAKS, MEANS)
    return { minute, hour }
  }

  /** After a decision: what was counted is behind it. */
  forgive(): void {
    this.figures.fill(0, 0, MEANS)
    this.sames = null
  }

  private raise(feature: number): void {
    const at = PEAKS + feature
    this.figures[at] = Math.max(this.figures[at] as number, this.countOf(feature, MINUTE))
  }

  private shrink(now: number): void {
    const sec = (now - this.at) / 1_000
    if (sec <= 0) return
    this.at = now
    const by = WINDOWS.map((window) => Math.exp(-sec / window)) as [number, number, number]
    for (let at = 0; at < PEAKS; at++) {
      this.figures[at] = (this.figures[at] as number) * (by[at % WINDOW_COUNT] as number)
    }
    this.sames?.shrink(by[MINUTE], by[HOUR])
  }
}
