import { describe, expect, it } from "vitest"
import { createRandom } from "../random.ts"
import { toSchedule, toText } from "./schedule.ts"

const TARGETS = { processes: ["access", "mailbox", "seq"], ways: ["clients"] }

describe("the schedule of a storm", () => {
  it("is the same for the same seed, and another one for another seed", () => {
    const of = (seed: string): string[] => toSchedule(createRandom(seed), TARGETS, 60_000).map(toText)
    expect(of("7")).toEqual(of("7"))
    expect(of("7")).not.toEqual(of("8"))
  })

  it("strikes everything before it strikes anything again, and ends in time", () => {
    const planned = toSchedule(createRandom("7"), TARGETS, 120_000)
    const cards = 2 * TARGETS.processes.length + 3 + 2
    const first = planned.slice(0, cards).map(({ blow }) => Object.values(blow).slice(0, 2).join(" "))
    expect(new Set(first).size).toBe(cards)
    expect(planned.length).toBeGreaterThan(2 * cards)
    expect(planned.every(({ at }) => at >= 2_000 && at < 120_000)).toBe(true)
  })
})
