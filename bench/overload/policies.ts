import { type Admission, ALL, Dagor, type Waiting } from "@ossagent/svrkit/rpc"

/** Lets everything in. */
class Open implements Admission {
  readonly level = ALL
  readonly waitMs = 0
  readonly resting = true
  arrive(_key: number): boolean {
    return true
  }
  begin(_waitMs: number, _now: number): boolean {
    return true
  }
  finish(): void {}
  heldBack(): void {}
  due(): boolean {
    return false
  }
  judge(): void {}
}

/** DAGOR's detection and its share of what is admitted, but the calls are taken by chance, each for itself, and callers are told nothing. */
class RandomShedding extends Open {
  private readonly dagor: Dagor
  private readonly random: () => number

  constructor(now: number, random: () => number) {
    super()
    this.dagor = new Dagor(now)
    this.random = random
  }

  override arrive(): boolean {
    return this.dagor.arrive(Math.floor(this.random() * (ALL + 1)))
  }
  override begin(waitMs: number): boolean {
    return this.dagor.begin(waitMs)
  }
  override finish(): void {
    this.dagor.finish()
  }
  override due(now?: number): boolean {
    return this.dagor.due(now ?? 0)
  }
  override judge(now?: number, waiting?: Waiting): void {
    this.dagor.judge(now ?? 0, waiting ?? { calls: 0, sumMs: 0, loopMs: 0 })
  }
}

const TARGET_MS = 5
const INTERVAL_MS = 100

/**
 * Controlled delay as servers use it (Maurer, Fail at Scale, ACM Queue 13 (8), 2015; after Nichols and Jacobson): when the least wait of an interval was
 * above its target, those that waited twice as long as that are shed when their turn comes.
 */
class CoDel extends Open {
  private least = 0
  private until = 0
  private overloaded = false

  override begin(waitMs: number, now: number): boolean {
    if (now >= this.until) {
      this.overloaded = this.least > TARGET_MS
      this.least = waitMs
      this.until = now + INTERVAL_MS
      return true
    }
    this.least = Math.min(this.least, waitMs)
    return !(this.overloaded && waitMs > 2 * TARGET_MS)
  }
}

export const POLICIES = {
  dagor: (now: number) => new Dagor(now),
  codel: () => new CoDel(),
  random: (now: number, random: () => number) => new RandomShedding(now, random),
  none: () => new Open(),
} satisfies Record<string, (now: number, random: () => number) => Admission>
export type Policy = keyof typeof POLICIES
