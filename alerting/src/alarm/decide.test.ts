import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decide, type Memory, type Verdict } from "./decide.ts"

const timing = { forSec: 60, keepFiringSec: 30, flaps: 0 }
const at = (sec: number) => sec * 1000

interface Run {
  states: string[]
  memory: Memory | null
}

/** One look each 10 s, as the book would apply the decisions. */
function run(verdicts: readonly Verdict[], rule = timing): Run {
  let memory: Memory | null = null
  const states: string[] = []
  verdicts.forEach((verdict, i) => {
    const decision = decide(memory, verdict, at(i * 10), rule)
    if (decision.act === "open") memory = { state: decision.state, startedAt: at(i * 10), goodSince: null }
    else if (memory && decision.act === "fire") memory = { ...memory, state: decision.state }
    else if (memory && decision.act === "keep") memory = { ...memory, goodSince: decision.goodSince }
    else if (decision.act === "drop" || decision.act === "resolve") memory = null
    states.push(memory?.state ?? "none")
  })
  return { states, memory }
}

describe("an alarm", () => {
  test("is pending until it was bad for long enough, then fires", () => {
    const { states } = run(Array(8).fill("bad"))
    expect(states).toEqual([...Array(6).fill("pending"), "firing", "firing"])
  })
  test("that is good again before it fires is dropped", () => {
    expect(run(["bad", "bad", "good", "bad"]).states).toEqual(["pending", "pending", "none", "pending"])
  })
  test("fires at once without a waiting time", () => {
    expect(run(["bad"], { forSec: 0, keepFiringSec: 0, flaps: 0 }).states).toEqual(["firing"])
  })
  test("resolves when it was good for long enough, counted anew after each relapse", () => {
    const verdicts: Verdict[] = [
      "bad",
      "good",
      "good",
      "between",
      "good",
      "good",
      "bad",
      "good",
      "good",
      "good",
      "good",
    ]
    const { states } = run(verdicts, { forSec: 0, keepFiringSec: 30, flaps: 0 })
    expect(states).toEqual([...Array(10).fill("firing"), "none"])
  })
  test("that is acknowledged resolves like any other", () => {
    const memory: Memory = { state: "acknowledged", startedAt: 0, goodSince: at(70) }
    expect(decide(memory, "good", at(100), timing).act).toBe("resolve")
    expect(decide(memory, "bad", at(100), timing)).toEqual({ act: "keep", goodSince: null, why: "still bad" })
  })
})

test("whatever is seen: it fires only after being bad for the whole waiting time, and ends only after being good for its whole time", () => {
  const verdict = fc.constantFrom<Verdict>("bad", "between", "good")
  fc.assert(
    fc.property(fc.array(verdict, { maxLength: 80 }), (verdicts) => {
      const { states } = run(verdicts)
      states.forEach((state, i) => {
        if (state === "firing" && states[i - 1] !== "firing")
          expect(verdicts.slice(i - 6, i + 1)).toEqual(Array(7).fill("bad"))
        if (state !== "firing" && states[i - 1] === "firing")
          expect(verdicts.slice(i - 3, i + 1)).toEqual(Array(4).fill("good"))
      })
    }),
  )
})

describe("what fires again and again", () => {
  const flapping = { ...timing, forSec: 0, flaps: 3 }
  test("flaps from the fourth time on, also after it was pending", () => {
    expect(decide(null, "bad", 0, { ...flapping, flaps: 2 })).toMatchObject({ act: "open", state: "firing" })
    expect(decide(null, "bad", 0, flapping)).toMatchObject({ act: "open", state: "flapping" })
    const pending: Memory = { state: "pending", startedAt: 0, goodSince: null }
    expect(decide(pending, "bad", at(60), { ...flapping, forSec: 60 })).toMatchObject({
      act: "fire",
      state: "flapping",
    })
  })
  test("is over only after a quarter of an hour of calm", () => {
    const memory: Memory = { state: "flapping", startedAt: 0, goodSince: at(0) }
    expect(decide(memory, "good", at(899), flapping).act).toBe("keep")
    expect(decide(memory, "good", at(900), flapping).act).toBe("resolve")
    expect(decide(memory, "bad", at(900), flapping)).toMatchObject({ act: "keep", goodSince: null })
  })
})

test("a clock that is set back does not keep an alarm open until it comes round again", () => {
  const timing = { forSec: 0, keepFiringSec: 60, flaps: 0 }
  const memory = { state: "firing", startedAt: 3_600_000, goodSince: 3_600_000 } as const
  const kept = decide(memory, "good", 0, timing)
  expect(kept).toMatchObject({ act: "keep", goodSince: 0 })
  expect(decide({ ...memory, goodSince: 0 }, "good", 60_000, timing)).toMatchObject({ act: "resolve" })
})
