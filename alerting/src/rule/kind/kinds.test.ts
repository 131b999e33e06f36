import type { MetricPart, Rule } from "@ossagent/wire"
import { describe, expect, test } from "vitest"
import { BUILT_IN } from "../builtin.ts"
import { ruleSchema } from "../schema.ts"
import type { Row } from "./kind.ts"
import { judgeRule, toParts } from "./kinds.ts"

const base = { ...BUILT_IN.httpLatency, id: "1", builtIn: false, updatedAt: 0, updatedBy: "" }
const rule = (more: Partial<Rule>): Rule => ({ ...base, metric: "errors", stat: "sum", threshold: undefined, ...more })
const row = (values: (number | null)[], group = { service: "shop" } as Row["group"]): Row => ({
  group,
  unit: "",
  values,
})
const of: MetricPart = { metric: "calls", stat: "sum", filters: [] }
const look = (one: Rule, ...rows: Row[]) => {
  const { id: _, builtIn: __, updatedAt: ___, updatedBy: ____, ...body } = one
  expect(ruleSchema.safeParse(JSON.parse(JSON.stringify(body))).error?.issues).toBeUndefined()
  return judgeRule(one, rows)
}

describe("change", () => {
  const half = rule({ detection: "change", change: { against: "7d", op: ">", by: 0.5, clear: 0.2 } })
  test("compares with the same window a week ago", () => {
    expect(toParts(half).map(({ agoSec }) => agoSec)).toEqual([0, 604_800])
    const [bad, between, good] = look(half, row([16, 10]), row([13, 10]), row([12, 10]))
    expect(bad).toMatchObject({ verdict: "bad", expected: 10, upper: 15 })
    expect(bad?.title).toBe("errors sum is 16, 60 % more than a week ago (10)")
    expect([between?.verdict, good?.verdict]).toEqual(["between", "good"])
  })
  test("says nothing where there was nothing", () => {
    expect(look(half, row([16, null]), row([16, 0]), row([null, 10]))).toEqual([])
  })
  test("falls too", () => {
    const fall = rule({ detection: "change", change: { against: "1d", op: "<", by: -0.3 } })
    expect(look(fall, row([6, 10]), row([8, 10])).map(({ verdict }) => verdict)).toEqual(["bad", "good"])
  })
})

describe("ratio", () => {
  const share = rule({ detection: "ratio", of, threshold: { op: ">", value: 0.05 } })
  test("divides, counts nothing above as 0 and says nothing without anything below", () => {
    const judged = look(share, row([10, 100]), row([null, 100]), row([10, 0]), row([10, null]))
    expect(judged.map(({ verdict, value }) => [verdict, value])).toEqual([
      ["bad", 0.1],
      ["good", 0],
    ])
    expect(judged[0]?.title).toBe("errors / calls is 10 %, over 5 %")
  })
  test("needs its least volume, of what it divides by", () => {
    const sure = { ...share, minVolume: 50 }
    expect(look(sure, row([10, 100, null, 100]), row([10, 20, 20, null]))).toHaveLength(1)
    expect(toParts(sure).slice(2)).toEqual([
      expect.objectContaining({ metric: "calls", stat: "count" }),
      expect.objectContaining({ metric: "calls", stat: "sum" }),
    ])
  })
})

describe("burn", () => {
  const budget = rule({
    detection: "burn",
    of,
    burn: {
      objective: 0.999,
      windows: [
        { longSec: 3_600, shortSec: 300, factor: 14.4 },
        { longSec: 21_600, shortSec: 1_800, factor: 6 },
      ],
    },
  })
  test("fires when both windows of a pair burn too fast, and is over when the short one does not", () => {
    const calm = [0, 1_000, 0, 1_000]
    const [fast, over, slow] = look(
      budget,
      row([15, 1_000, 15, 1_000, ...calm]),
      row([15, 1_000, 1, 1_000, ...calm]),
      row([...calm, 7, 1_000, 7, 1_000]),
    )
    expect([fast?.verdict, over?.verdict, slow?.verdict]).toEqual(["bad", "good", "bad"])
    expect(fast?.why).toBe(
      "errors of calls uses up the budget of 99.9 % 15 times as fast as promised over 60 min, 15 times of late; 14 times are too many",
    )
  })
})

describe("versions", () => {
  const newer = rule({
    detection: "versions",
    stat: "avg",
    split: ["service", "version"],
    versions: { op: ">", factor: 2 },
  })
  const at = (version: string, value: number | null) => row([value], { service: "shop", version })
  test("compares the newest with the one before it, by number and not by letter", () => {
    const [judged, ...rest] = look(newer, at("8.0.10", 30), at("8.0.9", 10), at("8.0.1", 100))
    expect(rest).toEqual([])
    expect(judged).toMatchObject({ verdict: "bad", group: { version: "8.0.10" }, expected: 10, upper: 20 })
    expect(judged?.title).toContain("3 times that of 8.0.9")
  })
  test("says nothing of one version alone", () => {
    expect(look(newer, at("8.0.10", 30), at("8.0.9", null))).toEqual([])
  })
})
