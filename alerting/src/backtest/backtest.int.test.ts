import type { BacktestAnswer, NewRule } from "@ossagent/wire"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { BUILT_IN } from "../rule/builtin.ts"
import { ruleSchema } from "../rule/schema.ts"
import { startTestCollector, type TestCollector, type TestSeries } from "../testing.ts"
import { createCollector } from "../watch/collector.ts"
import { toBatch, toQuestions } from "../watch/looks.ts"
import { backtest } from "./backtest.ts"
import { Ledger } from "./ledger.ts"

const HOUR = 3_600_000
const NOW = 1_800_000_000_000
const FROM = NOW - 3 * HOUR

let collector: TestCollector
beforeAll(async () => {
  collector = await startTestCollector()
})
afterAll(() => collector.stop())
beforeEach(() => {
  collector.broken = false
  collector.exceptions = []
  collector.asked.length = 0
})

const ask = () => createCollector({ url: collector.url, token: "read" })
const run = (rule: NewRule, more: { from?: number; to?: number; limitMs?: number } = {}): Promise<BacktestAnswer> => {
  expect(ruleSchema.safeParse(rule).error?.issues).toBeUndefined()
  const { from = FROM, to = NOW, limitMs = 20_000 } = more
  return backtest({ collector: ask(), now: () => NOW, limitMs }, { rule, from, to })
}

const shop = { service: "shop", subsystem: "checkout", unit: "", values: {} }
/** Bad for ten minutes in the middle of each hour. */
const isBad = (to: number): boolean => to % HOUR > 30 * 60_000 && to % HOUR <= 40 * 60_000
const failed = (version: string, bad: number, good: number): TestSeries => ({
  ...{ ...shop, version, metric: "order.failed", kind: "counter" as const },
  valuesAt: (to) => {
    const sum = isBad(to) ? bad : good
    return { sum, rate: sum / 60 }
  },
})
const counting: NewRule = {
  ...BUILT_IN.httpLatency,
  ...{
    metric: "order.failed",
    stat: "sum",
    split: ["service", "version"],
    windowSec: 60,
    forSec: 120,
    keepFiringSec: 180,
  },
  threshold: { op: ">", value: 50 },
}

