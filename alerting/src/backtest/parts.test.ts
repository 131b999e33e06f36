import type { Rule, Stat } from "@ossagent/wire"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Condition, toCondition } from "../alarm/condition.ts"
import { BUILT_IN } from "../rule/builtin.ts"
import { readFigure } from "./figure.ts"
import { Ledger } from "./ledger.ts"
import { toParts, toSpan } from "./span.ts"

const NOW = 1_800_000_000_000
const DAY = 86_400_000

describe("the span of a replay", () => {
  test.each([
    [{ from: NOW - 3_600_000, windowSec: 30, backSec: 30 }, 30],
    [{ from: NOW - 3 * DAY, windowSec: 30, backSec: 30 }, 60],
    [{ from: NOW - 3 * DAY, windowSec: 90, backSec: 90 }, 120],
    [{ from: NOW - 3_600_000, windowSec: 60, backSec: 7 * 86_400 }, 60],
    [{ from: NOW - 35 * DAY, windowSec: 60, backSec: 60 }, 3_600],
    [{ from: NOW - DAY / 2, windowSec: 1, backSec: 1 }, 3],
  ])("%j has steps of %d s", (wanted, stepSec) => {
    const span = toSpan({ to: NOW, now: NOW, ...wanted })
    expect(span.stepSec).toBe(stepSec)
    expect(span.from % stepSec).toBe(0)
    expect(span.steps).toBeLessThanOrEqual(15_000)
    expect((span.from + span.steps * stepSec) * 1_000).toBeLessThanOrEqual(NOW)
    const parts = [...toParts(span)]
    expect(parts.reduce((sum, { steps }) => sum + steps, 0)).toBe(span.steps)
    expect(Math.max(...parts.map(({ steps }) => steps))).toBeLessThanOrEqual(1_000)
  })
})

test("a window of several steps is what the collector would have said of the whole", () => {
  const cell = fc.option(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 5 }), { nil: null })
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 1, maxLength: 12 }),
      fc.nat(11),
      fc.integer({ min: 1, max: 12 }),
      (cells, end, width) => {
        if (end >= cells.length) return
        const of = (stat: (values: number[]) => number) =>
          cells.map((values) => (values === null ? null : stat(values)))
        const total = (values: number[]) => values.reduce((a, b) => a + b, 0)
        const columns = {
          sum: of(total),
          count: of((values) => values.length),
          avg: of((values) => total(values) / values.length),
          min: of((values) => Math.min(...values)),
          max: of((values) => Math.max(...values)),
          last: of((values) => values.at(-1) as number),
        }
        const all = cells.slice(Math.max(0, end - width + 1), end + 1).flatMap((values) => values ?? [])
        const expected: Partial<Record<Stat, number>> = {
          ...{ sum: total(all), count: all.length, avg: total(all) / all.length },
          ...{ min: Math.min(...all), max: Math.max(...all), last: all.at(-1) as number },
        }
        for (const [stat, value] of Object.entries(expected))
          expect(readFigure(columns, stat as Stat, end, width)).toEqual(
            all.length === 0 ? null : expect.closeTo(value, 9),
          )
      },
    ),
  )
})

describe("the ledger", () => {
  const rule: Rule = {
    ...BUILT_IN.disk,
    forSec: 20,
    keepFiringSec: 30,
    id: "1",
    builtIn: false,
    updatedAt: 0,
    updatedBy: "",
  }
  const say = (verdict: Condition["verdict"], value = 0.95) =>
    toCondition({
      ...{ rule, verdict, title: `at ${value}`, why: `is ${value}`, metric: rule.metric, stat: rule.stat, unit: "1" },
      ...{ group: { host: "h1" }, value, score: 1 },
    })
  const play = (verdicts: string, more: Partial<Rule> = {}) => {
    const ledger = new Ledger({ ...rule, ...more })
    for (const [i, letter] of [...verdicts].entries()) {
      const at = (i + 1) * 10_000
      if (letter === "b") ledger.judge([{ ...say("bad", i), rule: { ...rule, ...more } }], at)
      else if (letter === "g") ledger.judge([{ ...say("good"), rule: { ...rule, ...more } }], at)
      else ledger.judge([], at)
    }
    return ledger.fired
  }

  test("fires after the time that the rule asks for, tells what it was then, and resolves after its patience", () => {
    expect(play("bbbbbgggg")).toEqual([
      {
        ...{ group: { host: "h1" }, from: 10_000, firedAt: 30_000, to: 90_000, flapping: false },
        ...{ value: 2, title: "at 2", why: "is 2" },
      },
    ])
  })

  test("what was good again before it fired did not fire, and what is bad at the end has not resolved", () => {
    expect(play("bbgbbg")).toEqual([])
    expect(play("bbb")).toMatchObject([{ to: null }])
  })

  test("what reports no longer is good", () => {
    expect(play("bbb.....")).toMatchObject([{ to: 70_000 }])
  })

  test("what fires again and again is flapping", () => {
    const fired = play("bg".repeat(5), { forSec: 0, keepFiringSec: 0 })
    expect(fired.map(({ flapping }) => flapping)).toEqual([false, false, false, true])
  })
})
