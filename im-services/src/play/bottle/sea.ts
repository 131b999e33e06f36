/**
 * All bottles: in memory as they are stored, in 256 shards that are changed by condition, so that a bottle is in one hand at a time whoever
 * else changes them. What a shard cannot take, and what nobody answers, sinks.
 */
import { Shelf } from "../../shelf.ts"
import { type Bottle, type Bottles, createBottle, createBottles } from "../generated/play.codec.ts"
import { playError } from "../generated/play.server.ts"
import type { PlayStores } from "../generated/play.stores.ts"
import type { Days } from "./days.ts"
import { isAfloat, isAnsweredBy, isHeldBy, withAnswer, withHolder, withoutHolder, withThrown } from "./shard.ts"

export const SHARDS = 256
const MOST_TRIES = 10

export interface SeaParts {
  bottles: PlayStores["bottles"]
  days: Days
  newNumber: () => Promise<number>
  now: () => number
  /** 0 to below 1: which bottle comes to hand. */
  random: () => number
}

export interface Picked {
  /** Null: none was there. */
  bottle: Bottle | null
  /** Picks that are left today. */
  left: number
}

export class Sea {
  private readonly parts: SeaParts
  private readonly shards: Shelf<number, Bottles>[]
  private loaded = false
  /** Picks of one user follow each other: nobody takes a second bottle into the hand. */
  private readonly picking = new Map<number, Promise<unknown>>()

  constructor(parts: SeaParts) {
    this.parts = parts
    this.shards = Array.from(
      { length: SHARDS },
      (_, key) => new Shelf<number, Bottles>(parts.bottles, key, createBottles()),
    )
  }

  get isLoaded(): boolean {
    return this.loaded
  }

  /** Bottles afloat. */
  get afloat(): number {
    return this.all().filter((one) => isAfloat(one, this.parts.now())).length
  }

  async load(): Promise<void> {
    await Promise.all(this.shards.map((shard) => shard.load()))
    this.loaded = true
  }

  /** Answers how many throws are left today; null when none was. The same bottle again is not counted twice. */
  async throw(thrown: Pick<Bottle, "uid" | "clientId" | "text">, aDay: number): Promise<number | null> {
    this.ensureLoaded()
    const { days, newNumber, now } = this.parts
    const { uid } = thrown
    const shard = uid % SHARDS
    if (this.has(shard, thrown)) return days.left(uid, "throws", aDay)
    const left = await days.take(uid, "throws", aDay)
    if (left === null) return null
    const bottle = { ...createBottle(), ...thrown, id: (await newNumber()) * SHARDS + shard, at: now() }
    const isThere = await this.change(bottle.id, (there) => withThrown(there, bottle, now()))
    if (!isThere && !this.has(shard, thrown))
      throw playError("unavailable", "the sea is full", { retryAfterMs: 60_000 })
    return left
  }

  /** Who has one in hand is given that. Null when none may be picked up today any more. */
  pick(uid: number, limits: { aDay: number; heldMs: number }): Promise<Picked | null> {
    this.ensureLoaded()
    const before = this.picking.get(uid) ?? Promise.resolve()
    const picked = before.then(() => this.pickOne(uid, limits))
    const over = picked
      .catch(() => undefined) // whoever asked for it is told
      .then(() => {
        if (this.picking.get(uid) === over) this.picking.delete(uid)
      })
    this.picking.set(uid, over)
    return picked
  }

  private async pickOne(uid: number, { aDay, heldMs }: { aDay: number; heldMs: number }): Promise<Picked | null> {
    const { days, now, random } = this.parts
    const inHand = this.all().find((one) => isHeldBy(one, uid, now()))
    if (inHand !== undefined) return { bottle: inHand, left: await days.left(uid, "picks", aDay) }
    const choose = (): Bottle | undefined => {
      const there = this.all().filter((one) => one.uid !== uid && isAfloat(one, now()))
      return there[Math.floor(random() * there.length)]
    }
    if (choose() === undefined) return { bottle: null, left: await days.left(uid, "picks", aDay) }
    const left = await days.take(uid, "picks", aDay)
    if (left === null) return null
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const bottle = choose()
      if (bottle === undefined) break
      const held = { uid, until: now() + heldMs, now: now() }
      if (await this.change(bottle.id, (list) => withHolder(list, bottle.id, held)))
        return { bottle: { ...bottle, holder: uid, until: held.until }, left }
    }
    return { bottle: null, left }
  }

  /** What is not in this one's hand has been let go. */
  async letGo(uid: number, id: number): Promise<void> {
    this.ensureLoaded()
    await this.change(id, (list) => withoutHolder(list, id, uid, this.parts.now()))
  }

  /** The bottle in this one's hand, or one that they answered a while ago; null: neither. */
  find(uid: number, id: number): { bottle: Bottle; isAnswered: boolean } | null {
    this.ensureLoaded()
    const bottle = this.shards[id % SHARDS]?.value.list.find((one) => one.id === id)
    if (bottle === undefined) return null
    const isAnswered = isAnsweredBy(bottle, uid)
    return isAnswered || isHeldBy(bottle, uid, this.parts.now()) ? { bottle, isAnswered } : null
  }

  async answered(uid: number, id: number): Promise<void> {
    await this.change(id, (list) => withAnswer(list, id, uid, this.parts.now()))
  }

  private has(shard: number, { uid, clientId }: Pick<Bottle, "uid" | "clientId">): boolean {
    return (this.shards[shard]?.value.list ?? []).some((one) => one.uid === uid && one.clientId === clientId)
  }

  private all(): Bottle[] {
    return this.shards.flatMap(({ value }) => value.list)
  }

  private change(id: number, to: (list: readonly Bottle[]) => Bottle[] | null): Promise<boolean> {
    const shard = this.shards[id % SHARDS] as Shelf<number, Bottles>
    return shard.change((value) => {
      const list = to(value.list)
      return list === null ? null : { ...value, list }
    })
  }

  private ensureLoaded(): void {
    if (!this.loaded) throw playError("unavailable", "the bottles are not read yet", { retryAfterMs: 1_000 })
  }
}
