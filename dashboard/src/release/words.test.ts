import { expect, test } from "vitest"
import { describeAudience, formatChance, formatFigure, formatShift, lookOfState, parsePercents } from "./words.ts"

test("steps are percents that rise", () => {
  expect(parsePercents("1, 5 20%,100")).toEqual([0.01, 0.05, 0.2, 1])
  expect(() => parsePercents("")).toThrow("Steps are percents")
  expect(() => parsePercents("5, x")).toThrow("Steps are percents")
  expect(() => parsePercents("0")).toThrow("Steps are percents")
  expect(() => parsePercents("5, 5")).toThrow("more than the one before")
})

test("figures have their unit, differences their sign", () => {
  expect(formatFigure(0.0034, "1")).toBe("0.34 %")
  expect(formatShift(0.005, "1")).toBe("+0.5 points")
  expect(formatShift(-4.1, "ms")).toBe("−4.1 ms")
  expect(formatFigure(60 * 1024 * 1024, "By/h")).toBe("60 MiB/h")
  expect(formatFigure(12_345, "{call}")).toBe("12,350")
  expect(formatFigure(null, "ms")).toBe("–")
  expect(formatChance(0.00001)).toBe("< 0.0001")
})

test("who may get it, in words", () => {
  expect(describeAudience({ versions: [], regions: [], users: [] })).toBe("")
  expect(describeAudience({ versions: ["8.0.2"], regions: ["eu"], users: ["ann"] })).toBe(
    "client versions 8.0.2; regions eu; 1 listed user in any case",
  )
})

test("an experiment ends, it is not aborted", () => {
  expect(lookOfState({ state: "aborted", experiment: true })[2]).toBe("ended")
  expect(lookOfState({ state: "aborted", experiment: false })[2]).toBe("aborted")
})
