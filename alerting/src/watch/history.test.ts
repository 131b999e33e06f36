import type { LatestAnswer } from "@ossagent/wire"
import { expect, test } from "vitest"
import { F } from "../detect/state.ts"
import { BUILT_IN } from "../rule/builtin.ts"
import { createHistoryWatch, evict, learnMinute, toHistoryBatch, toRuleOf } from "./history.ts"

interface Row {
  metric: string
  kind: LatestAnswer["kind"][number]
  version?: string
  rate?: number
  avg?: number
  p95?: number
  count?: number
  /** Newest point, ms before the minute's end. */
  ago?: number
}

function toAnswer(rows: readonly Row[]): LatestAnswer {
  const column = (stat: "rate" | "avg" | "p95" | "count") => rows.map((row) => row[stat] ?? null)
  return {
    from: 0,
    to: 60_000,
    metric: rows.map(({ metric }) => metric),
    kind: rows.map(({ kind }) => kind),
    unit: rows.map(() => ""),
    group: rows.map(({ version }) => ({ service: "shop", subsystem: "checkout", version: version ?? "1" })),
    values: { rate: column("rate"), avg: column("avg"), p95: column("p95"), count: column("count") },
    lastAt: rows.map(({ ago }) => 60_000 - (ago ?? 1_000)),
  }
}

const paid: Row = { metric: "order.paid", kind: "counter", rate: 5 }
const cpu: Row = { metric: "process.cpu", kind: "gauge", avg: 0.2 }
const rule = { ...BUILT_IN.history, id: "3", builtIn: true, updatedAt: 0, updatedBy: "" }
const at = (minute: number) => 1_700_000_040 + minute * 60
const watchAll = () => 0.99

test("a counter that stopped while its service lives is zero and becomes an alarm", () => {
  const watch = createHistoryWatch(100)
  for (let m = 0; m < 200; m++) learnMinute(watch, at(m), toAnswer([paid, cpu]), watchAll)
  const seen = learnMinute(watch, at(200), toAnswer([cpu]), watchAll)
  const { conditions } = toHistoryBatch([rule], seen, () => false, 0)
  expect(conditions).toHaveLength(1)
  expect(conditions[0]).toMatchObject({ verdict: "bad", metric: "order.paid", value: 0, expected: 5 })
  expect(conditions[0]?.title).toMatch(/^shop\/checkout 1: order.paid rate is 0 \/s, less than its history/)
})

test("a version that is gone as a whole is a gap, not a fall to zero", () => {
  const watch = createHistoryWatch(100)
  for (let m = 0; m < 200; m++) learnMinute(watch, at(m), toAnswer([paid, cpu]), watchAll)
  const seen = learnMinute(watch, at(200), toAnswer([{ ...cpu, version: "2" }]), watchAll)
  expect(seen.map(({ watched }) => watched.group.version)).toEqual(["2"])
})

const beat: Row = { metric: "agent.waiting.memory", kind: "gauge", avg: 0 }
const clients: Row = { ...paid, version: "client-7" }
const badOf = (seen: ReturnType<typeof learnMinute>) =>
  toHistoryBatch([rule], seen, () => false, 0)
    .conditions.filter(({ verdict }) => verdict === "bad")
    .map(({ metric, group }) => `${metric} ${group.version}`)

test("a deploy is no fall: the minutes in which a service stops and starts hold a part of its counts only", () => {
  const watch = createHistoryWatch(100)
  for (let m = 0; m < 200; m++) learnMinute(watch, at(m), toAnswer([paid, cpu, beat, clients]), watchAll)
  const part = [{ ...paid, rate: 1 }, cpu, { ...clients, rate: 1 }]
  expect(badOf(learnMinute(watch, at(200), toAnswer([...part, { ...beat, ago: 40_000 }]), watchAll))).toEqual([])
  expect(badOf(learnMinute(watch, at(201), toAnswer([]), watchAll))).toEqual([])
  expect(badOf(learnMinute(watch, at(202), toAnswer([...part, beat]), watchAll))).toEqual([])
  expect(badOf(learnMinute(watch, at(203), toAnswer([...part, beat]), watchAll))).toEqual([
    "order.paid 1",
    "order.paid client-7",
  ])
})

test("a client version falls while the service goes on: that is a fall", () => {
  const watch = createHistoryWatch(100)
  for (let m = 0; m < 200; m++) learnMinute(watch, at(m), toAnswer([paid, cpu, beat, clients]), watchAll)
  const rows = [paid, cpu, beat, { ...clients, rate: 0.5, ago: 50_000 }]
  expect(badOf(learnMinute(watch, at(200), toAnswer(rows), watchAll))).toEqual(["order.paid client-7"])
})

test("a percentile of a few timings is not looked at", () => {
  const watch = createHistoryWatch(100)
  const rows = [
    { metric: "a", kind: "timer" as const, p95: 9, count: 9 },
    { metric: "b", kind: "timer" as const, p95: 9, count: 10 },
  ]
  const seen = learnMinute(watch, at(0), toAnswer(rows), watchAll)
  expect(seen.map(({ watched }) => `${watched.metric} ${watched.stat}`)).toEqual(["a count", "b count", "b p95"])
})

test("a minute is learnt once", () => {
  const watch = createHistoryWatch(100)
  learnMinute(watch, at(0), toAnswer([paid]), watchAll)
  expect(learnMinute(watch, at(0), toAnswer([paid]), watchAll)).toEqual([])
})

test("when full, new series are counted and not watched, until old ones are forgotten", () => {
  const watch = createHistoryWatch(1)
  learnMinute(watch, at(0), toAnswer([paid, cpu]), watchAll)
  expect([watch.series.size, watch.refused]).toEqual([1, 1])
  expect(evict(watch, at(1))).toHaveLength(1)
  learnMinute(watch, at(1), toAnswer([cpu]), watchAll)
  expect([...watch.series.values()].map(({ state }) => state.numbers[F.seen])).toEqual([1])
})

test("users' rules come before the built-in one", () => {
  const own = { ...rule, id: "9", builtIn: false, metric: "order.paid", enabled: false }
  const ruleOf = toRuleOf([rule, own])
  expect(ruleOf({ metric: "order.paid", group: {} })?.id).toBe("9")
  expect(ruleOf({ metric: "other", group: {} })?.id).toBe("3")
})
