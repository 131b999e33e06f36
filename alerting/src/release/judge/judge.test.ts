import fc from "fast-check"
import { expect, test } from "vitest"
import { toQ } from "./false-discovery.ts"
import { mannWhitney } from "./mann-whitney.ts"
import { twoSided, upperTail } from "./normal.ts"
import { toTrend } from "./trend.ts"
import { vanElteren } from "./van-elteren.ts"

test("the normal distribution's tail is that of the tables", () => {
  expect(upperTail(1.959963984540054)).toBeCloseTo(0.025, 12)
  expect(upperTail(0)).toBe(0.5)
  expect(upperTail(3.090232306167813)).toBeCloseTo(0.001, 12)
  expect(upperTail(6) / 9.865876450376946e-10).toBeCloseTo(1, 8)
  expect(twoSided(-1.6448536269514722)).toBeCloseTo(0.1, 12)
})

test("Mann–Whitney: the example of SciPy's documentation (ages at diagnosis)", () => {
  const [males, females] = [
    [19, 22, 16, 29, 24],
    [20, 11, 17, 12],
  ]
  const { u, p } = mannWhitney(females as number[], males as number[])
  expect(u).toBe(17)
  expect(p).toBeCloseTo(0.11134688653314041, 10)
})

test("Mann–Whitney: ties count half, equal sides say nothing", () => {
  expect(mannWhitney([1, 1, 1], [1, 1, 1])).toMatchObject({ p: 1, delta: 0 })
  expect(mannWhitney([1, 2], [2, 3]).u).toBe(3.5)
  expect(mannWhitney([1, 2, 3], [4, 5, 6]).delta).toBe(1)
  expect(mannWhitney([], [1])).toMatchObject({ p: 1, delta: 0 })
})

test("van Elteren's p is that of permuting within strata", () => {
  const strata = [
    { old: [1.1, 2.3, 0.7, 3.1, 1.9], fresh: [2.2, 3.9, 2.8, 4.1] },
    { old: [10.5, 12.1, 9.8], fresh: [12.9, 11.7, 13.3, 10.9] },
    { old: [0.2, 0.5], fresh: [0.4, 0.9, 0.6] },
  ]
  const score = (all: typeof strata): number =>
    Math.abs(
      all.reduce((sum, { old, fresh }) => {
        const u = old.reduce((count, a) => count + fresh.filter((b) => b > a).length, 0)
        return sum + (u - (old.length * fresh.length) / 2) / (old.length + fresh.length + 1)
      }, 0),
    )
  const random = mulberry(7)
  const [seen, turns] = [score(strata), 20_000]
  let beyond = 0
  for (let i = 0; i < turns; i++) {
    const mixed = strata.map(({ old, fresh }) => {
      const pool = [...old, ...fresh].map((value) => ({ value, by: random() })).sort((a, b) => a.by - b.by)
      const values = pool.map(({ value }) => value)
      return { old: values.slice(0, old.length), fresh: values.slice(old.length) }
    })
    if (score(mixed) >= seen - 1e-9) beyond++
  }
  expect(vanElteren(strata).p).toBeCloseTo(beyond / turns, 2)
})

test("another mix of users is no difference: Mann–Whitney of all together is fooled, van Elteren is not", () => {
  const random = mulberry(3)
  const draw = (count: number, from: number) => Array.from({ length: count }, () => from + random())
  const [slow, quick] = [
    { old: draw(20, 10), fresh: draw(60, 10) },
    { old: draw(60, 0), fresh: draw(20, 0) },
  ]
  expect(mannWhitney([...slow.old, ...quick.old], [...slow.fresh, ...quick.fresh]).p).toBeLessThan(1e-6)
  expect(vanElteren([slow, quick]).p).toBeGreaterThan(0.05)
})

test("the shift of Hodges and Lehmann is the median of differences, and its interval holds it", () => {
  expect(vanElteren([{ old: [1, 2, 3], fresh: [11, 12, 13] }]).shift).toMatchObject({ value: 10 })
  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(values, values, (old, fresh) => {
      const { shift, delta, p } = vanElteren([{ old, fresh }])
      expect(shift?.low).toBeLessThanOrEqual(shift?.value as number)
      expect(shift?.high).toBeGreaterThanOrEqual(shift?.value as number)
      expect(Math.abs(delta)).toBeLessThanOrEqual(1 + 1e-12)
      expect(p).toBeGreaterThanOrEqual(0)
    }),
  )
  expect(vanElteren([{ old: [], fresh: [1] }])).toEqual({ p: 1, delta: 0, shift: null, n: 0 })
})

test("Benjamini–Hochberg: as R's p.adjust", () => {
  expect(toQ([0.01, 0.04, 0.03, 0.005])).toEqual([0.02, 0.04, 0.04, 0.02])
  expect(toQ([])).toEqual([])
  // The fifteen p-values of Benjamini and Hochberg's own example: the first four are taken at 0.05.
  const ps = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ]
  expect(toQ(ps).filter((q) => q <= 0.05).length).toBe(4)
})

test("Mann–Kendall and Sen: a rise is found, a level line and one far value are none", () => {
  const points = (values: number[]) => values.map((value, i) => [i, value] as const)
  // n = 10, all pairs rise: S = 45, variance 125, z = 44 / √125
  const rising = toTrend(points([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
  expect(rising).toMatchObject({ s: 45, slope: 1 })
  expect(rising.p).toBeCloseTo(upperTail(44 / Math.sqrt(125)), 12)
  // Ties: n = 5 with two equal ones, variance (5·4·15 − 2·1·9) / 18
  expect(toTrend(points([1, 2, 2, 3, 4])).p).toBeCloseTo(upperTail(8 / Math.sqrt((300 - 18) / 18)), 12)
  expect(toTrend(points([5, 5, 5, 5, 5])).p).toBe(1)
  expect(toTrend(points([5, 4, 6, 5, 900, 4, 6, 5])).p).toBeGreaterThan(0.2)
  expect(toTrend(points([5, 4, 3, 2, 1])).p).toBeGreaterThan(0.95)
})

/** A small generator of numbers, so that a test is the same each time. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