describe("a back-test", () => {
  test("tells what would have fired, where, when, why and how often a day", async () => {
    collector.series = [failed("8.0.1", 40, 10), failed("8.0.2", 90, 10)]
    const answer = await run(counting)
    expect(answer).toMatchObject({
      complete: true,
      stepSec: 60,
      groups: 2,
      firedPerDay: 24,
      leftOff: 0,
      from: FROM,
      to: NOW,
    })
    expect(answer.fired).toHaveLength(3)
    const [first] = answer.fired
    expect(first).toMatchObject({
      group: { service: "shop", version: "8.0.2" },
      value: 90,
      title: "shop 8.0.2: order.failed sum is 90, over 50",
      flapping: false,
    })
    expect([first?.firedAt, first?.to].map((at) => ((at ?? 0) - (first?.from ?? 0)) / 60_000)).toEqual([2, 13])
  })

  test("comes to the same as the live watch would have, look by look", async () => {
    collector.series = [failed("8.0.1", 60, 10), failed("8.0.2", 90, 10)]
    const rule = { ...counting, id: "backtest", builtIn: false, updatedAt: 0, updatedBy: "" }
    const live = new Ledger(rule)
    for (let at = FROM + 60_000; at <= NOW; at += 60_000) {
      const asked = [...toQuestions([rule], at)]
      const answers = await Promise.all(
        asked.map(async ([key, question]) => [key, await ask().ask("latest", question)] as const),
      )
      live.judge(toBatch([rule], new Map(answers), at).conditions, at)
    }
    const fired = (await run(counting)).fired
    expect(fired).toHaveLength(6)
    expect(fired).toEqual(live.fired)
  })

  test("replays quotients and burn rates, whose windows are put together from shorter ones", async () => {
    const tried: TestSeries = { ...failed("8.0.1", 1_000, 1_000), metric: "order.tried" }
    collector.series = [failed("8.0.1", 100, 0), tried]
    const of = { metric: "order.tried", stat: "sum" as const, filters: [] }
    const ratio: NewRule = { ...counting, detection: "ratio", of, threshold: { op: ">", value: 0.05 } }
    expect((await run(ratio)).fired).toHaveLength(3)
    const { threshold: _, ...rest } = counting
    const windows = [{ longSec: 600, shortSec: 60, factor: 19 }]
    const burn: NewRule = { ...rest, detection: "burn", of, burn: { objective: 0.999, windows }, forSec: 0 }
    const answer = await run(burn)
    expect(answer).toMatchObject({ stepSec: 60 })
    // 20 times the budget of 0.1 % over ten minutes is 200 of 10,000: there with the second bad minute
    expect(answer.fired.map(({ from }) => (from % HOUR) / 60_000)).toEqual([32, 32, 32])
  })

  test("replays absence, and refuses silences that the tables cannot tell any more", async () => {
    const beat: TestSeries = {
      ...{ ...shop, metric: "agent.waiting.memory", kind: "gauge" as const },
      valuesAt: (to) => (isBad(to) ? null : { count: 5, sum: 1 }),
    }
    collector.series = [beat]
    const answer = await run(BUILT_IN.absence)
    expect(answer.stepSec).toBe(5)
    expect(answer.fired).toHaveLength(3)
    expect(answer.fired[0]?.title).toMatch(/^shop\/checkout has sent nothing for 30 s$/)
    expect(answer.fired[0]?.firedAt).toBe((answer.fired[0]?.from ?? 0) + 30_000)
    await expect(run(BUILT_IN.absence, { from: NOW - 48 * HOUR })).rejects.toMatchObject({ code: "cannot_replay" })
  })

  test("replays histories after learning what came before, of one metric", async () => {
    const steady: TestSeries = {
      ...failed("8.0.1", 0, 0),
      valuesAt: (to) => ({ rate: to > NOW - HOUR && to <= NOW - HOUR + 300_000 ? 40 : 5 + Math.sin(to / 9e5) }),
    }
    collector.series = [steady]
    const answer = await run({ ...BUILT_IN.history, metric: "order.failed" })
    expect(answer.complete).toBe(true)
    expect(answer.fired).toHaveLength(1)
    expect(answer.fired[0]).toMatchObject({ firedAt: NOW - HOUR + 60_000 })
    await expect(run(BUILT_IN.history)).rejects.toThrow("cannot replay a rule about every metric: name one")
  })

  test("replays new errors from when they were first seen", async () => {
    collector.exceptions = [
      {
        ...{ fingerprint: "f1", service: "shop", subsystem: "checkout", type: "TypeError", message: "no price" },
        ...{ place: "pay.ts:41", versions: ["8.0.2"], count: 3, users: 2, total: { count: 3, users: 2 }, counts: [3] },
        ...{
          firstSeen: FROM + 1_000,
          lastSeen: FROM + 2_000,
          firstVersion: "8.0.2",
          versionBefore: "8.0.1",
          isNew: true,
        },
      },
    ]
    const answer = await run(BUILT_IN.exception)
    expect(answer.fired).toMatchObject([{ from: FROM + 1_000, to: FROM + HOUR + 2_000, group: { exception: "f1" } }])
  })

  test("ends when its time is over with what it has, and says where it came to", async () => {
    collector.series = Array.from({ length: 50 }, (_, i) => failed(`8.0.${i}`, 90, 10))
    const answer = await run({ ...counting, windowSec: 5 }, { from: NOW - 12 * HOUR, limitMs: 300 })
    expect(answer.complete).toBe(false)
    expect(answer.to).toBeLessThan(NOW)
    expect(answer.to).toBeGreaterThanOrEqual(answer.from)
  })

  test("says so when the collector is away", async () => {
    collector.broken = true
    await expect(run(counting)).rejects.toMatchObject({ code: "unavailable" })
  })
})
