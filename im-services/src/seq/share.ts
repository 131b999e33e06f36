import type { Store } from "@ossagent/svrkit/store"
import type { Section, SectionInit } from "./generated/seq.codec.ts"
import { Numbers } from "./numbers.ts"
import { floorOf } from "./sections.ts"

export type SectionStore = Store<number, Section, SectionInit>

interface Entry {
  numbers: Numbers
  version: number
  /** A raise under way. */
  raising: Promise<void> | null
  usedAt: number
}

/** Somebody else has this share now, by what the store holds. */
export class Deposed extends Error {
  override readonly name = "Deposed"
}

/**
 * One share that this allocator has, and the sections of it that it uses. What it gives is persisted before: `ready` sees to it. A put
 * carries the version that this owner has seen, so whoever reads and writes a section later shuts an earlier owner out.
 */
export class OwnedShare {
  readonly share: number
  readonly term: number
  /** Of the lease's row. */
  version: number
  beat = 0
  /** By the monotonic clock; numbers are given before this moment alone. */
  validUntil: number
  lost = false
  private readonly entries = new Map<number, Entry>()
  private readonly store: SectionStore

  constructor(given: { share: number; term: number; version: number; validUntil: number; store: SectionStore }) {
    this.share = given.share
    this.term = given.term
    this.version = given.version
    this.validUntil = given.validUntil
    this.store = given.store
  }

  isValid(now: number): boolean {
    return !this.lost && now < this.validUntil
  }

  get sections(): number {
    return this.entries.size
  }

  get pages(): number {
    let pages = 0
    for (const { numbers } of this.entries.values()) pages += numbers.pageCount
    return pages
  }

  /** Whether `count` numbers can be given now; else `ready` must be awaited before. */
  has(section: number, place: number, count: number): boolean {
    return this.entries.get(section)?.numbers.has(place, count) ?? false
  }

  /** The last of `count` numbers; null: `ready` must be awaited before. Asks for the next maximum before this one is used up. */
  tryGive(section: number, place: number, count: number): number | null {
    const entry = this.entries.get(section)
    if (entry === undefined) return null
    const last = entry.numbers.tryGive(place, count)
    entry.usedAt = performance.now()
    if (last !== null && entry.numbers.low && entry.raising === null) {
      this.raise(section, entry, 0).catch(() => undefined) // who needs it finds it failed, and tries again
    }
    return last
  }

  /** Persists what `count` more numbers need. Rejects with Deposed, or with what the store rejects with. */
  async ready(section: number, count: number): Promise<void> {
    const entry = this.entries.get(section)
    if (entry?.numbers.full) this.entries.delete(section)
    if (entry === undefined || entry.numbers.full) await this.load(section)
    else await (entry.raising ?? this.raise(section, entry, count))
  }

  private readonly loading = new Map<number, Promise<void>>()

  private load(section: number): Promise<void> {
    const loading = this.loading.get(section) ?? this.loadOnce(section).finally(() => this.loading.delete(section))
    this.loading.set(section, loading)
    return loading
  }

  private async loadOnce(section: number): Promise<void> {
    const stored = await this.store.get(section)
    if ((stored?.value.term ?? 0) > this.term) throw new Deposed(`section ${section} has a newer owner`)
    const entry: Entry = {
      numbers: new Numbers(Math.max(stored?.value.max ?? 0, floorOf(section))),
      version: stored?.version ?? 0,
      raising: null,
      usedAt: performance.now(),
    }
    await this.raise(section, entry, 0)
    this.entries.set(section, entry)
  }

  private raise(section: number, entry: Entry, count: number): Promise<void> {
    entry.raising = this.raiseOnce(section, entry, count).finally(() => {
      entry.raising = null
    })
    return entry.raising
  }

  private async raiseOnce(section: number, entry: Entry, count: number): Promise<void> {
    const max = entry.numbers.next(count)
    const version = await this.store.put(section, { max, term: this.term }, entry.version)
    if (version !== null) {
      entry.version = version
      entry.numbers.raise(max)
      return
    }
    // Another wrote it: a later owner, or this one by a put whose answer was lost.
    const stored = await this.store.get(section)
    if (stored === null || stored.value.term !== this.term) throw new Deposed(`section ${section} has another owner`)
    entry.version = stored.version
    entry.numbers.raise(stored.value.max)
  }

  /** Forgets the section that was not used for the longest time: taken again it goes on above its maximum. */
  forgetOne(): boolean {
    let oldest: [number, Entry] | null = null
    for (const one of this.entries) if (oldest === null || one[1].usedAt < oldest[1].usedAt) oldest = one
    return oldest !== null && this.entries.delete(oldest[0])
  }
}
