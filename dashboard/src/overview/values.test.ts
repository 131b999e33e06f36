import type { RangeAnswer, Stat, Values } from "@ossagent/wire"
import { expect, test } from "vitest"
import type { Figure } from "../place/figures.ts"
import { figureValues } from "./values.ts"

const place = { service: "shop", subsystem: "main" }
const filter = { dim: "label.status" as const, op: "in" as const, values: ["500"] }
const calls: Figure = { label: "Requests", metric: "http", stat: "calls", unit: "ms" }

const answer = (stat: Stat, values: Values): RangeAnswer => ({
  metric: "http",
  kind: "timer",
  unit: "ms",
  stepSec: 10,
  t: values.map((_, i) => i * 10_000),
  series: [{ group: { subsystem: "main", service: "shop" }, values: { [stat]: values } }],
  leftOff: 0,
  tierSec: 1,
})

test("requests a second come from the count; none between two is zero", () => {
  const all = answer("count", [20, null, 40])
  expect(figureValues(calls, place, { all, failed: null })).toEqual([2, 0, 4])
})

test("the error ratio is failed over all, unknown where nobody asked", () => {
  const all = answer("count", [20, null, 40])
  const failed = answer("count", [5, null, null])
  expect(figureValues({ ...calls, filter }, place, { all, failed })).toEqual([0.25, null, 0])
  expect(figureValues({ ...calls, filter }, place, { all, failed: null })).toBeNull()
})

test("nothing has come yet, and another subsystem's values are not mine", () => {
  expect(figureValues(calls, place, { all: null, failed: null })).toBeNull()
  const all = answer("count", [20])
  expect(figureValues(calls, { service: "shop", subsystem: "other" }, { all, failed: null })).toEqual([null])
})
