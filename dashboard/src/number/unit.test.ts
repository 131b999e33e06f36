import { describe, expect, test } from "vitest"
import { axisTicks, extentOf } from "./axis.ts"
import { formatValue, unitName } from "./unit.ts"

describe("a value as people read it", () => {
  test.each([
    [12.34, "ms", "p99", "12.3 ms"],
    [0.0424, "ms", "avg", "42.4 µs"],
    [1_234, "ms", "p99", "1.23 s"],
    [90_000, "ms", "max", "1.5 min"],
    [999.7, "ms", "max", "1 s"],
    [0, "ms", "avg", "0 ms"],
    [7_200, "s", "avg", "2 h"],
    [1_536, "By", "avg", "1.5 KiB"],
    [1_536, "By", "rate", "1.5 KiB/s"],
    [0.3712, "1", "avg", "37.1 %"],
    [1, "1", "avg", "100 %"],
    [240, "{request}", "rate", "240 /s"],
    [9_999, "", "avg", "9999"],
    [12_345, "", "avg", "12.3 k"],
    [2_500_000, "", "sum", "2.5 M"],
    [0.000123, "", "avg", "0.00012"],
    [-42.5, "", "avg", "-42.5"],
    [3.2, "ms", "calls", "3.2 /s"],
    [17, "ms", "count", "17"],
  ] as const)("%d in %j as %s is %j", (value, unit, stat, text) => {
    expect(formatValue(value, unit, stat)).toBe(text)
  })

  test("nothing is a dash", () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
      expect(formatValue(value, "ms", "avg")).toBe("–")
  })

  test("the axis names what it counts", () => {
    expect(unitName("{batch}", "avg")).toBe("batches")
    expect(unitName("{query}", "rate")).toBe("queries per second")
    expect(unitName("{series}", "avg")).toBe("series")
    expect(unitName("By", "avg")).toBe("")
  })
})

describe("marks of an axis", () => {
  test("cover what is drawn at round values", () => {
    expect(axisTicks(0, 9, { unit: "", count: 3 })).toEqual([0, 5, 10])
    expect(axisTicks(0, 0.3, { unit: "1", count: 3 })).toEqual([0, 0.1, 0.2, 0.3])
    expect(axisTicks(0, 3 * 2 ** 20, { unit: "By", count: 3 })).toEqual([0, 2 ** 20, 2 * 2 ** 20, 3 * 2 ** 20])
    expect(axisTicks(0, 100_000, { unit: "ms", count: 3 })).toEqual([0, 60_000, 120_000])
  })

  test("a flat or empty line has an axis too", () => {
    for (const { min, max } of [
      extentOf([]),
      extentOf([[null]]),
      extentOf([[0, 0]]),
      extentOf([[5]]),
      extentOf([[-3, -3]]),
    ]) {
      const ticks = axisTicks(min, max, { unit: "", count: 3 })
      expect(ticks.length).toBeGreaterThan(1)
      expect(ticks.length).toBeLessThan(14)
    }
  })

  test("zero is on it unless all lies far from zero", () => {
    expect(extentOf([[1, 10]]).min).toBe(0)
    expect(extentOf([[100, 101]]).min).toBeGreaterThan(90)
    expect(extentOf([[-5, 3]])).toEqual({ min: -5.0, max: 3 })
  })
})
