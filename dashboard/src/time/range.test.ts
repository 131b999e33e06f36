import { describe, expect, test } from "vitest"
import { formatRange, parseRange, shift, toWindow, tryRange, zoomOut } from "./range.ts"
import { chooseStep, MOST_POINTS, stepsFor } from "./step.ts"

const NOW = 1_800_000_000_000
const DAY_MS = 86_400_000

describe("a range in the address", () => {
  test("the last so long keeps its shortest form", () => {
    for (const text of ["45s", "15m", "90m", "3h", "7d"]) expect(formatRange(parseRange(text))).toBe(text)
    expect(formatRange(parseRange("3600s"))).toBe("1h")
  })

  test("two instants are kept to the millisecond, ISO is understood", () => {
    expect(formatRange(parseRange("1700000000000..1700000900000"))).toBe("1700000000000..1700000900000")
    expect(tryRange("2026-01-01T00:00:00Z..2026-01-01T01:00:00Z")).toEqual({
      kind: "between",
      from: Date.UTC(2026, 0, 1),
      to: Date.UTC(2026, 0, 1, 1),
    })
  })

  test("what makes no sense is no range", () => {
    for (const text of ["", "m", "0m", "5x", "9s", "9999d", "2..1", "1700000000000..", "..", "a..b", null])
      expect(tryRange(text)).toBeNull()
  })

  test("a range that ends now stays live when zoomed out, and leaves now when shifted back", () => {
    expect(zoomOut({ kind: "last", sec: 900 })).toEqual({ kind: "last", sec: 1_800 })
    const back = shift({ kind: "last", sec: 900 }, -1, NOW)
    expect(back).toEqual({ kind: "between", from: NOW - 1_350_000, to: NOW - 450_000 })
    expect(shift(back, 1, NOW)).toEqual({ kind: "last", sec: 900 })
  })
})

describe("the step", () => {
  test("never makes a line of more than the most points", () => {
    for (const sec of [10, 300, 900, 3_600, 86_400, 7 * 86_400, 400 * 86_400]) {
      const window = toWindow({ kind: "last", sec }, NOW)
      const step = chooseStep(window, NOW)
      expect(sec / step).toBeLessThanOrEqual(MOST_POINTS)
      for (const one of stepsFor(window, NOW)) expect(sec / one).toBeLessThanOrEqual(MOST_POINTS)
    }
  })

  test("is not finer than what is kept for so long ago", () => {
    const old = { from: NOW - 3 * DAY_MS, to: NOW - 3 * DAY_MS + 60_000, live: false }
    expect(chooseStep(old, NOW)).toBe(60)
    expect(chooseStep({ from: NOW - 50 * DAY_MS, to: NOW - 50 * DAY_MS + 60_000, live: false }, NOW)).toBe(3_600)
    expect(chooseStep({ from: NOW - 300_000, to: NOW, live: true }, NOW)).toBe(1)
  })
})
