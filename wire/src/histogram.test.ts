import fc from "fast-check"
import { expect, test } from "vitest"
import { bucketOf, bucketValue, quantileOf, ZERO_BUCKET } from "./histogram.ts"

/** Even over the orders of magnitude, not over the numbers. */
const positive = fc.double({ min: -9, max: 15, noNaN: true }).map((exponent) => 10 ** exponent)

test("a larger value never falls into a lower bucket", () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      expect(bucketOf(Math.max(a, b))).toBeGreaterThanOrEqual(bucketOf(Math.min(a, b)))
    }),
  )
})

test("a bucket's value is within 1.1 % of every value in it", () => {
  fc.assert(
    fc.property(positive, (value) => {
      expect(Math.abs(bucketValue(bucketOf(value)) / value - 1)).toBeLessThanOrEqual(0.011)
    }),
    { numRuns: 2_000 },
  )
})

test("a bucket's own value falls into it", () => {
  for (let bucket = -960; bucket < 1_600; bucket++) expect(bucketOf(bucketValue(bucket))).toBe(bucket)
})

test("zero, what is below it and NaN have the zero bucket, whose value is 0", () => {
  for (const value of [0, -0, -1, Number.NaN]) expect(bucketOf(value)).toBe(ZERO_BUCKET)
  expect(bucketValue(ZERO_BUCKET)).toBe(0)
})

test("a quantile is within 2.2 % of the sorted values' own", () => {
  fc.assert(
    fc.property(
      fc.array(positive, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const sorted = values.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number
        const counted = new Map<number, number>()
        for (const value of sorted) counted.set(bucketOf(value), (counted.get(bucketOf(value)) ?? 0) + 1)
        const found = quantileOf([...counted.keys()], [...counted.values()], share, sorted[0], sorted.at(-1))
        expect(Math.abs((found as number) / exact - 1)).toBeLessThanOrEqual(0.022)
      },
    ),
  )
})

test("no counts have no quantile", () => {
  expect(quantileOf([], [], 0.5)).toBeNull()
})
