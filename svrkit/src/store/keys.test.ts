import fc from "fast-check"
import { expect, it } from "vitest"
import { BUCKETS, bucketOf } from "./buckets.ts"
import { KEY_CODECS } from "./keys.ts"
import { createVersions } from "./versions.ts"

const sign = (value: number): number => Math.sign(value)

it("bytes of numbers stand in the order of the numbers", () => {
  const cases = [
    ["uint64", fc.maxSafeNat()],
    ["int64", fc.maxSafeInteger()],
    ["uint32", fc.nat(2 ** 32 - 1)],
    ["int32", fc.integer()],
  ] as const
  for (const [type, numbers] of cases) {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const codec = KEY_CODECS[type]
        expect(Buffer.compare(codec(a), codec(b))).toBe(sign(a - b))
      }),
    )
  }
})

it("refuses keys that are none", () => {
  expect(() => KEY_CODECS.uint64(-1)).toThrow("cannot use the key -1: no uint64")
  expect(() => KEY_CODECS.uint32(1.5)).toThrow("cannot use the key 1.5: no uint32")
  expect(() => KEY_CODECS.string("x".repeat(1_025))).toThrow("at most 1024")
})

it("buckets of neighbouring users are spread evenly, and stay the same", () => {
  const counts = new Array(BUCKETS).fill(0)
  for (let uid = 0; uid < 100 * BUCKETS; uid++) counts[bucketOf(KEY_CODECS.uint64(uid))]++
  expect(Math.min(...counts)).toBeGreaterThan(50)
  expect(Math.max(...counts)).toBeLessThan(160)
  expect([1, 2, 1_000_000].map((uid) => bucketOf(KEY_CODECS.uint64(uid)))).toMatchInlineSnapshot(`
    [
      548,
      551,
      489,
    ]
  `)
})

it("versions rise, also when the clock goes back, and above what was seen", () => {
  let at = 1_000
  const next = createVersions(
    () => at,
    () => 0,
  )
  const first = next()
  at = 10
  expect(next()).toBe(first + 1)
  expect(next(5e9)).toBe(5e9 + 1)
})
