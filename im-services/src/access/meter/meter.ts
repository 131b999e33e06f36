import { FEATURE_COUNT, HOUR, MINUTE, placeOf, WINDOW_COUNT, WINDOWS } from "./feature.ts"
import { ABSOLUTE } from "./limits.ts"
import { Sames } from "./sames.ts"

const SAMPLE_MS = 60_000
/** Active minutes that an own past goes back to, as the time constant of its mean. */
const PAST_MINUTES = 200
const SAME = 3

/** The figures of one device of one user; some 600 bytes. */
export class Meter {
  readonly uid: number
  /** 0: of all log-ins of the user by password. */
  readonly device: number
  readonly version: string
  /** By `placeOf`. */
  readonly counts = new Float64Array(FEATURE_COUNT * WINDOW_COUNT)
  /** Highest minute's count since the last sample, by feature. */
  private readonly peaks = new Float64Array(FEATURE_COUNT)
  /** Of the peaks of its own active minutes: mean and variance, by feature. */
  readonly mean = new Float64Array(FEATURE_COUNT)
  readonly variance = new Float64Array(FEATURE_COUNT)
  /** Active minutes that were sampled. */
  samples = 0
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

  /** True when this brings it over an absolute limit. `feature`: place in FEATURES. */
  add(feature: number, amount: number, now: number): boolean {
    this.shrink(now)
    const limit = ABSOLUTE[feature] as readonly number[]
    let over = false
    for (let window = 0; window < WINDOW_COUNT; window++) {
      const at = placeOf(feature, window)
      const count = (this.counts[at] as number) + amount
      this.counts[at] = count
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
    this.counts[placeOf(SAME, MINUTE)] = Math.max(minute, this.counts[placeOf(SAME, MINUTE)] as number)
    this.counts[placeOf(SAME, HOUR)] = Math.max(hour, this.counts[placeOf(SAME, HOUR)] as number)
    this.raise(SAME)
    const [, mostMinute, mostHour] = ABSOLUTE[SAME] as readonly [number, number, number]
    return minute > mostMinute || hour > mostHour
  }

  /** When a minute has ended: the highest count of each feature in it, and of the hour now; else null. */
  sample(now: number): { minute: Float64Array; hour: Float64Array } | null {
    if (now - this.sampledAt < SAMPLE_MS) return null
    this.sampledAt = now
    const minute = this.peaks.slice()
    const hour = new Float64Array(FEATURE_COUNT)
    const weight = 1 / Math.min(++this.samples, PAST_MINUTES)
    for (let feature = 0; feature < FEATURE_COUNT; feature++) {
      const off = (minute[feature] as number) - (this.mean[feature] as number)
      this.mean[feature] = (this.mean[feature] as number) + weight * off
      this.variance[feature] = (1 - weight) * ((this.variance[feature] as number) + weight * off * off)
      hour[feature] = this.counts[placeOf(feature, HOUR)] as number
    }
    this.peaks.fill(0)
    return { minute, hour }
  }

  /** After a decision: what was counted is behind it. */
  forgive(): void {
    this.counts.fill(0)
    this.peaks.fill(0)
    this.sames = null
  }

  private raise(feature: number): void {
    this.peaks[feature] = Math.max(this.peaks[feature] as number, this.counts[placeOf(feature, MINUTE)] as number)
  }

  private shrink(now: number): void {
    const sec = (now - this.at) / 1_000
    if (sec <= 0) return
    this.at = now
    const by = WINDOWS.map((window) => Math.exp(-sec / window)) as [number, number, number]
    for (let feature = 0; feature < FEATURE_COUNT; feature++) {
      for (let window = 0; window < WINDOW_COUNT; window++) {
        const at = placeOf(feature, window)
        this.counts[at] = (this.counts[at] as number) * (by[window] as number)
      }
    }
    this.sames?.shrink(by[MINUTE], by[HOUR])
  }
}
