import { expect, it } from "vitest"
import { toBusy } from "./curve.ts"
import { createDay, FIRST_HOUR, LAST_HOUR, toClock } from "./day.ts"

it("hours go by as fast as the day is short, from six to six, and no further", () => {
  let at = 0
  const day = createDay(240, new AbortController().signal, () => at)
  expect(day.hour()).toBe(FIRST_HOUR)
  at = 10_000
  expect(day.hour()).toBe(FIRST_HOUR + 1)
  at = 1e9
  expect(day.hour()).toBe(LAST_HOUR)
})

it("whoever waits is told when the day ends before", async () => {
  const ending = new AbortController()
  const day = createDay(86_400, ending.signal, () => performance.now())
  const waits = [day.until(20), day.pause(60_000)]
  ending.abort()
  expect(await Promise.all(waits)).toEqual([false, false])
  expect(await day.pause(0)).toBe(false)
  expect(createDay(60, ending.signal, () => 0).signal.aborted).toBe(true)
})

it("a day ends by itself", async () => {
  const day = createDay(0.05, new AbortController().signal, () => performance.now())
  expect(await day.pause(60_000)).toBe(false)
})

it("the curve has its least at night and its most in the evening, and goes on over midnight", () => {
  expect(toBusy(4)).toBeLessThan(0.1)
  expect(toBusy(20.5)).toBe(1)
  expect(toBusy(28)).toBe(toBusy(4))
  expect(toBusy(23.5)).toBeCloseTo((toBusy(23) + toBusy(24)) / 2)
})

it("hours are written as a clock shows them", () => {
  expect([6, 9.5, 24, 29.99].map(toClock)).toEqual(["06:00", "09:30", "00:00", "05:59"])
})
