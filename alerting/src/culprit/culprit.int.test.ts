import type { Alarm, MetricPart } from "@ossagent/wire"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { startTestCollector, type TestCollector, type TestSeries } from "../testing.ts"
import { createCollector } from "../watch/collector.ts"
import { findCulprit } from "./culprit.ts"

const NOW = 1_800_000_060_000
const STARTED = NOW - 120_000
const DAY = 86_400_000

let collector: TestCollector
beforeAll(async () => {
  collector = await startTestCollector()
})
afterAll(() => collector.stop())
beforeEach(() => {
  collector.broken = false
  collector.asked.length = 0
})

const alarm = { metric: "order.failed", stat: "rate", detection: "history", startedAt: STARTED } as const
const faults: string[] = []
const find = (more: Partial<Alarm> = {}, rule?: { filters: []; of: MetricPart }) =>
  findCulprit(
    createCollector({ url: collector.url, token: "read" }),
    { ...alarm, group: { service: "shop", subsystem: "checkout" }, ...more },
    NOW,
    { ...(rule ? { rule } : {}), onFault: ({ message }) => faults.push(message), timeoutMs: 20_000 },
  )

/** A second's worth of a series before the alarm and since; `ago`: a day ago. */
const failed = (version: string, before: number | null, since: number, ago: number | null = null): TestSeries => ({
  ...{ service: "shop", subsystem: "checkout", version, metric: "order.failed", kind: "counter", unit: "", values: {} },
  valuesAt: (to) => {
    const [each, sec] = to === NOW ? [since, 180] : to < NOW - DAY / 2 ? [ago, 180] : [before, 600]
    return each === null ? null : { sum: each * sec, count: 0 }
  },
})
const beat = (version: string): TestSeries => ({
  ...{ service: "shop", subsystem: "checkout", version, metric: "agent.waiting.memory", kind: "gauge", unit: "By" },
  values: { count: 180 },
})

test("a version that brings the errors is named, against the minutes before the alarm", async () => {
  collector.series = [failed("8.0.1", 4, 4.2), failed("8.0.2", 1, 6)]
  expect(await find()).toMatchObject({
    dim: "version",
    values: ["8.0.2"],
    text: "version 8.0.2 explains 96 % of the rise",
  })
  expect(collector.asked).toEqual(["latest", "latest", "latest"])
})

test("with nothing in the minutes before it is compared with the same time a day ago", async () => {
  collector.series = [failed("8.0.1", null, 4, 4), failed("8.0.2", null, 6, 1)]
  expect(await find()).toMatchObject({ values: ["8.0.2"], text: "version 8.0.2 explains all of the rise" })
})

test("errors of which there were none ever are laid to the one version of several that has them", async () => {
  collector.series = [failed("8.0.2", null, 6), beat("8.0.1"), beat("8.0.2")]
  expect(await find()).toMatchObject({ values: ["8.0.2"], explains: 1 })
  collector.series = [failed("8.0.2", null, 6), beat("8.0.2")]
  expect(await find()).toBe(null)
})

test("of a timer the version whose own average rose is guilty", async () => {
  const timer = (version: string, count: number, before: number, since: number): TestSeries => ({
    ...failed(version, 0, 0),
    ...{ metric: "pay.call", kind: "timer", unit: "ms" },
    valuesAt: (to) => ({ sum: count * (to === NOW ? since : before), count }),
  })
  collector.series = [timer("8.0.1", 900, 12, 12), timer("8.0.2", 100, 12, 90)]
  expect(await find({ metric: "pay.call", stat: "p99" })).toMatchObject({ values: ["8.0.2"] })
})

test("of two metrics divided the version whose own quotient rose is guilty", async () => {
  const calls = (version: string, each: number): TestSeries => ({
    ...failed(version, each, each),
    metric: "order.tried",
  })
  collector.series = [failed("8.0.1", 4, 4), failed("8.0.2", 1, 9), calls("8.0.1", 400), calls("8.0.2", 100)]
  const rule = { filters: [] as [], of: { metric: "order.tried", stat: "rate" as const, filters: [] } }
  expect(await find({}, rule)).toMatchObject({ values: ["8.0.2"], text: "version 8.0.2 explains all of the rise" })
})

test("what the alarm is about already is no culprit, nor is there one of what has no metric", async () => {
  collector.series = [failed("8.0.1", 4, 4.2), failed("8.0.2", 1, 6)]
  expect(await find({ group: { service: "shop", version: "8.0.2" } })).toBe(null)
  expect(await find({ metric: "" })).toBe(null)
  expect(await find({ detection: "absence" })).toBe(null)
})

test("a collector that does not answer is no culprit and no fault", async () => {
  collector.broken = true
  expect(faults).toEqual([])
  expect(await find()).toBe(null)
  expect(faults).toEqual([expect.stringContaining("503")])
})
