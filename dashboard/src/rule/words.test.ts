import { expect, test } from "vitest"
import { ruleFromForm } from "./fromform.ts"
import { describeRule, EMPTY_RULE, formatFilters, parseFilters } from "./words.ts"

function form(fields: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  return data
}

const FIELDS = {
  name: "Slow",
  severity: "warning",
  detection: "threshold",
  metric: "http.server.duration",
  stat: "p99",
  filters: "service = shop",
  split: "service, version",
  windowSec: "60",
  forSec: "120",
  keepFiringSec: "60",
  op: ">",
  value: "500",
  clear: "",
}

test("a rule reads as a sentence", () => {
  expect(describeRule(ruleFromForm(form(FIELDS)), "ms")).toBe(
    "P99 of http.server.duration of each service and version where service = shop is above 500 ms for 2 min",
  )
  const silent = { ...EMPTY_RULE, detection: "absence" as const, absenceSec: 30 }
  expect(describeRule(silent)).toBe("Everything of each service and subsystem is silent for 30 s")
})

test("filters survive being typed", () => {
  const text = "service = shop, version != 8.0.1 | 8.0.2, label.route = /pay"
  expect(formatFilters(parseFilters(text))).toBe(text)
  expect(() => parseFilters("colour = red")).toThrow("cannot read the filter “colour = red”")
})

test("a form's faults are told in words", () => {
  expect(() => ruleFromForm(form({ ...FIELDS, value: "many" }))).toThrow(
    "cannot read the threshold: “many” is no number",
  )
  expect(() => ruleFromForm(form({ ...FIELDS, forSec: "-1" }))).toThrow("whole seconds")
  expect(ruleFromForm(form({ ...FIELDS, clear: "400" })).threshold).toEqual({ op: ">", value: 500, clear: 400 })
})
