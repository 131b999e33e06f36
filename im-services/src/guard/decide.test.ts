import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decide, defy, endOf, FORGET_MS, isInForce, LEVELS_MIN, savedBytes, stepMs } from "./decide.ts"
import { createThrottle, type Throttle } from "./generated/guard.codec.ts"

const MINUTE = 60_000
const throttle = (more: Partial<Throttle>): Throttle => ({ ...createThrottle(), uid: 7, device: 1, ...more })
const at = (now: number) => ({ now, dryRun: false, allowed: false })

describe("an accusation", () => {
  it("is good for five minutes the first time, and for longer each time after", () => {
    const past: Throttle[] = []
    let now = 0
    for (const minutes of [...LEVELS_MIN, LEVELS_MIN.at(-1)]) {
      const decision = decide({ uid: 7, at: now }, past, at(now))
      expect(decision).toMatchObject({ throttle: true, until: now + (minutes as number) * MINUTE })
      if (!decision.throttle) return
      past.push(throttle({ from: now, until: decision.until, level: decision.level }))
      now = decision.until + MINUTE
    }
  })

  it("is forgotten, a level for each day at liberty", () => {
    const past = [throttle({ until: 1_000, level: 3 })]
    const levelAfter = (days: number) =>
      decide({ uid: 7, at: days * FORGET_MS + 1_000 }, past, at(days * FORGET_MS + 1_000))
    expect(levelAfter(0.5)).toMatchObject({ level: 3, why: "again" })
    expect(levelAfter(2)).toMatchObject({ level: 2 })
    expect(levelAfter(30)).toMatchObject({ level: 0 })
  })

  it("comes to nothing for those who are allowed, who are throttled already, or when it is old", () => {
    expect(decide({ uid: 7, at: 0 }, [], { ...at(0), allowed: true })).toEqual({ throttle: false, why: "allowed" })
    expect(decide({ uid: 7, at: 0 }, [throttle({ until: 5 })], at(0))).toEqual({ throttle: false, why: "in force" })
    expect(decide({ uid: 7, at: 0 }, [], at(11 * MINUTE))).toEqual({ throttle: false, why: "out of date" })
  })

  it("does not count what was released or only noted against somebody", () => {
    const past = [throttle({ until: 5, level: 2, releasedAt: 3 }), throttle({ until: 5, level: 3, dryRun: true })]
    expect(decide({ uid: 7, at: 10 }, past, at(10))).toMatchObject({ why: "first", level: 0 })
  })
})

describe("a throttle", () => {
  it("begins anew for those who come again and again, and not for those whose command was lost", () => {
    const one = throttle({ from: 0, until: stepMs(1), level: 1 })
    expect(defy(one, 3, 10 * MINUTE)).toMatchObject({ defied: 3, until: stepMs(1) })
    expect(defy(one, 4, 10 * MINUTE)).toMatchObject({ defied: 4, until: 10 * MINUTE + stepMs(1) })
  })

  it("never ends sooner because it was defied", () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(100), fc.nat(1e9), fc.nat(3), (until, count, now, level) => {
        expect(defy(throttle({ until, level }), count, now).until).toBeGreaterThanOrEqual(until)
      }),
    )
  })

  it("is over when it is released, and saves what it would have cost until then", () => {
    const one = throttle({ from: 0, until: 5 * MINUTE, releasedAt: 2 * MINUTE, bytesPerMin: 1_000 })
    expect([endOf(one), isInForce(one, MINUTE), isInForce(one, 3 * MINUTE)]).toEqual([2 * MINUTE, true, false])
    expect([savedBytes(one, MINUTE), savedBytes(one, 9 * MINUTE)]).toEqual([1_000, 2_000])
    expect(savedBytes({ ...one, dryRun: true }, MINUTE)).toBe(0)
  })
})
