import type { Judgement, Release } from "@ossagent/wire"
import { expect, test } from "vitest"
import { decideBegin, decideStep } from "../decide.ts"
import type { Instance } from "../read.ts"
import type { Cell, HeapPoint, StepFigures } from "./figures.ts"
import { judgeStep } from "./judge.ts"

const MIB = 1_048_576
const place = { at: 1, step: 0, ratio: 0.05, elapsedSec: 600, stepSec: 600, minSamples: 1_000 }

/** Sixteen groups a side and stratum; those of one stratum differ a little among each other. */
function cells({
  newMs = 1,
  faults = 0,
  calls = 100,
}: {
  newMs?: number
  faults?: number
  calls?: number
} = {}): Cell[] {
  return ["8.0.1 eu", "8.0.2 us"].flatMap((stratum, i) =>
    (["old", "new"] as const).flatMap((side) =>
      Array.from({ length: 16 }, (_, group): Cell => {
        const ms = (20 + 10 * i + ((group * 7) % 16) / 8 + (side === "new" ? 0.05 : 0)) * (side === "new" ? newMs : 1)
        return { stratum, side, calls: calls + group, faults: side === "new" ? faults : 0, meanMs: ms, p95Ms: 2 * ms }
      }),
    ),
  )
}
const heap = (growth = 0): HeapPoint[] =>
  Array.from({ length: 30 }, (_, i) => ({
    at: i * 20_000,
    old: 40 * MIB + (i % 3) * MIB,
    new: 40 * MIB + ((i + 1) % 3) * MIB + i * growth,
  }))
const figures = (more: Partial<StepFigures> = {}): StepFigures => ({
  cells: cells(),
  heap: heap(),
  crashes: [],
  ...more,
})
const metricOf = (judgement: Judgement, name: string) => judgement.metrics.find(({ metric }) => metric === name)

test("nothing is worse: it goes on when the step is over, and not before", () => {
  expect(judgeStep(figures(), place)).toMatchObject({ verdict: "go_on", why: "no metric is worse" })
  expect(judgeStep(figures(), { ...place, elapsedSec: 100 })).toMatchObject({
    verdict: "wait",
    why: "the step lasts 500 s more",
  })
})

test("with too few calls it waits, however long it lasts", () => {
  const few = judgeStep(figures({ cells: cells({ calls: 10 }) }), { ...place, elapsedSec: 9_999 })
  expect(few).toMatchObject({ verdict: "wait", why: "560 of 1000 calls on the smaller side" })
})

test("a slower version is rolled back before the step is over when that is certain", () => {
  const judgement = judgeStep(figures({ cells: cells({ newMs: 1.3 }) }), { ...place, elapsedSec: 100 })
  expect(judgement.verdict).toBe("roll_back")
  expect(judgement.why).toMatch(/^latency \+30 % \(q < 0.0001\)/)
  expect(metricOf(judgement, "latency")).toMatchObject({ verdict: "worse", n: 64 })
})

test("a quicker version goes on; a difference that is certain and small does too", () => {
  const quicker = judgeStep(figures({ cells: cells({ newMs: 0.8 }) }), place)
  expect([quicker.verdict, metricOf(quicker, "latency")?.verdict]).toEqual(["go_on", "better"])
  const small = judgeStep(figures({ cells: cells({ newMs: 1.04 }) }), place)
  expect(small.verdict).toBe("go_on")
})

test("errors in half a percent of calls are worse where there were none", () => {
  const judgement = judgeStep(figures({ cells: cells({ faults: 1 }) }), place)
  expect(judgement.verdict).toBe("roll_back")
  expect(judgement.why).toMatch(/^errors in 0.93 % of calls, 0 % on the old version/)
})

test("a doubt holds it; the same doubt while it is held changes nothing", () => {
  // Five of sixteen groups of one stratum and four of the other failed once: perhaps chance.
  const doubtful = cells().map((cell, i) =>
    cell.side === "new" && i % 16 < 5 && cell.stratum.endsWith("eu") ? { ...cell, faults: 1 } : cell,
  )
  const both = doubtful.map((cell, i) =>
    cell.side === "new" && i % 16 < 4 && cell.stratum.endsWith("us") ? { ...cell, faults: 1 } : cell,
  )
  const judgement = judgeStep(figures({ cells: both }), place)
  expect(judgement.verdict).toBe("hold")
  const release = { experiment: false, steps: [0.05, 1], step: 0, state: "running" } as unknown as Release
  expect(decideStep(release, judgement).act).toBe("hold")
  expect(decideStep({ ...release, state: "held" }, judgement).act).toBe("stay")
})

test("memory that grows is worse, but not where the old one grows alike", () => {
  const leak = judgeStep(figures({ heap: heap(0.4 * MIB) }), place)
  expect(leak).toMatchObject({ verdict: "roll_back", why: expect.stringMatching(/^memory grows by 7\d MiB an hour/) })
  const both = heap(0.4 * MIB).map((point, i) => ({ ...point, old: (point.old as number) + i * 0.4 * MIB }))
  expect(judgeStep(figures({ heap: both }), place).verdict).toBe("go_on")
})

test("a crash decides alone, also without a figure; at 100 % nothing else is left to judge", () => {
  const none = { cells: [], heap: [] }
  expect(judgeStep({ ...none, crashes: ["it ran out of memory"] }, { ...place, elapsedSec: 1 })).toMatchObject({
    verdict: "roll_back",
    why: "a process put it out: it ran out of memory",
  })
  expect(judgeStep({ ...none, crashes: [] }, { ...place, ratio: 1 })).toMatchObject({ verdict: "go_on" })
  expect(judgeStep({ ...none, crashes: [] }, place)).toMatchObject({ verdict: "wait" })
})

test("it begins when every process has loaded it, and ends when none does within a minute", () => {
  const release = { id: "7", version: "2", startedAt: 0 } as Release
  const process = (state: "ready" | "loading" | "failed", of: string | null = null) =>
    ({ body: { versions: [{ version: "2", state, why: "no such file", release: of }] } }) as unknown as Instance
  expect(decideBegin(release, [process("ready"), process("loading")], 1_000).act).toBe("stay")
  expect(decideBegin(release, [process("ready"), process("ready")], 1_000).act).toBe("begin")
  expect(decideBegin(release, [], 61_000)).toMatchObject({
    act: "roll_back",
    why: "0 of 0 processes have loaded it within 60 s",
  })
  expect(decideBegin(release, [process("failed", "7")], 1_000)).toMatchObject({ act: "roll_back", why: "no such file" })
  expect(decideBegin(release, [process("failed", "6")], 1_000).act, "of an earlier release").toBe("stay")
})
