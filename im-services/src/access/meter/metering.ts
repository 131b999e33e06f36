import { BoundedMap } from "../../bounded-map.ts"
import { Crowds } from "./crowd.ts"
import { judge, type Verdict } from "./judge.ts"
import { Meter } from "./meter.ts"

const [ASKS, BYTES, IDLE, CONNECTS] = [0, 1, 2, 4]
/** Until the same device is accused again: a client has so long to obey. */
const AGAIN_MS = 5_000

/** Devices that are judged in one go: some 6 ms. */
const MOST_A_TURN = 1_000

/** Somebody takes more than a person's client does. */
export type Accuse = (meter: Meter, verdict: Verdict & { throttle: true }) => void

export interface MeteringOptions {
  /** Devices; beyond, the one that connected longest ago begins anew. */
  most: number
  /** Unix ms. */
  now: () => number
  accuse: Accuse
  /** Told of all that clients of a version ask for of their own accord. */
  onUse?: (version: string, asks: number, bytes: number) => void
}

/** The meters of an access: what sessions do goes in, those who take too much come out as accusations. */
export class Metering {
  readonly crowds = new Crowds()
  private readonly meters: BoundedMap<string, Meter>
  private readonly options: MeteringOptions
  private touched: Meter[] = []

  constructor(options: MeteringOptions) {
    this.options = options
    this.meters = new BoundedMap(options.most)
  }

  /** A device has come in, with a ticket or a password. */
  connected(who: { uid: number; device: number; version: string }): Meter {
    const key = `${who.uid}/${who.device}`
    const known = this.meters.get(key)
    const meter = known?.version === who.version ? known : new Meter(who, this.options.now())
    this.meters.set(key, meter)
    this.add(meter, CONNECTS, 1)
    return meter
  }

  /** A request that the client made of its own accord, and its answer. */
  asked(meter: Meter, sizeBytes: number): void {
    this.options.onUse?.(meter.version, 1, 0)
    this.add(meter, ASKS, 1)
    this.weighed(meter, sizeBytes)
  }

  /** Bytes of an answer to what was counted already. */
  weighed(meter: Meter, sizeBytes: number): void {
    this.options.onUse?.(meter.version, 0, sizeBytes)
    meter.bytes += sizeBytes
    this.add(meter, BYTES, sizeBytes)
  }

  /** A message was sent, with this hash of what it says and to whom. */
  said(meter: Meter, hash: number): void {
    this.touch(meter)
    if (meter.same(hash, this.options.now())) this.look(meter)
  }

  /** A page went out that brings the device to this number. One that it had before is of its own doing. */
  paged(meter: Meter, seq: number, sizeBytes: number): void {
    if (seq > meter.newest) meter.newest = seq
    else {
      this.add(meter, IDLE, 1)
      this.asked(meter, sizeBytes)
    }
  }

  /** Ten times a second: those who did something are judged, a thousand at a time, and become a part of what others do. */
  turn(): void {
    const all = this.touched.splice(0, MOST_A_TURN)
    const now = this.options.now()
    for (const meter of all) {
      meter.touched = false
      const accused = this.look(meter)
      const sample = accused ? null : meter.sample(now)
      if (sample !== null) this.crowds.add(meter.version, sample)
    }
  }

  private add(meter: Meter, feature: number, amount: number): void {
    this.touch(meter)
    if (meter.add(feature, amount, this.options.now())) this.look(meter)
  }

  private touch(meter: Meter): void {
    if (meter.touched) return
    meter.touched = true
    this.touched.push(meter)
  }

  private look(meter: Meter): boolean {
    const now = this.options.now()
    if (now < meter.accusedAt) return true
    const verdict = judge(meter, this.crowds.of(meter.version))
    if (!verdict.throttle) return false
    meter.accusedAt = now + AGAIN_MS
    this.options.accuse(meter, verdict)
    return true
  }
}
