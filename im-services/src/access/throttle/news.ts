import type { AccusationInit, BeatRequestInit } from "../../guard/generated/guard.codec.ts"
import { MINUTE } from "../meter/feature.ts"
import type { Evidence } from "../meter/judge.ts"
import type { Meter } from "../meter/meter.ts"

/** What waits for guard; beyond, the oldest goes: whoever goes on is accused again. */
const MOST_ACCUSED = 1_000
const MOST_DEFIED = 1_000
/** Accusations of one beat: guard stores each before it answers. */
const MOST_A_BEAT = 50

/** What this access has to tell guard with its next beat. */
export class GuardNews {
  private accused: AccusationInit[] = []
  private defied = new Map<string, { uid: number; device: number; count: number }>()
  private sinceMs: number
  private readonly now: () => number
  private readonly versions: () => BeatRequestInit["versions"]

  constructor(now: () => number, versions: () => BeatRequestInit["versions"]) {
    this.now = now
    this.versions = versions
    this.sinceMs = now()
  }

  /** There was more to tell than a beat takes. */
  get isMore(): boolean {
    return this.accused.length > 0
  }

  accuse(meter: Meter, why: string, evidence: readonly Evidence[]): void {
    const { uid, device, version } = meter
    this.accused.push({
      ...{ uid, device, version, why, evidence: [...evidence], at: this.now() },
      bytesPerMin: Math.round(meter.countOf(1, MINUTE)),
      asksPerMin: meter.countOf(0, MINUTE),
    })
    if (this.accused.length > MOST_ACCUSED) this.accused.shift()
  }

  defy(uid: number, device: number, count = 1): void {
    const key = `${uid}/${device}`
    const known = this.defied.get(key)
    if (known !== undefined) known.count += count
    else if (this.defied.size < MOST_DEFIED) this.defied.set(key, { uid, device, count })
  }

  take(): BeatRequestInit {
    const now = this.now()
    const sec = (now - this.sinceMs) / 1_000
    this.sinceMs = now
    const accused = this.accused.splice(0, MOST_A_BEAT)
    const news = { accused, defied: [...this.defied.values()], versions: this.versions(), sec }
    this.defied = new Map()
    return news
  }

  back({ accused = [], defied = [] }: BeatRequestInit): void {
    this.accused = [...accused, ...this.accused].slice(-MOST_ACCUSED)
    for (const { uid = 0, device = 0, count = 0 } of defied) this.defy(uid, device, count)
  }
}
