import { expect, test } from "vitest"
import { formatAgo, formatDay, formatInstant, formatMinute, formatSpan, formatTick, ticksOf } from "./clock.ts"

const AT = Date.UTC(2026, 2, 4, 5, 6, 7)

test("an instant in UTC says so", () => {
  expect(formatInstant(AT, "utc")).toBe("4 Mar 2026 05:06:07 UTC")
})

test("marks show what tells neighbours apart", () => {
  expect(formatTick(AT, 60_000, "utc")).toBe("05:06:07")
  expect(formatTick(AT, 3_600_000, "utc")).toBe("05:06")
  expect(formatTick(AT, 30 * 86_400_000, "utc")).toBe("4 Mar")
})

test("a length of time has one unit, rounded down", () => {
  expect([0, 119_000, 120_000, 7_199_000, 7_200_000, 172_800_000].map(formatSpan)).toEqual([
    "0 s",
    "119 s",
    "2 min",
    "119 min",
    "2 h",
    "2 d",
  ])
  expect(formatAgo(AT - 1_000, AT)).toBe("now")
  expect(formatAgo(AT - 5_000, AT)).toBe("5 s ago")
})

test("marks lie at round instants of the zone, and not too many", () => {
  const ticks = ticksOf(AT, AT + 900_000, 5, "utc")
  expect(ticks.length).toBeLessThanOrEqual(6)
  for (const at of ticks) expect(at % 300_000).toBe(0)
})

test("a day has the name that people at that moment have for it", () => {
  const days = [0, 1, 2, 400].map((ago) => formatDay(AT - ago * 86_400_000, AT, "utc"))
  expect(days).toEqual(["Today", "Yesterday", "Monday 2 Mar", "Tuesday 28 Jan 2025"])
  expect(formatMinute(AT, "utc")).toBe("05:06")
})
