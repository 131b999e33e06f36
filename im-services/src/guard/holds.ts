import type { Force } from "./generated/guard.codec.ts"

/** Why somebody is to stay away, and how long. */
export interface Held {
  /** Of the throttle; 0: of a whole version, or decided here while guard was away. */
  id: number
  /** Unix ms. */
  until: number
  why: string
}

export interface Who {
  uid: number
  /** 0: whichever. */
  device: number
  version: string
}

/** Holds decided here that are kept; beyond, the oldest goes: guard has them soon. */
const MOST_OWN = 1_000

/** What guard said last, and what was decided here while it was away. */
export class Holds {
  etag = ""
  /** Guard was heard of: before, nothing is known, not even whether all of it is a dry run. */
  known = false
  dryRun = false
  private byUser = new Map<number, { device: number; held: Held }[]>()
  private classes = new Map<string, Held>()
  private off = new Map<string, Set<string>>()
  private allowed = new Set<number>()
  private readonly own = new Map<string, { device: number; uid: number; held: Held }>()

  take(etag: string, force: Force): void {
    this.etag = etag
    this.known = true
    this.dryRun = force.dryRun
    this.allowed = new Set(force.allowed)
    this.byUser = new Map()
    for (const { id, uid, device, until, why } of force.holds) {
      const list = this.byUser.get(uid) ?? []
      list.push({ device, held: { id, until, why } })
      this.byUser.set(uid, list)
    }
    this.classes = new Map(force.classes.map(({ version, until, why }) => [version, { id: 0, until, why }]))
    this.off = new Map()
    for (const { version, feature } of force.off) {
      this.off.set(version, (this.off.get(version) ?? new Set()).add(feature))
    }
  }

  /** Decided here: guard is away. */
  hold(uid: number, device: number, held: Held): void {
    const key = `${uid}/${device}`
    this.own.delete(key)
    this.own.set(key, { uid, device, held })
    if (this.own.size > MOST_OWN) this.own.delete(this.own.keys().next().value as string)
  }

  /** Guard knows of what was decided here: what it says holds. */
  forgetOwn(): void {
    this.own.clear()
  }

  isAllowed(uid: number): boolean {
    return this.allowed.has(uid)
  }

  /** Null: may come in. With device 0, any throttled device of the user counts. */
  find({ uid, device, version }: Who, now: number): Held | null {
    if (this.allowed.has(uid)) return null
    const fits = (one: number): boolean => one === 0 || device === 0 || one === device
    let found: Held | null = null
    for (const one of this.byUser.get(uid) ?? []) if (fits(one.device)) found = later(found, one.held, now)
    for (const one of this.own.size > 0 ? [this.own.get(`${uid}/${device}`)] : [])
      if (one !== undefined) found = later(found, one.held, now)
    return later(found, this.classes.get(version) ?? null, now)
  }

  /** Names of requests that clients of the version may not make. */
  offFor(version: string): ReadonlySet<string> {
    const all = this.off.get("*")
    const own = this.off.get(version)
    if (all === undefined || own === undefined) return own ?? all ?? NONE
    return new Set([...all, ...own])
  }
}

const NONE: ReadonlySet<string> = new Set()

function later(a: Held | null, b: Held | null, now: number): Held | null {
  if (b === null || b.until <= now) return a
  return a === null || b.until > a.until ? b : a
}
