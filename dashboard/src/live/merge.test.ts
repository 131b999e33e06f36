import type { LiveEvent, RangeAnswer, Stat, Values } from "@ossagent/wire"
import { describe, expect, test } from "vitest"
import { groupKey, keepSeconds, type LiveSeconds, mergeLive } from "./merge.ts"

const T = 1_800_000_000_000

const answer = (stepSec: number, stat: Stat, values: Values): RangeAnswer => ({
  metric: "m",
  kind: "counter",
  unit: "",
  stepSec,
  t: values.map((_, i) => T + i * stepSec * 1_000),
  series: [{ group: {}, values: { [stat]: values } }],
  leftOff: 0,
  tierSec: 1,
})

const event = (first: number, stat: Stat, values: Values, group = {}): LiveEvent => ({
  id: "q",
  stepSec: 1,
  t: values.map((_, i) => T + (first + i) * 1_000),
  series: [{ group, values: { [stat]: values } }],
  kind: "counter",
  unit: "",
})

const live = (...events: LiveEvent[]): LiveSeconds =>
  events.reduce<LiveSeconds | null>((store, one) => keepSeconds(store, one), null) as LiveSeconds

const first = (merged: RangeAnswer, stat: Stat) => merged.series[0]?.values[stat]

describe("at a step of one second", () => {
  test("live seconds replace fetched ones and go on after them", () => {
    const merged = mergeLive(answer(1, "avg", [1, 2, 3]), live(event(2, "avg", [30, 40, 50])), T)
    expect(first(merged, "avg")).toEqual([1, 2, 30, 40, 50])
    expect(merged.t.at(-1)).toBe(T + 4_000)
  })

  test("a second that comes again, larger, replaces the earlier one", () => {
    const merged = mergeLive(answer(1, "avg", [1]), live(event(1, "avg", [5]), event(1, "avg", [9])), T)
    expect(first(merged, "avg")).toEqual([1, 9])
  })

  test("what is older than the range falls off, in the comparison too", () => {
    const fetched = answer(1, "avg", [1, 2, 3])
    fetched.series[0] = {
      ...fetched.series[0],
      group: {},
      values: { avg: [1, 2, 3] },
      compare: { "1d": { avg: [7, 8, 9] } },
    }
    const merged = mergeLive(fetched, live(event(3, "avg", [4])), T + 2_000)
    expect(merged.t[0]).toBe(T + 2_000)
    expect(first(merged, "avg")).toEqual([3, 4])
    expect(merged.series[0]?.compare?.["1d"]?.avg).toEqual([9])
  })

  test("a rate's newest seconds, still growing, do not make the end dip", () => {
    const merged = mergeLive(answer(1, "rate", [10, 10]), live(event(1, "rate", [10, 10, 4, 1])), T)
    expect(first(merged, "rate")).toEqual([10, 10, 10, null, null])
  })

  test("a rate that rises is shown at once", () => {
    const merged = mergeLive(answer(1, "rate", [0, 0]), live(event(1, "rate", [0, 0, 0, 5])), T)
    expect(first(merged, "rate")).toEqual([0, 0, 0, 0, 5])
  })

  test("the very first second of a new metric is shown", () => {
    const merged = mergeLive(answer(1, "rate", []), live(event(0, "rate", [1])), T - 5_000)
    expect(merged.series[0]?.values.rate?.at(-1)).toBe(1)
  })
})

describe("at a coarser step", () => {
  test("only the newest step is laid over, by what the stat means", () => {
    const seconds = [2, 4, 6, 8, 10]
    for (const [stat, expected] of [
      ["max", 10],
      ["min", 2],
      ["last", 10],
      ["avg", 6],
    ] as const) {
      const merged = mergeLive(answer(5, stat, [1, 1]), live(event(5, stat, seconds)), T)
      expect(first(merged, stat)).toEqual([1, expected])
    }
  })

  test("a step of which the stream saw a part only keeps what was fetched", () => {
    const merged = mergeLive(answer(10, "avg", [1, 7]), live(event(15, "avg", [100])), T)
    expect(first(merged, "avg")).toEqual([1, 7])
  })

  test("a new step begins with its first second", () => {
    const merged = mergeLive(answer(10, "avg", [1, 7]), live(event(20, "avg", [100])), T)
    expect(first(merged, "avg")).toEqual([1, 7, 100])
  })
})

test("a group that is new in the stream becomes a line, up to the most", () => {
  const merged = mergeLive(answer(1, "avg", [1]), live(event(1, "avg", [5], { version: "2" })), T, 2)
  expect(merged.series).toHaveLength(2)
  expect(merged.series[1]?.values.avg).toEqual([null, 5])
  expect(mergeLive(answer(1, "avg", [1]), live(event(1, "avg", [5], { version: "2" })), T, 1).series).toHaveLength(1)
})

test("the fetched answer itself is left as it was", () => {
  const fetched = answer(1, "avg", [1, 2])
  const before = structuredClone(fetched)
  mergeLive(fetched, live(event(1, "avg", [9, 9])), T)
  expect(fetched).toEqual(before)
})

test("a group is the same whatever the order of its names", () => {
  expect(groupKey({ a: "1", b: "2" })).toBe(groupKey({ b: "2", a: "1" }))
  expect(groupKey({ a: "1" })).not.toBe(groupKey({ a: "2" }))
})
