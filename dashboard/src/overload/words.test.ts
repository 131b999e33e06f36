import { expect, it } from "vitest"
import { describeLevel, describePart, EVERYTHING } from "./words.ts"

it("a level is said in words", () => {
  expect(describeLevel(EVERYTHING)).toBe("everything")
  expect(describeLevel(20.4)).toBe("priorities below 20, and of 20 those of 40 % of the users")
  expect(describeLevel(60)).toBe("priorities below 60")
  expect(describeLevel(0.5)).toBe("of 0 those of 50 % of the users")
  expect(describeLevel(null)).toBe("–")
})

it("a part is never rounded to nothing", () => {
  expect([0, 0.0002, 0.004, 0.02, 0.123, 1].map(describePart)).toEqual([
    "0 %",
    "under 0.1 %",
    "0.4 %",
    "2 %",
    "12 %",
    "100 %",
  ])
})
