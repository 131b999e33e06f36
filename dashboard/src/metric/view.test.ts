import { expect, test } from "vitest"
import { changesOf, parseView, statsFor, toggleStat, type View } from "./view.ts"

const read = (text: string): View => parseView(new URLSearchParams(text))

test("a view survives its address", () => {
  const view: View = {
    filters: [
      { dim: "service", op: "in", values: ["shop"] },
      { dim: "version", op: "notIn", values: ["8.0.1", "a,b"] },
      { dim: "label.route", op: "in", values: [""] },
    ],
    split: ["version", "label.route"],
    stats: ["p50", "p99"],
    compare: ["7d"],
    stepSec: 60,
    top: 20,
    table: true,
  }
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(changesOf(read(""), view))) if (value !== null) params.set(name, value)
  expect(read(params.toString())).toEqual(view)
})

test("what makes no sense is left out", () => {
  expect(read("split=colour,version&compare=2d&step=-1&top=7&range=15m")).toEqual({ ...read(""), split: ["version"] })
})

test("a filter that is taken away leaves the address", () => {
  const before = read("service=a&host=b")
  expect(changesOf(before, { ...before, filters: before.filters.slice(0, 1) })).toMatchObject({
    service: "a",
    host: null,
  })
})

test("a kind's usual stats stand in for those it does not have", () => {
  expect(statsFor("timer", [])).toEqual(["p50", "p90", "p99"])
  expect(statsFor("counter", ["p99"])).toEqual(["rate"])
  expect(statsFor("timer", ["p99", "p50"])).toEqual(["p50", "p99"])
})

test("stats on different axes do not meet in one chart, and one always stays", () => {
  expect(toggleStat(["p50"], "p99")).toEqual(["p50", "p99"])
  expect(toggleStat(["p50", "p99"], "calls")).toEqual(["calls"])
  expect(toggleStat(["p50"], "p50")).toEqual(["p50"])
})
