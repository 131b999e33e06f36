import type { Rule } from "@ossagent/wire"
import { describe, expect, test } from "vitest"
import { readRuleFile, toChanges } from "./file.ts"

const GOOD = `rules:
  - name: Checkout errors
    detection: ratio
    severity: critical
    metric: checkout.errors
    stat: sum
    of: { metric: checkout.calls, stat: sum, filters: [] }
    threshold: { op: ">", value: 0.05 }
    owner: payments
  - name: Slow
    detection: threshold
    metric: http.server.duration
    stat: p99
    threshold:
      op: ">"
      value: 500
`

describe("a file of rules", () => {
  test("need say only what is not as usual", () => {
    const { rules, faults } = readRuleFile(GOOD)
    expect(faults).toEqual([])
    expect(rules.map(({ line, rule }) => [line, rule.name])).toEqual([
      [2, "Checkout errors"],
      [10, "Slow"],
    ])
    expect(rules[1]?.rule).toMatchObject({ enabled: true, severity: "warning", keepFiringSec: 60 })
  })
  test("with faults says the line of each", () => {
    const bad = GOOD.replace("value: 500", "value: fast").replace("owner:", "ownr:").replace("Slow", "Checkout errors")
    expect(readRuleFile(bad).faults.map(({ line, message }) => `${line} ${message}`)).toEqual([
      expect.stringMatching(/^2 Unrecognized key: "ownr"/),
      expect.stringMatching(/^16 threshold.value: Invalid input/),
    ])
    expect(readRuleFile("rules:\n  - name: [").faults[0]).toMatchObject({ line: 2 })
    expect(readRuleFile("rule: []").faults[0]?.message).toBe("must have a list named rules")
    const twice = GOOD.replace("name: Slow", "name: Checkout errors")
    expect(readRuleFile(twice).faults).toEqual([
      { line: 10, column: 1, message: "name: Checkout errors is a rule of line 2 too" },
    ])
  })
})

test("changes make what is there what the files say, and remove only what a file made", () => {
  const wanted = readRuleFile(GOOD).rules.map(({ rule }) => rule)
  const [errors, slow] = wanted
  if (!errors || !slow) throw new Error("no rules")
  const there = (rule: object, more: Partial<Rule>): Rule =>
    ({ ...rule, id: "1", builtIn: false, updatedAt: 0, updatedBy: "rule files", ...more }) as Rule
  const known = [
    there(errors, { id: "1" }),
    there({ ...slow, threshold: { value: 400, op: ">" } }, { id: "2" }),
    there({ ...slow, name: "Old" }, { id: "3" }),
    there({ ...slow, name: "By hand" }, { id: "4", updatedBy: "ann@example.com" }),
  ]
  expect(toChanges(wanted, known, "rule files")).toEqual([
    { act: "change", id: "2", rule: slow, fields: ["threshold"] },
    { act: "remove", id: "3", name: "Old" },
  ])
  expect(toChanges(wanted, [], "rule files").map(({ act }) => act)).toEqual(["create", "create"])
})
