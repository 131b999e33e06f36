import type { Policy } from "@ossagent/wire"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Progress } from "../database/types.ts"
import { type Standing, toDue, toNextAfterAck } from "./decide.ts"

const MIN = 60_000
const step = (afterMin: number, id: string) => ({ afterMin, targets: [{ kind: "contact" as const, id }] })
const policy: Policy = {
  name: "On call",
  steps: [step(0, "1"), step(5, "2"), step(10, "3")],
  rounds: 1,
  repeatMin: 60,
  ackMin: 30,
  tellResolved: true,
}
const begin: Progress = { policyId: "9", step: 0, round: 0, nextAt: 0 }

/** Looks each minute; tells of each telling when, what and whom. */
function run(
  minutes: number,
  changes: Partial<Policy> = {},
  standing: Standing = { state: "firing", acknowledgedAt: null, tellings: 0 },
) {
  let progress = begin
  let tellings = standing.tellings
  const told: string[] = []
  for (let t = 0; t <= minutes; t++) {
    const due = toDue({ ...standing, tellings }, { ...policy, ...changes }, progress, t * MIN)
    progress = due.progress
    if (due.act !== "step" && due.act !== "repeat") continue
    tellings++
    told.push(`${t} ${due.kind} ${due.targets.map(({ id }) => id).join()}`)
  }
  return told
}

describe("a policy", () => {
  test("goes on to the next person each time nobody acknowledged, once more in all, then repeats to everybody", () => {
    expect(run(100)).toEqual([
      "0 firing 1",
      "5 escalated 2",
      "15 escalated 3",
      "25 escalated 1",
      "30 escalated 2",
      "40 escalated 3",
      "100 repeated 1,2,3",
    ])
  })
  test("with one step and no repeat tells once and for all", () => {
    expect(run(1_000, { steps: [step(0, "1")], rounds: 0, repeatMin: 0 })).toEqual(["0 firing 1"])
  })
})

describe("an acknowledged incident", () => {
  const acknowledged: Standing = { state: "acknowledged", acknowledgedAt: 0, tellings: 1 }
  test("is looked at again when it is to be repeated or its acknowledgement runs out, whichever comes first", () => {
    expect(toNextAfterAck(policy, 0)).toBe(30 * MIN)
    expect(toNextAfterAck({ ...policy, ackMin: 0 }, 0)).toBe(60 * MIN)
    expect(toNextAfterAck({ ...policy, ackMin: 0, repeatMin: 0 }, 0)).toBeNull()
  })
  test("is open again when the acknowledgement has run out, from the first step on", () => {
    const due = toDue(acknowledged, policy, { ...begin, step: 2, nextAt: 30 * MIN }, 30 * MIN)
    expect(due).toEqual({ act: "reopen", progress: { ...begin, nextAt: 30 * MIN } })
  })
  test("does not escalate before that", () => {
    expect(toDue(acknowledged, { ...policy, ackMin: 0 }, { ...begin, step: 1, nextAt: 60 * MIN }, 10 * MIN).act).toBe(
      "nothing",
    )
  })
})

test("whatever the policy: nobody is told twice at the same time, and it always ends or repeats", () => {
  const policies = fc.record({
    steps: fc.array(
      fc.nat(20).map((min) => step(min, "1")),
      { minLength: 1, maxLength: 4 },
    ),
    rounds: fc.nat(3),
    repeatMin: fc.constantFrom(0, 1, 30),
  })
  fc.assert(
    fc.property(policies, (changes) => {
      const times = run(500, changes).map((line) => Number(line.split(" ")[0]))
      expect(new Set(times).size).toBe(times.length)
      const last = changes.repeatMin > 0 ? 500 - changes.repeatMin : 0
      expect(times.at(-1)).toBeGreaterThanOrEqual(last)
    }),
  )
})
