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

test("each kind of rule is read from its fields and reads as a sentence", () => {
  const read = (fields: Record<string, string>) => ruleFromForm(form({ ...FIELDS, split: "", filters: "", ...fields }))
  const change = read({ detection: "change", against: "7d", op: "<", by: "-30", clear: "" })
  expect(change.change).toEqual({ against: "7d", op: "<", by: -0.3 })
  expect(describeRule(change)).toBe("P99 of http.server.duration changed by less than -30 % since a week ago for 2 min")
  const of = { ofMetric: "http.server.requests", ofStat: "sum", ofFilters: "" }
  const ratio = read({ detection: "ratio", stat: "sum", metric: "http.errors", value: "0.05", ...of })
  expect(ratio).toMatchObject({ of: { metric: "http.server.requests" }, threshold: { op: ">", value: 0.05 } })
  expect(describeRule(ratio)).toBe(
    "Sum of http.errors as a share of sum of http.server.requests is above 0.05 for 2 min",
  )
  const windows = { long0: "3600", short0: "300", factor0: "14.4" }
  const burn = read({ detection: "burn", stat: "sum", metric: "http.errors", objective: "99.9", ...of, ...windows })
  expect(burn.burn).toEqual({ objective: 0.999, windows: [{ longSec: 3_600, shortSec: 300, factor: 14.4 }] })
  expect(describeRule({ ...burn, forSec: 0 })).toContain("error budget of 99.9 % too fast: 14.4 times in 60 min")
  const versions = read({ detection: "versions", split: "service, version", factor: "2" })
  expect(versions.versions).toEqual({ op: ">", factor: 2 })
  expect(describeRule(versions)).toContain("more than 2 times as much in the newest version")
  expect(() => read({ detection: "burn", ...of, ...windows, objective: "99.9", short0: "3600" })).toThrow(
    "the short one must be shorter",
  )
  expect(() => read({ detection: "ratio", ...of, ofMetric: "" })).toThrow("cannot divide by no metric")
})

test("what may be left out is left out", () => {
  const rule = ruleFromForm(form({ ...FIELDS, owner: "payments", minVolume: "100", delaySec: "" }))
  expect(rule).toMatchObject({ owner: "payments", minVolume: 100 })
  expect(rule).not.toHaveProperty("delaySec")
  expect(rule).not.toHaveProperty("runbookUrl")
})
