import type { Store, Stored } from "@ossagent/svrkit/store"
import type { Lease, LeaseInit, Routes } from "./generated/seq.codec.ts"
import { SHARES } from "./sections.ts"
import { OwnedShare, type SectionStore } from "./share.ts"

export type LeaseStore = Store<number, Lease, LeaseInit>

/** Whoever has not renewed a lease for so long has lost it. */
export const LEASE_SEC = 5
const LEASE_MS = LEASE_SEC * 1_000
/**
 * An owner stops so long before: more than a caller waits for a reply (`Allocate` has 1,500 ms), so a number that reaches a caller in time
 * does so before a successor gives any.
 */
const MARGIN_MS = 2_000
const RENEW_MS = 1_000
const FIRST_SLOT = 1_000
const SLOTS = SHARES
const KEYS = [...Array(SHARES).keys(), ...Array.from({ length: SLOTS }, (_, slot) => FIRST_SLOT + slot)]

interface Seen {
  row: Stored<Lease> | null
  /** When this version was first seen here. */
  at: number
}

export interface LeaseDeps {
  leases: LeaseStore
  sections: SectionStore
  /** Chosen anew at each start. */
  run: string
  target: string
  log: { info: (fields: object, text: string) => void; warn: (fields: object, text: string) => void }
  now?: () => number
}

/**
 * Keeps leases of shares, together with other allocators: each renews its own every second and takes what nobody renewed for five seconds
 * by its own clock, so no two clocks are compared. Each has a slot of its own too, by which the others know how many they are; who has more
 * than a fair part gives some back.
 */
export class Leases {
  readonly owned = new Map<number, OwnedShare>()
  private readonly deps: LeaseDeps
  private readonly now: () => number
  private readonly seen = new Map<number, Seen>()
  /** The key of its own slot. */
  private slot: number | null = null
  private renewedAt = Number.NEGATIVE_INFINITY

  constructor(deps: LeaseDeps) {
    this.deps = deps
    this.now = deps.now ?? (() => performance.now())
  }

  /** Which allocator has which share, as last seen; its version rises with each change, and is the same at all allocators. */
  get routes(): Routes {
    const rows = KEYS.slice(0, SHARES).map((share) => this.seen.get(share)?.row?.value)
    const version = rows.reduce((sum, lease) => sum + (lease?.term ?? 0), 0)
    return { version, routes: rows.map((lease, share) => ({ share, target: lease?.target ?? "" })) }
  }

  /** One look at the leases, and what follows from it. Called a few times a second, one after the other. */
  async step(): Promise<void> {
    await this.look()
    if (this.now() - this.renewedAt >= RENEW_MS) {
      this.renewedAt = this.now()
      await Promise.all([this.renewSlot(), ...[...this.owned.values()].map((share) => this.renew(share))])
    }
    const fair = Math.ceil(SHARES / Math.max(1, this.countAllocators()))
    const surplus = [...this.owned.values()].slice(fair)
    await Promise.all(surplus.map((share) => this.giveBack(share)))
    const wanted = Math.max(0, fair - this.owned.size)
    const free = KEYS.slice(0, SHARES).filter((share) => !this.owned.has(share) && this.isFree(share))
    const tried = free.slice(0, wanted)
    const changed = await Promise.all(tried.map((share) => this.take(share)))
    const shares = tried.filter((_share, i) => changed[i])
    if (shares.length > 0) this.deps.log.info({ shares, run: this.deps.run }, "shares taken")
    if (surplus.length > 0 || changed.includes(true)) await this.look()
  }

  private async look(): Promise<void> {
    const rows = await this.deps.leases.getMany(KEYS)
    const at = this.now()
    for (const [index, row] of rows.entries()) {
      const key = KEYS[index] as number
      const before = this.seen.get(key)
      if (before === undefined || before.row?.version !== row?.version) this.seen.set(key, { row, at })
      const share = this.owned.get(key)
      if (share !== undefined) this.compare(share, row)
    }
  }

  /** A lease that another has written is lost; one that a put with a lost answer has renewed goes on at its version. */
  private compare(share: OwnedShare, row: Stored<Lease> | null): void {
    if (row !== null && row.value.owner === this.deps.run && row.value.term === share.term) share.version = row.version
    else this.lose(share, "another has it")
  }

  lose(share: OwnedShare, why: string): void {
    share.lost = true
    if (this.owned.get(share.share) !== share) return
    this.owned.delete(share.share)
    this.deps.log.warn({ share: share.share, term: share.term }, `a share is lost: ${why}`)
  }

  private isFree(key: number): boolean {
    const seen = this.seen.get(key)
    if (seen === undefined) return false
    const { row, at } = seen
    return row === null || row.value.owner === "" || row.value.owner === this.deps.run || this.now() - at >= LEASE_MS
  }

  private countAllocators(): number {
    const slots = KEYS.slice(SHARES).filter((key) => key !== this.slot)
    const others = slots.filter((key) => (this.seen.get(key)?.row?.value.owner ?? "") !== "" && !this.isFree(key))
    return others.length + 1
  }

  private lease(more: LeaseInit): LeaseInit {
    const { run, target } = this.deps
    return { owner: run, target, seconds: LEASE_SEC, ...more }
  }

  private async renew(share: OwnedShare): Promise<void> {
    const from = this.now()
    const lease = this.lease({ term: share.term, beat: ++share.beat })
    const version = await this.tryPut(share.share, lease, share.version)
    if (version === null) return // the next look tells whether it is still ours
    share.version = version
    share.validUntil = from + LEASE_MS - MARGIN_MS
  }

  private async take(share: number): Promise<boolean> {
    const { row } = this.seen.get(share) as Seen
    const term = (row?.value.term ?? 0) + 1
    const from = this.now()
    const version = await this.tryPut(share, this.lease({ term, beat: 0 }), row?.version ?? 0)
    if (version === null) return false
    const validUntil = from + LEASE_MS - MARGIN_MS
    this.owned.set(share, new OwnedShare({ share, term, version, validUntil, store: this.deps.sections }))
    return true
  }

  private async giveBack(share: OwnedShare): Promise<void> {
    share.lost = true
    this.owned.delete(share.share)
    await this.tryPut(share.share, { owner: "", target: "", term: share.term + 1 }, share.version)
    this.deps.log.info({ share: share.share, term: share.term }, "share given back")
  }

  private async renewSlot(): Promise<void> {
    const slots = KEYS.slice(SHARES)
    const ownerOf = (key: number): string | undefined => this.seen.get(key)?.row?.value.owner
    const key = slots.find((one) => ownerOf(one) === this.deps.run) ?? slots.find((one) => this.isFree(one))
    if (key === undefined) return // sixteen others are there: this one waits
    const row = this.seen.get(key)?.row
    const version = await this.tryPut(key, this.lease({ beat: (row?.value.beat ?? 0) + 1 }), row?.version ?? 0)
    this.slot = version === null ? null : key
  }

  private async tryPut(key: number, lease: LeaseInit, ifVersion: number): Promise<number | null> {
    try {
      return await this.deps.leases.put(key, lease, ifVersion)
    } catch (error) {
      this.deps.log.warn({ key, err: error }, "a lease cannot be written")
      return null
    }
  }

  /** Gives everything back, so that others take it at once. */
  async stop(): Promise<void> {
    const row = this.slot === null ? null : this.seen.get(this.slot)?.row
    const leave = row ? this.tryPut(this.slot as number, { beat: row.value.beat + 1 }, row.version) : null
    await Promise.all([leave, ...[...this.owned.values()].map((share) => this.giveBack(share))])
  }
}
