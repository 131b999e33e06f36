import type { RangeAnswer } from "@ossagent/wire"
import { expect, test } from "vitest"
import { summarize, toCsv, toLines, toRows, toStats } from "./lines.ts"
import { toPath } from "./sparkline.tsx"

const answer: RangeAnswer = {
  metric: "m",
  kind: "timer",
  unit: "ms",
  stepSec: 5,
  t: [0, 5_000],
  series: [
    { group: { version: "2" }, values: { count: [10, null] }, compare: { "1d": { count: [5, 5] } } },
    { group: { version: "" }, values: { count: [1, 1] } },
  ],
  leftOff: 0,
  tierSec: 1,
}

test("calls a second come from the count and the step", () => {
  expect(toStats(["calls"])).toEqual(["count"])
  const [total] = toLines(answer, ["calls"])
  expect(total?.values).toEqual([2, null])
})

test("between and after a counter's points nothing is zero, before them and at the very end it is unknown", () => {
  const values = [null, 2, null, 3, ...Array.from({ length: 8 }, () => null)]
  const one = {
    ...answer,
    stepSec: 1,
    t: values.map((_, i) => i * 1_000),
    series: [{ group: {}, values: { rate: values } }],
  }
  expect(toLines(one, ["rate"])[0]?.values).toEqual([null, 2, 0, 3, 0, 0, 0, null, null, null, null, null])
})

test("a line before has its group's colour and says so", () => {
  const lines = toLines(answer, ["calls"], ["1d", "7d"])
  expect(lines.map(({ label, ago, color }) => [label, ago, color])).toEqual([
    ["2", null, 0],
    ["2, a day before", "1d", 0],
    ["(none)", null, 1],
  ])
})

test("several stats of several groups have their group's colour, the last one in full", () => {
  const series = ["1", "2"].map((version) => ({ group: { version }, values: { p50: [1], p99: [3] } }))
  const lines = toLines({ ...answer, series }, ["p50", "p99"])
  expect(lines.map(({ label, color, shade }) => [label, color, shade])).toEqual([
    ["1 p50", 0, 1],
    ["1 p99", 0, 0],
    ["2 p50", 1, 1],
    ["2 p99", 1, 0],
  ])
})

test("several stats of one group are told apart by colour and name", () => {
  const one = { ...answer, series: [{ group: {}, values: { p50: [1, 2], p99: [3, 4] } }] }
  expect(toLines(one, ["p50", "p99"]).map(({ label, color }) => [label, color])).toEqual([
    ["p50", 0],
    ["p99", 1],
  ])
})

test("rows leave out what is hidden", () => {
  const lines = toLines(answer, ["calls"])
  expect(toRows(answer.t, lines, new Set(["l0_0"]))).toEqual([
    { t: 0, l1_0: 0.2 },
    { t: 5_000, l1_0: 0.2 },
  ])
})

test("a summary passes over gaps", () => {
  expect(summarize([null, 2, 4, null])).toEqual({ last: 4, avg: 3, max: 4 })
  expect(summarize([null])).toEqual({ last: null, avg: null, max: null })
})

test("CSV quotes what needs it and lets no name run as a formula", () => {
  const lines = toLines({ ...answer, series: [{ group: { version: '=1,"x"' }, values: { count: [5, null] } }] }, [
    "calls",
  ])
  expect(toCsv(toRows(answer.t, lines), lines)).toBe(
    `time,"'=1,""x"""\r\n1970-01-01T00:00:00.000Z,1\r\n1970-01-01T00:00:05.000Z,\r\n`,
  )
})

test("a sparkline breaks at gaps and draws a lonely point", () => {
  expect(toPath([]).line).toBe("")
  expect(toPath([1, null, 2, 3]).line.match(/M/g)).toHaveLength(2)
})
