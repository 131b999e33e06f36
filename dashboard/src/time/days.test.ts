import { expect, test } from "vitest"
import { describeDays, describeLocal, describeMinutes, localNow } from "./days.ts"

test("days read as a run or one by one", () => {
  expect([[], [1, 2, 3, 4, 5, 6, 7]].map(describeDays)).toEqual(["every day", "every day"])
  expect(
    [
      [1, 2, 3, 4, 5],
      [6, 7],
      [1, 3],
    ].map(describeDays),
  ).toEqual(["Mon–Fri", "Sat, Sun", "Mon, Wed"])
})

test("lengths are exact", () => {
  expect([0, 45, 90, 120, 2_880].map(describeMinutes)).toEqual(["0 min", "45 min", "90 min", "2 h", "2 d"])
})

test("local times stay what they are in their zone", () => {
  expect(describeLocal("2026-11-02T09:00")).toBe("2 Nov 2026 09:00")
  expect(localNow("Asia/Shanghai", Date.UTC(2026, 10, 2, 20, 30))).toBe("2026-11-03T04:00")
})
