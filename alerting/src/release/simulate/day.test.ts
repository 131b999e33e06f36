import { expect, test } from "vitest"
import { simulateDay } from "./day.ts"

/** Some seconds of work on a free processor. */
const LONG = 60_000

test(
  "in a simulated day bad releases are rolled back at 5 % of users at most, and good ones go through",
  () => {
    const day = simulateDay({
      seed: 1,
      releases: 8,
      faults: ["latency", "none", "errors", "none", "leak", "none", "crash"],
    })
    for (const one of day) {
      if (one.fault === "none") expect(one, one.why).toMatchObject({ state: "done" })
      else {
        expect(one, one.why).toMatchObject({ state: "rolled_back" })
        expect(one.exposure).toBeLessThanOrEqual(0.05)
      }
    }
  },
  LONG,
)

test(
  "the same seed is the same day",
  () => {
    const day = () => simulateDay({ seed: 5, releases: 2, faults: ["errors"] })
    expect(day()).toEqual(day())
  },
  LONG,
)
