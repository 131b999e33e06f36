/**
 * Which access to tell when a user has something new. Soft state: an access says for whom it holds connections, is forgotten with all of
 * them when it is not heard of for a while, and says it again when this process's run is another one.
 */
const GONE_MS = 10_000
const MOST_WATCHED = 1_000_000
const MOST_ACCESSES = 256

const NOBODY: Iterable<{ readonly name: string }> = []

interface Access {
  name: string
  run: string
  heardAt: number
  uids: Set<number>
}

export class Watchers {
  private readonly accesses = new Map<string, Access>()
  private readonly byUser = new Map<number, Set<Access>>()

  get size(): number {
    return this.byUser.size
  }

  /** Whether there was room; a user beyond it learns what is new by its own heartbeat. */
  watch(name: string, run: string, uids: readonly number[]): boolean {
    const access = this.hear(name, run)
    if (access === null) return false
    for (const uid of uids) {
      let watching = this.byUser.get(uid)
      if (watching === undefined) {
        if (this.byUser.size >= MOST_WATCHED) return false
        watching = new Set()
        this.byUser.set(uid, watching)
      }
      watching.add(access)
      access.uids.add(uid)
    }
    return true
  }

  unwatch(name: string, uids: readonly number[]): void {
    const access = this.accesses.get(name)
    if (access === undefined) return
    for (const uid of uids) this.drop(access, uid)
  }

  /** Users that this access has watched; an access with another run is a new one, and has none. */
  beat(name: string, run: string): number {
    return this.hear(name, run)?.uids.size ?? 0
  }

  /** Who watches a user, by name. */
  of(uid: number): Iterable<{ readonly name: string }> {
    return this.byUser.get(uid) ?? NOBODY
  }

  /** Forgets those not heard of; to be called every second or so. */
  sweep(now = performance.now()): void {
    for (const access of this.accesses.values()) if (now - access.heardAt > GONE_MS) this.forget(access)
  }

  clear(): void {
    this.accesses.clear()
    this.byUser.clear()
  }

  private hear(name: string, run: string): Access | null {
    const known = this.accesses.get(name)
    if (known?.run === run) {
      known.heardAt = performance.now()
      return known
    }
    if (known !== undefined) this.forget(known)
    if (this.accesses.size >= MOST_ACCESSES) return null
    const fresh: Access = { name, run, heardAt: performance.now(), uids: new Set() }
    this.accesses.set(name, fresh)
    return fresh
  }

  private forget(access: Access): void {
    for (const uid of access.uids) this.drop(access, uid)
    this.accesses.delete(access.name)
  }

  private drop(access: Access, uid: number): void {
    const watching = this.byUser.get(uid)
    watching?.delete(access)
    if (watching?.size === 0) this.byUser.delete(uid)
    access.uids.delete(uid)
  }
}
