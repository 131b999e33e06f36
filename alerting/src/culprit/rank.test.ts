import fc from "fast-check"
import { expect, test } from "vitest"
import { type Part, rankCulprits, type Slice } from "./rank.ts"

const slice = (dim: string, parts: Record<string, [forecast: number, actual: number]>): Slice => ({
  dim,
  parts: Object.entries(parts).map(([value, [forecast, actual]]) => ({ value, forecast, actual })),
})
const quotient = (dim: string, parts: Record<string, [[number, number], [number, number]]>): Slice => ({
  dim,
  parts: Object.entries(parts).map(([value, [[top, bottom], [nowTop, nowBottom]]]) => ({
    ...{ value, forecast: top, actual: nowTop },
    of: { forecast: bottom, actual: nowBottom },
  })),
})
const texts = (slices: Slice[]) => rankCulprits(slices).map(({ text }) => text)

test("the version that brings the errors is named before the dimensions that only go along", () => {
  const byVersion = slice("version", { "8.0.1": [40, 43], "8.0.2": [10, 60] })
  const byHost = slice("host", { "web-1": [25, 52], "web-2": [25, 51] })
  expect(texts([byHost, byVersion])).toEqual(["version 8.0.2 explains 94 % of the rise"])
})

test("a fall is told as a fall, and several values together where one does not explain enough", () => {
  const regions = { eu: [100, 10], us: [100, 15], ap: [100, 99], sa: [100, 101] } as const
  expect(texts([slice("label.region", regions as never)])).toEqual(["regions eu and us explain all of the fall"])
})

test("nothing is guilty when everything rises alike, when nothing moved, or when there is one value only", () => {
  expect(texts([slice("version", { a: [100, 200], b: [10, 20], c: [900, 1_800] })])).toEqual([])
  expect(texts([slice("version", { a: [100, 120], b: [100, 80] })])).toEqual([])
  expect(texts([slice("host", { only: [10, 100] })])).toEqual([])
  expect(texts([slice("host", { a: [0, 0], b: [0, 0] })])).toEqual([])
  expect(texts([])).toEqual([])
})

test("shares that chance moves a little are no culprit", () => {
  expect(texts([slice("host", { a: [50, 85], b: [50, 65] })])).toEqual([])
})

test("errors that there were none of before are laid at the door of the one host that has them", () => {
  expect(texts([slice("host", { "web-1": [0, 0], "web-2": [0, 50], "web-3": [0, 0] })])).toEqual([
    "host web-2 explains all of the rise",
  ])
  expect(texts([slice("host", { "web-1": [0, 25], "web-2": [0, 26] })])).toEqual([])
})

test("where others moved the other way a culprit explains more than all", () => {
  const [found] = rankCulprits([slice("version", { old: [50, 10], new: [0, 100] })])
  expect(found).toMatchObject({ values: ["new"], explains: 100 / 60, text: "version new explains all of the rise" })
})

test("two dimensions at once are both named, the more surprising first", () => {
  const found = rankCulprits([
    slice("label.region", { eu: [50, 95], us: [50, 52] }),
    slice("version", { "8.0.1": [95, 97], "8.0.2": [5, 50] }),
  ])
  expect(found.map(({ dim }) => dim)).toEqual(["version", "label.region"])
})

test("equally surprising values are taken in a fixed order, whatever the order in which they came", () => {
  const parts = { a: [10, 60], b: [10, 60], c: [80, 80] } as Record<string, [number, number]>
  const turned = Object.fromEntries(Object.entries(parts).reverse())
  expect(texts([slice("host", parts)])).toEqual(["hosts a and b explain all of the rise"])
  expect(texts([slice("host", turned)])).toEqual(texts([slice("host", parts)]))
})

test("of a quotient the part whose own quotient rose is guilty, not the one that has the most calls", () => {
  const rate = quotient("version", {
    "8.0.1": [
      [10, 1_000],
      [10, 1_000],
    ],
    "8.0.2": [
      [1, 100],
      [40, 100],
    ],
  })
  const [found] = rankCulprits([rate])
  expect(found).toMatchObject({ values: ["8.0.2"], text: "version 8.0.2 explains all of the rise" })
})

test("calls that move from one region to another explain no rise of a quotient that they do not change", () => {
  const moved = quotient("label.region", {
    eu: [
      [10, 1_000],
      [20, 500],
    ],
    us: [
      [10, 1_000],
      [60, 1_500],
    ],
  })
  expect(texts([moved])).toEqual([])
})

const figure = fc.double({ min: 0, max: 1e6, noNaN: true })
const part: fc.Arbitrary<Part> = fc.record({
  value: fc.string(),
  actual: figure,
  forecast: figure,
})

test("whatever the figures: what is named is a strict part of the values, explains enough, and says so", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(part, { selector: ({ value }) => value, maxLength: 8 }),
      fc.boolean(),
      (parts, divided) => {
        const given = divided
          ? parts.map((one, i) => ({ ...one, of: { actual: i + 1, forecast: parts.length - i } }))
          : parts
        for (const { values, explains, surprise, text } of rankCulprits([{ dim: "version", parts: given }])) {
          expect(values.length).toBeLessThan(parts.length)
          expect(explains).toBeGreaterThanOrEqual(0.67)
          expect(surprise).toBeGreaterThanOrEqual(0.003)
          expect(surprise).toBeLessThanOrEqual(1)
          expect(text).toMatch(/explains? (all|\d+ %) of the (rise|fall)/)
        }
      },
    ),
  )
})
