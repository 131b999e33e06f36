import { expect, it } from "vitest"
import { HOUR } from "./event.ts"
import { simulate } from "./simulate.ts"

it("all thieves of five kinds are caught within a minute and under 2 MB each, and no person is touched", () => {
  const day = simulate({ seed: "a short day", people: 150, thieves: 20, drips: [], untilMs: 10 * HOUR })
  expect(
    day.thieves.map(({ way, afterMs, bytes }) => ({ way, inTime: afterMs <= 60_000, little: bytes < 2e6 })),
  ).toEqual(day.thieves.map(({ way }) => ({ way, inTime: true, little: true })))
  expect(day.touched).toEqual([])
})

it("the same seed gives the same day", () => {
  const plan = { seed: "again", people: 20, thieves: 5, drips: [], untilMs: 5 * HOUR }
  expect(simulate(plan)).toEqual(simulate(plan))
})
