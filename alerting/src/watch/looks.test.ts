import type { Rule } from "@ossagent/wire"
import { expect, test } from "vitest"
import { BUILT_IN } from "../rule/builtin.ts"
import { ruleSchema } from "../rule/schema.ts"
import { toBatch, toDueRules, toQuestions } from "./looks.ts"
import { toWaitMs } from "./loop.ts"
import { toPlace } from "./place.ts"

const rules: Rule[] = Object.values(BUILT_IN)
  .filter(({ detection }) => detection === "threshold")
  .map((rule, i) => ({ ...rule, id: String(i + 1), builtIn: true, updatedAt: 0, updatedBy: "" }))

test("built-in rules are valid and share a few questions", () => {
  for (const rule of Object.values(BUILT_IN)) expect(ruleSchema.safeParse(rule).error?.issues).toBeUndefined()
  const questions = [...toQuestions(rules, 1_000).values()]
  expect(questions.length).toBeLessThan(rules.length)
  expect(questions[0]?.metrics).toEqual(["host.disk.used", "host.memory.used", "process.cpu", "eventloop.utilization"])
})

test("an answer becomes a condition for each group, in words", () => {
  const [key] = toQuestions(rules, 1_000).keys()
  const group = { service: "shop", subsystem: "checkout", host: "web-1" }
  const batch = toBatch(
    rules,
    new Map([
      [
        key ?? "",
        {
          from: 0,
          to: 1_000,
          metric: ["host.disk.used", "host.disk.used", "process.cpu"],
          kind: ["gauge", "gauge", "gauge"],
          unit: ["1", "1", "1"],
          group: [group, { ...group, host: "web-2" }, group],
          values: { avg: [0.95, null, 0.1] },
          lastAt: [0, 0, 0],
        },
      ],
    ]),
    5_000,
  )
  expect(batch.conditions.map(({ verdict }) => verdict)).toEqual(["bad", "good"])
  expect(batch.conditions[0]?.title).toBe("shop/checkout on web-1: host.disk.used avg is 95 %, over 90 %")
  expect(batch.ruleIds).toHaveLength(4)
})

test("a rule that cannot work is refused with the place of the fault", () => {
  const faults = (change: object) =>
    ruleSchema.safeParse({ ...BUILT_IN.disk, ...change }).error?.issues.map(({ path }) => path.join("."))
  expect(faults({ threshold: undefined })).toEqual(["threshold"])
  expect(faults({ threshold: { op: ">", value: 1, clear: 2 } })).toEqual(["threshold.clear"])
  expect(faults({ split: ["planet"] })).toEqual(["split.0"])
  expect(faults({ detection: "absence" })).toEqual(["absenceSec"])
  expect(faults({ runbookUrl: "javascript:alert(1)" })).toEqual(["runbookUrl"])
  expect(faults({ nmae: "x" })).toEqual([""])
})

test("a rule of long windows is looked at less often, and a clock that is set back holds up nobody", () => {
  const [first] = rules
  if (!first) throw new Error("no rule")
  const lastAt = new Map<string, number>()
  const slow = { ...first, id: "slow", windowSec: 3_600 }
  const due = (now: number) => toDueRules([slow, { ...first, windowSec: 30 }], lastAt, now).map(({ id }) => id)
  expect([0, 5_000, 59_000, 60_000].map(due)).toEqual([["slow", "1"], ["1"], ["1"], ["slow", "1"]])
  expect(due(1_000)).toEqual(["slow", "1"])
})

test("turns come at whole multiples of their period", () => {
  expect(toWaitMs(12_345, 5_000, 0)).toBe(2_655)
  expect(toWaitMs(15_000, 5_000, 0)).toBe(5_000)
  expect(toWaitMs(1_000, 60_000, 4_000)).toBe(3_000)
})

test("a place is told shortly", () => {
  expect(toPlace({ service: "shop", subsystem: "", version: "2.1", "label.route": "/pay" })).toBe("shop 2.1 route=/pay")
  expect(toPlace({})).toBe("everything")
})
