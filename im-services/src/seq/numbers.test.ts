import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Numbers } from "./numbers.ts"
import { FIRST_GROUP, placeOf, SECTION_USERS, STEP, sectionOf, shareOf } from "./sections.ts"

describe("numbers of a section", () => {
  it("rise for each user by what was asked for, stay below the maximum, and begin above the base", () => {
    const asks = fc.array(fc.tuple(fc.nat(SECTION_USERS - 1), fc.integer({ min: 1, max: 3_000 }), fc.boolean()), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(fc.nat(1e12), asks, (base, list) => {
        const numbers = new Numbers(base)
        const lasts = new Map<number, number>()
        for (const [place, count, raise] of list) {
          const last = numbers.tryGive(place, count)
          if (last === null) {
            expect((lasts.get(place) ?? base) + count).toBeGreaterThan(numbers.max)
            if (raise) numbers.raise(numbers.next(count))
            continue
          }
          expect(last).toBe((lasts.get(place) ?? base) + count)
          expect(last).toBeLessThanOrEqual(numbers.max)
          lasts.set(place, last)
        }
      }),
    )
  })

  it("ask for the next maximum when half a step is left", () => {
    const numbers = new Numbers(0)
    expect(numbers.tryGive(0, 1)).toBeNull()
    numbers.raise(STEP)
    numbers.tryGive(0, STEP / 2)
    expect(numbers.low).toBe(false)
    numbers.tryGive(1, STEP / 2 + 1)
    expect(numbers.low).toBe(true)
    expect(numbers.next(1)).toBe(2 * STEP)
  })
})

describe("sections", () => {
  it("hold 100,000 users beside each other, groups apart from users", () => {
    expect([0, 99_999, 100_000].map(sectionOf)).toEqual([0, 0, 1])
    expect(sectionOf(FIRST_GROUP)).toBe(2 ** 31)
    expect(sectionOf(FIRST_GROUP + 100_001)).toBe(2 ** 31 + 1)
    expect([100_007, FIRST_GROUP + 100_001].map(placeOf)).toEqual([7, 1])
    expect(shareOf(17)).toBe(1)
  })

  it("no user has the section and place of another", () => {
    const uid = fc.oneof(
      fc.nat(2e6),
      fc.nat(2e6).map((n) => FIRST_GROUP + n),
      fc.integer({ min: FIRST_GROUP - 2e6, max: FIRST_GROUP - 1 }),
    )
    fc.assert(
      fc.property(uid, uid, (a, b) => {
        expect(sectionOf(a) === sectionOf(b) && placeOf(a) === placeOf(b)).toBe(a === b)
      }),
    )
  })

  it("refuse what is no user and no group", () => {
    for (const uid of [-1, 1.5, Number.NaN, 2 ** 53]) expect(() => sectionOf(uid)).toThrow("is no user and no group")
  })
})
