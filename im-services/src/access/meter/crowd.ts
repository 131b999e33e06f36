import { FEATURE_COUNT } from "./feature.ts"

/** Steps of a factor of 2^(1/8): a quantile is at most a twentieth off. */
const STEPS_AN_OCTAVE = 8
const BUCKETS = 256
/** With so many samples the older half fades. */
const MOST_SAMPLES = 50_000
const MOST_VERSIONS = 100
/** A quantile that was found serves for so many samples more. */
const KEEP_SAMPLES = 64

/** Values of one figure as a histogram of logarithms, the older fading; 2 KiB. */
class Spread {
  private readonly counts = new Float64Array(BUCKETS)
  size = 0

  private kept = 0
  private keptFor = -1
  private left = 0

  add(value: number): void {
    this.left--
    const bucket = value < 1 ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log2(value) * STEPS_AN_OCTAVE))
    this.counts[bucket] = (this.counts[bucket] as number) + 1
    if (++this.size > MOST_SAMPLES) {
      for (let i = 0; i < BUCKETS; i++) this.counts[i] = (this.counts[i] as number) / 2
      this.size /= 2
    }
  }

  /** The value that the share `q` is below, as of at most 64 samples ago; 0 when there is none. */
  quantile(q: number): number {
    if (this.keptFor !== q || this.left <= 0) {
      this.kept = this.find(q)
      this.keptFor = q
      this.left = KEEP_SAMPLES
    }
    return this.kept
  }

  private find(q: number): number {
    let left = this.size * (1 - q)
    for (let bucket = BUCKETS - 1; bucket > 0; bucket--) {
      left -= this.counts[bucket] as number
      if (left < 0) return 2 ** ((bucket - 0.5) / STEPS_AN_OCTAVE)
    }
    return this.size > 0 ? 1 : 0
  }
}

const spreads = (): Spread[] => Array.from({ length: FEATURE_COUNT }, () => new Spread())

/** What people of one version do in an active minute, and in the hour around it. */
export class Crowd {
  readonly minute = spreads()
  readonly hour = spreads()

  get size(): number {
    return (this.minute[0] as Spread).size
  }

  add({ minute, hour }: { minute: Float64Array; hour: Float64Array }): void {
    for (let feature = 0; feature < FEATURE_COUNT; feature++) {
      this.minute[feature]?.add(minute[feature] as number)
      this.hour[feature]?.add(hour[feature] as number)
    }
  }
}

/** Samples from which a version's own crowd is asked; with fewer, that of all versions together. */
export const ENOUGH_SAMPLES = 500

/** The crowds by client version; beyond 100 versions a further one has none of its own. */
export class Crowds {
  private readonly all = new Crowd()
  private readonly versions = new Map<string, Crowd>()

  add(version: string, sample: { minute: Float64Array; hour: Float64Array }): void {
    this.all.add(sample)
    let crowd = this.versions.get(version)
    if (crowd === undefined && this.versions.size < MOST_VERSIONS) {
      crowd = new Crowd()
      this.versions.set(version, crowd)
    }
    crowd?.add(sample)
  }

  /** Null while too little is known of anybody. */
  of(version: string): Crowd | null {
    const own = this.versions.get(version)
    if (own !== undefined && own.size >= ENOUGH_SAMPLES) return own
    return this.all.size >= ENOUGH_SAMPLES ? this.all : null
  }
}
