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

/** Controlled delay (Nichols and Jacobson, RFC 8289, §5): sheds at the head of the queue, the more often the longer waits stay above 5 ms. */
class CoDel extends Open {
  private firstAboveAt = 0
  private dropNextAt = 0
  private drops = 0
  private dropping = false

  override begin(waitMs: number, now: number): boolean {
    const okToDrop = this.isAbove(waitMs, now)
    if (this.dropping) return this.goOn(okToDrop, now)
    if (!okToDrop) return true
    this.dropping = true
    const recently = now - this.dropNextAt < 16 * INTERVAL_MS
    this.drops = recently && this.drops > 2 ? this.drops - 2 : 1
    this.dropNextAt = now + INTERVAL_MS / Math.sqrt(this.drops)
    return false
  }

  private goOn(okToDrop: boolean, now: number): boolean {
    if (!okToDrop) this.dropping = false
    else if (now >= this.dropNextAt) {
      this.drops++
      this.dropNextAt += INTERVAL_MS / Math.sqrt(this.drops)
      return false
    }
    return true
  }

  private isAbove(waitMs: number, now: number): boolean {
    if (waitMs < TARGET_MS) this.firstAboveAt = 0
    else if (this.firstAboveAt === 0) this.firstAboveAt = now + INTERVAL_MS
    else return now >= this.firstAboveAt
    return false
  }
}

export const POLICIES = {
  dagor: (now: number) => new Dagor(now),
  codel: () => new CoDel(),
  random: (now: number, random: () => number) => new RandomShedding(now, random),
  none: () => new Open(),
} satisfies Record<string, (now: number, random: () => number) => Admission>
export type Policy = keyof typeof POLICIES
