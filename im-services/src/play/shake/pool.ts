import type { Clock } from "@ossagent/im-client"
import { playError } from "../generated/play.server.ts"
import { type Near, type Place, Places, toMetres } from "../place/places.ts"

/** Somebody who shakes; `shake` is the same when the same shake is asked for again. */
export interface Shaker {
  uid: number
  shake: number
  place?: Place | undefined
}

/** Whom a shake found; `metres` is null where one of the two places is not known. */
export interface Found {
  uid: number
  metres: number | null
}

interface Entry extends Shaker {
  since: number
  /** It may be found. */
  isOpen: boolean
  found: Found | null
  /** Told when it is found. */
  waiting: Set<() => void>
}

/** A shake is known for so long, also when nobody takes it out: repeated, it answers what it found. */
const KEPT_MS = 20_000
const RETRY_MS = 2_000

/**
 * Who shakes at this moment. A shake is found once: `pair` closes both at once, whoever asks for it and however many versions of logic do.
 * It keeps no promise of what is fair: whom to pair is for logic.
 */
export class ShakePool {
  private readonly clock: Clock
  private readonly most: number
  private readonly places: Places
  /** The newest shake of each user, oldest first. */
  private readonly entries = new Map<number, Entry>()
  private open = 0

  /** @param most shakes that wait at the same time; further ones are refused with `slow_down` */
  constructor(clock: Clock, most: number) {
    this.clock = clock
    this.most = most
    this.places = new Places({ staleMs: KEPT_MS, most, now: () => clock.now() })
  }

  /** Shakes that wait. */
  get size(): number {
    return this.open
  }

  /** A new shake of a user ends the one before it. */
  enter({ uid, shake, place }: Shaker): void {
    this.forget()
    const before = this.entries.get(uid)
    if (before?.shake === shake) return
    if (this.open >= this.most)
      throw playError("slow_down", "too many people shake at this moment", { retryAfterMs: RETRY_MS })
    if (before !== undefined) this.remove(before)
    this.entries.set(uid, {
      ...{ uid, shake, place, since: this.clock.now(), isOpen: true, found: null, waiting: new Set() },
    })
    this.open++
    if (place !== undefined) this.places.put(uid, place)
  }

  /** Others who wait within a circle, nearest first. */
  near(uid: number, circle: { withinM: number; most: number }): Near[] {
    return this.places.near(uid, circle).filter((one) => this.entries.get(one.uid)?.isOpen)
  }

  /** Others who wait, those who have waited longest first. */
  longest(uid: number, most: number): Found[] {
    const found: Found[] = []
    for (const entry of this.entries.values()) {
      if (found.length >= most) break
      if (entry.isOpen && entry.uid !== uid) found.push(this.toFound(uid, entry))
    }
    return found
  }

  /** Both have found each other. False, and nothing is changed, when one of them does not wait any more. */
  pair(uid: number, other: number): boolean {
    const [a, b] = [this.entries.get(uid), this.entries.get(other)]
    if (uid === other || !a?.isOpen || !b?.isOpen) return false
    a.found = this.toFound(uid, b)
    b.found = this.toFound(other, a)
    for (const one of [a, b]) this.close(one)
    return true
  }

  /** Whom this shake found; null after `ms` without anybody, and at once when it is over. */
  wait(uid: number, shake: number, ms: number): Promise<Found | null> {
    const entry = this.find(uid, shake)
    if (!entry?.isOpen) return Promise.resolve(entry?.found ?? null)
    return new Promise((resolve) => {
      const end = (): void => {
        stop()
        entry.waiting.delete(end)
        resolve(entry.found)
      }
      const stop = this.clock.after(ms, end)
      entry.waiting.add(end)
    })
  }

  /** It can no longer be found; answers whom it found before. */
  leave(uid: number, shake: number): Found | null {
    const entry = this.find(uid, shake)
    if (entry === undefined) return null
    this.close(entry)
    return entry.found
  }

  private find(uid: number, shake: number): Entry | undefined {
    const entry = this.entries.get(uid)
    return entry?.shake === shake ? entry : undefined
  }

  private toFound(uid: number, other: Entry): Found {
    const own = this.entries.get(uid)?.place
    const metres = own === undefined || other.place === undefined ? null : toMetres(own, other.place)
    return { uid: other.uid, metres }
  }

  private close(entry: Entry): void {
    if (!entry.isOpen) return
    entry.isOpen = false
    this.open--
    this.places.remove(entry.uid)
    for (const told of [...entry.waiting]) told()
  }

  private remove(entry: Entry): void {
    this.close(entry)
    this.entries.delete(entry.uid)
  }

  private forget(): void {
    const before = this.clock.now() - KEPT_MS
    for (const entry of this.entries.values()) {
      if (entry.since > before) break
      this.remove(entry)
    }
  }
}
