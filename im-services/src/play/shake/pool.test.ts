import { ManualClock } from "@ossagent/im-client/manual-clock"
import fc from "fast-check"
import { expect, it } from "vitest"
import { ShakePool } from "./pool.ts"

const MUNICH = { lat: 48.137, lng: 11.575 }
const NEAR_MUNICH = { lat: 48.14, lng: 11.58 }
const start = (most = 100) => {
  const clock = new ManualClock()
  return { clock, pool: new ShakePool(clock, most) }
}

it("two who shake are told of each other, with the distance where both say where they are", async () => {
  const { pool } = start()
  pool.enter({ uid: 1, shake: 11, place: MUNICH })
  const first = pool.wait(1, 11, 5_000)
  pool.enter({ uid: 2, shake: 22, place: NEAR_MUNICH })
  expect(pool.near(2, { withinM: 5_000, most: 5 }).map(({ uid }) => uid)).toEqual([1])
  expect(pool.pair(2, 1)).toBe(true)
  expect(await first).toMatchObject({ uid: 2, metres: expect.closeTo(500, -2) })
  expect(await pool.wait(2, 22, 5_000)).toMatchObject({ uid: 1, metres: expect.closeTo(500, -2) })
})

it("a shake that nobody answers ends with nobody, and is not found afterwards", async () => {
  const { pool, clock } = start()
  pool.enter({ uid: 1, shake: 11 })
  const waits = pool.wait(1, 11, 5_000)
  await clock.advance(5_000)
  expect(await waits).toBeNull()
  expect(pool.leave(1, 11)).toBeNull()
  pool.enter({ uid: 2, shake: 22 })
  expect(pool.longest(2, 5)).toEqual([])
  expect(pool.pair(2, 1)).toBe(false)
})

it("the same shake asked for again is one shake, before and after it was found", async () => {
  const { pool } = start()
  pool.enter({ uid: 1, shake: 11 })
  pool.enter({ uid: 2, shake: 22 })
  pool.enter({ uid: 1, shake: 11 })
  expect(pool.size).toBe(2)
  expect(pool.pair(1, 2)).toBe(true)
  pool.enter({ uid: 1, shake: 11 })
  expect(pool.size).toBe(0)
  expect(await pool.wait(1, 11, 1)).toMatchObject({ uid: 2 })
})

it("a new shake of a user ends the one before, and one too many is refused", async () => {
  const { pool, clock } = start(2)
  pool.enter({ uid: 1, shake: 11 })
  const waits = pool.wait(1, 11, 5_000)
  pool.enter({ uid: 1, shake: 12 })
  expect(await waits).toBeNull()
  pool.enter({ uid: 2, shake: 21 })
  expect(() => pool.enter({ uid: 3, shake: 31 })).toThrow(expect.objectContaining({ code: "slow_down" }))
  await clock.advance(20_000)
  pool.enter({ uid: 3, shake: 31 })
  expect(pool.size).toBe(1)
})

type Step =
  | { do: "enter"; uid: number; shake: number; there: boolean }
  | { do: "pair"; uid: number; other: number }
  | { do: "leave"; uid: number; shake: number }
  | { do: "wait"; ms: number }
const uid = fc.integer({ min: 1, max: 4 })
const shake = fc.integer({ min: 1, max: 3 })
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("enter" as const), uid, shake, there: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("pair" as const), uid, other: uid }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), uid, shake }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 12_000 }) }) },
)

it("whatever versions of logic do, a shake is found at most once, and who is found has found", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 20, maxLength: 80 }), async (steps) => {
      const { pool, clock } = start()
      /** The shake of each user as it counts, by order of entering, and whom it found. */
      const now = new Map<number, { shake: number; since: number; found: number | null }>()
      const told: Promise<void>[] = []
      for (const step of steps) {
        if (step.do === "enter") {
          pool.enter({ uid: step.uid, shake: step.shake, ...(step.there ? { place: MUNICH } : {}) })
          const before = now.get(step.uid)
          if (before?.shake === step.shake && before.since > clock.now() - 20_000) continue
          const mine = { shake: step.shake, since: clock.now(), found: null as number | null }
          now.set(step.uid, mine)
          const wait = pool.wait(step.uid, step.shake, 60_000)
          told.push(wait.then((found) => expect(found?.uid ?? null).toBe(mine.found)))
        } else if (step.do === "pair") {
          const [a, b] = [now.get(step.uid), now.get(step.other)]
          if (!pool.pair(step.uid, step.other)) continue
          expect(step.uid).not.toBe(step.other)
          for (const one of [a, b]) expect(one?.found, "it had found nobody").toBeNull()
          if (a) a.found = step.other
          if (b) b.found = step.uid
        } else if (step.do === "leave") {
          const mine = now.get(step.uid)
          const found = pool.leave(step.uid, step.shake)
          if (mine?.shake === step.shake && found !== null) expect(found.uid).toBe(mine.found)
        } else await clock.advance(step.ms)
      }
      await clock.advance(60_000)
      await Promise.all(told)
    }),
    { numRuns: 60 },
  )
})
