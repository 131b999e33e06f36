import fc from "fast-check"
import { expect, it } from "vitest"
import { type Bottle, createBottle } from "../generated/play.codec.ts"
import {
  ANSWERED_MS,
  DRIFT_MS,
  isAfloat,
  isHeldBy,
  MOST_IN_SHARD,
  withAnswer,
  withHolder,
  withoutHolder,
  withThrown,
} from "./shard.ts"

const NOW = 1_800_000_000_000
const bottle = (id: number, more: Partial<Bottle> = {}): Bottle => ({
  ...createBottle(),
  ...{ id, uid: 1, clientId: id, text: "hello", at: NOW, ...more },
})

it("a bottle that is thrown twice is one, and the oldest afloat sinks for one too many", () => {
  const one = withThrown([], bottle(1), NOW) as Bottle[]
  expect(withThrown(one, bottle(2, { clientId: 1 }), NOW)).toBeNull()
  const held = bottle(1, { holder: 2, until: NOW + 1 })
  const full = [held, ...Array.from({ length: MOST_IN_SHARD - 1 }, (_, i) => bottle(i + 2))]
  const more = withThrown(full, bottle(500), NOW) as Bottle[]
  expect(more.map(({ id }) => id).slice(0, 2)).toEqual([1, 3])
  expect(more).toHaveLength(MOST_IN_SHARD)
  const allHeld = full.map((each) => ({ ...each, holder: 2, until: NOW + 1 }))
  expect(withThrown(allHeld, bottle(500), NOW)).toBeNull()
})

it("what nobody answered sinks after thirty days, what was answered after an hour, and what is in a hand stays", () => {
  const old = NOW - DRIFT_MS
  const list = [
    bottle(1, { at: old }),
    bottle(2, { at: old, holder: 3, until: NOW + 1 }),
    bottle(3, { holder: 3, answeredAt: NOW - ANSWERED_MS }),
    bottle(4, { holder: 3, answeredAt: NOW - ANSWERED_MS + 1 }),
  ]
  expect(withThrown(list, bottle(9), NOW)?.map(({ id }) => id)).toEqual([2, 4, 9])
})

type Step = { do: "take" | "letGo" | "answer"; uid: number; id: number } | { do: "pass"; ms: number }
const aStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom("take" as const, "letGo" as const, "answer" as const),
    uid: fc.integer({ min: 1, max: 4 }),
    id: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 120 }) }),
)

it("a bottle is never with two people, never with its thrower, and never again once it was answered", () => {
  fc.assert(
    fc.property(fc.array(aStep, { minLength: 10, maxLength: 80 }), (steps) => {
      let now = NOW
      let list: readonly Bottle[] = [1, 2, 3].map((id) => bottle(id, { uid: id }))
      /** Who was told that they have it, and to when. */
      const believes = new Map<number, { uid: number; until: number }>()
      const gone = new Set<number>()
      for (const step of steps) {
        if (step.do === "pass") {
          now += step.ms
          continue
        }
        const { uid, id } = step
        const holder = believes.get(id)
        const isHis = holder !== undefined && holder.uid === uid && holder.until > now
        const before = list
        if (step.do === "take") {
          list = withHolder(list, id, { uid, until: now + 100, now }) ?? list
          const isTaken = list !== before
          expect(isTaken).toBe(!gone.has(id) && uid !== id && (holder === undefined || holder.until <= now))
          if (isTaken) believes.set(id, { uid, until: now + 100 })
        } else {
          list = (step.do === "letGo" ? withoutHolder : withAnswer)(list, id, uid, now) ?? list
          expect(list !== before).toBe(isHis)
          if (isHis) believes.delete(id)
          if (isHis && step.do === "answer") gone.add(id)
        }
        for (const one of list) {
          const holders = [1, 2, 3, 4].filter((each) => isHeldBy(one, each, now))
          expect(holders.length + (isAfloat(one, now) ? 1 : 0)).toBe(gone.has(one.id) ? 0 : 1)
        }
      }
    }),
  )
})
