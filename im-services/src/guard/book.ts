import { Shelf } from "../shelf.ts"
import { decide, defy, isInForce } from "./decide.ts"
import type { Accusation, Defiance, ForceInit, Settings, Throttle, Throttles } from "./generated/guard.codec.ts"
import { createSettings, createThrottles } from "./generated/guard.codec.ts"
import type { GuardStores } from "./generated/guard.stores.ts"

export const BUCKETS = 64
/** Throttles that are kept of the users of one bucket; beyond, the oldest that is over goes. */
const MOST_IN_BUCKET = 100

export interface BookParts {
  stores: GuardStores
  newId: () => Promise<number>
  now: () => number
  /** A throttle was forgotten while it was in force: there are too many. */
  onForgotten: () => void
}

export type Accused = { throttle: Throttle } | { throttle: null; why: "allowed" | "in force" | "out of date" }

/** All decisions and settings, in memory as they are stored. Changes are stored before they count. */
export class Book {
  readonly settings: Shelf<string, Settings>
  private readonly buckets: Shelf<number, Throttles>[]
  private readonly parts: BookParts
  /** Of all processes, as stored. */
  private changes = 0
  /** Rises with every change that this process knows of. */
  revision = 0

  constructor(parts: BookParts) {
    const { throttles, settings } = parts.stores
    this.parts = parts
    this.settings = new Shelf<string, Settings>(settings, "settings", createSettings())
    this.buckets = Array.from(
      { length: BUCKETS },
      (_, key) => new Shelf<number, Throttles>(throttles, key, createThrottles()),
    )
  }

  async load(): Promise<void> {
    const counted = (await this.parts.stores.counters.get("changes"))?.value.next ?? 0
    await Promise.all([this.settings.load(), ...this.buckets.map((bucket) => bucket.load())])
    this.changes = counted
    this.revision++
  }

  /** Reads again what another process has changed. */
  async poll(): Promise<void> {
    const counted = (await this.parts.stores.counters.get("changes"))?.value.next ?? 0
    if (counted !== this.changes) await this.load()
  }

  /** Newest first. */
  list(): Throttle[] {
    return this.buckets.flatMap(({ value }) => value.list).sort((a, b) => b.id - a.id)
  }

  force(): ForceInit {
    const now = this.parts.now()
    const { dryRun, allowed, classes, off } = this.settings.value
    const free = new Set(allowed.map(({ uid }) => uid))
    const holds = this.list().filter((one) => isInForce(one, now) && !free.has(one.uid))
    return {
      holds: holds.map(({ id, uid, device, until, why }) => ({ id, uid, device, until, why })),
      classes: classes.filter(({ until }) => until > now),
      ...{ off, allowed: [...free], dryRun },
    }
  }

  async accuse(accused: Accusation): Promise<Accused> {
    const { now, newId } = this.parts
    const { dryRun, allowed } = this.settings.value
    const isAllowed = allowed.some(({ uid }) => uid === accused.uid)
    const id = await newId()
    let outcome: Accused = { throttle: null, why: "in force" }
    await this.write(this.bucketOf(accused.uid), (list) => {
      const past = list.filter(({ uid, device }) => uid === accused.uid && device === accused.device)
      const decision = decide(accused, past, { now: now(), dryRun, allowed: isAllowed })
      if (!decision.throttle) {
        outcome = { throttle: null, why: decision.why }
        return null
      }
      const throttle = toThrottle(accused, { id, dryRun, from: now(), ...decision })
      outcome = { throttle }
      return this.trim([...list, throttle])
    })
    return outcome
  }

  /** False when it is not throttled. */
  async defied({ uid, device, count }: Defiance): Promise<boolean> {
    const now = this.parts.now()
    return this.write(this.bucketOf(uid), (list) => {
      const at = list.findLastIndex(
        (one) => one.uid === uid && (one.device === device || one.device === 0) && isInForce(one, now),
      )
      const found = list[at]
      return found === undefined ? null : list.with(at, defy(found, count, now))
    })
  }

  /** Null when there is no such throttle, or it is over. */
  async release(id: number, by: string): Promise<Throttle | null> {
    const now = this.parts.now()
    const known = this.list().find((one) => one.id === id)
    if (known === undefined) return null
    let released: Throttle | null = null
    await this.write(this.bucketOf(known.uid), (list) => {
      const at = list.findIndex((one) => one.id === id)
      const found = list[at]
      if (found === undefined || found.releasedAt > 0 || found.until <= now) return null
      released = { ...found, releasedAt: now, releasedBy: by }
      return list.with(at, released)
    })
    return released
  }

  async set(build: (settings: Settings) => Settings | null): Promise<boolean> {
    const changed = await this.settings.change(build)
    if (changed) await this.count()
    return changed
  }

  private bucketOf(uid: number): Shelf<number, Throttles> {
    return this.buckets[uid % BUCKETS] as Shelf<number, Throttles>
  }

  private async write(
    shelf: Shelf<number, Throttles>,
    build: (list: Throttle[]) => Throttle[] | null,
  ): Promise<boolean> {
    const changed = await shelf.change((value) => {
      const list = build(value.list)
      return list === null ? null : { ...value, list }
    })
    if (changed) await this.count()
    return changed
  }

  /** Other processes see by this number that there is something new. */
  private async count(): Promise<void> {
    const { counters } = this.parts.stores
    this.changes++
    this.revision++
    const stored = await counters.get("changes")
    const next = Math.max(stored?.value.next ?? 0, this.changes - 1) + 1
    if ((await counters.put("changes", { next }, stored?.version ?? 0)) !== null && next === this.changes) return
    await this.load()
  }

  private trim(list: Throttle[]): Throttle[] {
    if (list.length <= MOST_IN_BUCKET) return list
    const now = this.parts.now()
    const over = list.findIndex((one) => !isInForce(one, now))
    if (over < 0) this.parts.onForgotten()
    return list.toSpliced(Math.max(0, over), 1)
  }
}

function toThrottle(
  accused: Accusation,
  { id, dryRun, from, level, until }: { id: number; dryRun: boolean; from: number; level: number; until: number },
): Throttle {
  const { uid, device, version, why, evidence, bytesPerMin, asksPerMin } = accused
  const nobody = { defied: 0, releasedAt: 0, releasedBy: "" }
  return { id, uid, device, version, why, evidence, from, until, level, dryRun, bytesPerMin, asksPerMin, ...nobody }
}
