import { ALL } from "../admit/admission.ts"

/** A level that was not heard of for so long is forgotten: pings would have brought it. */
const LIVES_MS = 2_000
const MOST_KEYS = 4_096
const TELL_MS = 100

/** What a caller knows of one target's level, and what it held back by it. */
export class TargetLevel {
  private told: number = ALL
  private heardAt = 0
  private toldAt = 0
  private held = new Map<number, number>()

  hear(level: number, now: number): void {
    this.told = Math.min(level, ALL)
    this.heardAt = now
  }

  /** An answer came: the level holds still, or all is let in. */
  confirm(holds: boolean, now: number): void {
    if (!holds) this.told = ALL
    this.heardAt = now
  }

  /** The connection is new: nothing is known. */
  forget(): void {
    this.told = ALL
    this.held.clear()
  }

  get level(): number {
    return this.told
  }

  admits(key: number, now: number): boolean {
    if (key <= this.told) return true
    if (now - this.heardAt <= LIVES_MS) return false
    this.told = ALL
    return true
  }

  /** Beyond 4,096 keys until they are told, further ones are not counted. */
  holdBack(key: number): void {
    const calls = this.held.get(key)
    if (calls !== undefined || this.held.size < MOST_KEYS) this.held.set(key, (calls ?? 0) + 1)
  }

  /** What the target is to be told was held back; null: nothing, or not yet. */
  takeHeld(now: number): ReadonlyMap<number, number> | null {
    if (this.held.size === 0 || now - this.toldAt < TELL_MS) return null
    const { held } = this
    this.held = new Map()
    this.toldAt = now
    return held
  }
}
