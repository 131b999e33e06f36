import { bucketOf, LIMITS, OTHER, type Series } from "@ossagent/wire"
import fc from "fast-check"
import { expect, test } from "vitest"
import { drain } from "../buffer/drain.ts"
import type { Cell, Instruments } from "./cell.ts"
import { Counter } from "./counter.ts"
import { Family } from "./family.ts"
import { Gauge } from "./gauge.ts"
import { Timer } from "./timer.ts"

const base: Series = {
  service: "shop",
  subsystem: "main",
  version: "1",
  host: "h",
  metric: "m",
  kind: "counter",
  unit: "",
  labels: {},
}

function setUp<T extends Cell>(handle: new (agent: Instruments, family: Family<T>, series: Series) => T) {
  const instruments: Instruments = {
    changed: { counters: [], gauges: [], timers: [] },
    refused: { not_a_number: 0, bad_name: 0, too_many_series: 0, too_many_exceptions: 0, bad_event: 0 },
  }
  const clock = { now: 1_000_000 }
  const make = (family: Family<T>, series: Series) => new handle(instruments, family, series)
  const family = new Family<T>(base, make, { refused: instruments.refused, now: () => clock.now })
  return { ...instruments, clock, family, root: family.root }
}

test("series over the limit are folded into other, and counted", () => {
  const { root, refused } = setUp(Counter)
  const handles = new Set(Array.from({ length: LIMITS.seriesPerMetric + 50 }, (_, i) => root.with({ user: i })))
  expect(handles.size).toBe(LIMITS.seriesPerMetric)
  expect(root.with({ user: "one more" }).series.labels).toEqual({ user: OTHER })
  expect(refused.too_many_series).toBe(52)
})

test("series idle for ten minutes make room, and a handle that the host still holds goes on to count", () => {
  const { root, changed, clock, refused } = setUp(Counter)
  const held = root.with({ user: 0 })
  for (let i = 1; i < LIMITS.seriesPerMetric - 1; i++) root.with({ user: i })
  clock.now += 601_000
  expect(root.with({ user: "new" }).series.labels).toEqual({ user: "new" })
  expect(refused.too_many_series).toBe(0)
  held.inc(3)
  expect(changed.counters).toEqual([held])
  expect(held.sum).toBe(3)
})

test("equal dimensions have one handle, whatever their order and the way to it", () => {
  const { root } = setUp(Counter)
  const one = root.with({ a: "1", b: "2" })
  expect(root.with({ b: "2", a: "1" })).toBe(one)
  expect(root.with({ b: "2" }).with({ a: "1" })).toBe(one)
  expect(root.with({ a: "1" })).not.toBe(one)
})

test("version and subsystem are the series' own, all else are labels", () => {
  const { series } = setUp(Counter).root.with({ version: "8.0.1", subsystem: "pay", route: "/x" })
  expect(series).toEqual({ ...base, version: "8.0.1", subsystem: "pay", labels: { route: "/x" } })
})

test("a counter adds up what it was given and stands on the list once", () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), (values) => {
      const { root, changed } = setUp(Counter)
      for (const value of values) root.inc(value)
      expect(root.sum).toBe(values.reduce((sum, value) => sum + value, 0))
      expect(changed.counters.length).toBe(values.length > 0 ? 1 : 0)
    }),
  )
})

test("a gauge folds all values of an interval", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const { root } = setUp(Gauge)
      root.set(99)
      root.clear()
      for (const value of values) root.set(value)
      const { count, sum, min, max, last } = root
      expect({ count, sum, min, max, last }).toEqual({
        count: values.length,
        sum: values.reduce((total, value) => total + value, 0),
        min: Math.min(...values),
        max: Math.max(...values),
        last: values.at(-1),
      })
    }),
  )
})

test("a timer's buckets hold every value, in the bucket of the contract", () => {
  const durations = fc.oneof(
    fc.constant(0),
    fc.double({ min: -12, max: 15, noNaN: true }).map((exponent) => 10 ** exponent),
  )
  fc.assert(
    fc.property(fc.array(durations), (values) => {
      const { root } = setUp(Timer)
      for (const value of values) root.record(value)
      const expected = new Map<number, number>()
      for (const value of values.filter((one) => one > 0)) {
        expected.set(bucketOf(value), (expected.get(bucketOf(value)) ?? 0) + 1)
      }
      const found = [...root.buckets].flatMap((count, i) => (count > 0 ? [[root.firstBucket + i, count] as const] : []))
      expect(new Map(found)).toEqual(expected)
      expect(root.zeros).toBe(values.filter((one) => one === 0).length)
      expect(root.count).toBe(values.length)
    }),
  )
})

test("what is no number is refused, counted and changes nothing", () => {
  const junk = [Number.NaN, "5", 5n, null, {}, [], Symbol("x"), () => 1, -1] as never[]
  const counter = setUp(Counter)
  for (const value of junk) counter.root.inc(value)
  expect(counter.refused.not_a_number).toBe(junk.length)
  expect(counter.root.sum).toBe(0)
  const timer = setUp(Timer)
  for (const value of junk) timer.root.record(value)
  expect(timer.refused.not_a_number).toBe(junk.length)
  expect(timer.root.count).toBe(0)
  const gauge = setUp(Gauge)
  for (const value of junk) gauge.root.set(value)
  expect(gauge.refused.not_a_number).toBe(junk.length - 1)
  expect(gauge.root.last).toBe(-1)
})

test("a series is named with its first points only", () => {
  const { root, changed } = setUp(Counter)
  const ids = { next: 1 }
  root.inc()
  expect(drain(changed, 1, ids)?.named.map(({ id }) => id)).toEqual([1])
  root.inc()
  expect(drain(changed, 2, ids)?.named).toEqual([])
  expect(drain(changed, 3, ids)).toBeNull()
})

test("a frame names a bounded number of series, and every changed one is drained once", () => {
  const { root, changed } = setUp(Counter)
  const handles = Array.from({ length: 1_900 }, (_, i) => root.with({ i }))
  const ids = { next: 1 }
  const named = (): number[] => {
    for (const handle of handles) handle.inc()
    const parts: number[] = []
    for (let part = drain(changed, 1, ids); part !== null; part = drain(changed, 1, ids)) parts.push(part.named.length)
    expect(handles.every(({ sum }) => sum === 0)).toBe(true)
    return parts
  }
  expect(named()).toEqual([...new Array(7).fill(250), 150])
  expect(named()).toEqual([0, 0])
})

test("a counter that ran over to infinity is left out and counted", () => {
  const { root, changed } = setUp(Counter)
  root.inc(Number.POSITIVE_INFINITY)
  expect(drain(changed, 1, { next: 1 })?.notFinite).toBe(1)
})
