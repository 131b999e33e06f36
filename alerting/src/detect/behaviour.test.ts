import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { createHistory, type HistoryOptions, observe } from "./history.ts"
import { toHistoryVerdict } from "./verdict.ts"
import { toComparison } from "./words.ts"

const level: HistoryOptions = {
  stepSec: 60,
  counts: false,
  direction: "both",
  minAbsolute: 0,
  minRelative: 0.1,
  warmUp: 120,
}
const START = 1_699_833_600 // a Monday, 00:00 UTC
const DAY = 1_440

/** Numbers that look random, around 0, and are the same in every run. */
function createNoise(seed: number): () => number {
  let x = seed
  const random = () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0
    return x / 2 ** 32
  }
  return () => random() + random() + random() + random() - 2
}

interface Told {
  minute: number
  verdict: string
  news: string
}

/** Minutes that were bad or news, of a series given by the minute. */
function watch(minutes: number, value: (minute: number) => number | null, options = level): Told[] {
  const state = createHistory()
  const told: Told[] = []
  for (let minute = 0; minute < minutes; minute++) {
    const v = value(minute)
    if (v === null) continue
    const judgement = observe(state, START + minute * 60, v, options)
    const verdict = toHistoryVerdict(state, judgement, 0.99)
    if (verdict === "bad" || !["none", "open"].includes(judgement.news))
      told.push({ minute, verdict, news: judgement.news })
  }
  return told
}
const badOf = (told: readonly Told[]) => told.filter(({ verdict }) => verdict === "bad").map(({ minute }) => minute)

const daily = (m: number): number => 1_000 + 400 * Math.sin((2 * Math.PI * m) / DAY)

describe("it is quiet", () => {
  test("on a steady trend", () => {
    const noise = createNoise(1)
    expect(badOf(watch(7 * DAY, (m) => 500 + m / 10 + 10 * noise()))).toEqual([])
  })
  test("on a ratio near its bound", () => {
    const noise = createNoise(2)
    expect(badOf(watch(7 * DAY, () => Math.min(1, 0.999 + 0.001 * noise())))).toEqual([])
  })
  test("on the third weekend of a series whose weekends are half as high", () => {
    const noise = createNoise(3)
    const weekend = (m: number) => Math.floor(m / DAY) % 7 >= 5
    const bad = badOf(watch(21 * DAY, (m) => daily(m) * (weekend(m) ? 0.5 : 1) + 10 * noise()))
    expect(bad.filter((m) => m > 19 * DAY + 60)).toEqual([])
  })
  test("when a counter starts again: one minute that holds a part only", () => {
    const noise = createNoise(4)
    const counts = { ...level, counts: true, minAbsolute: 10, minRelative: 0.3 }
    const bad = badOf(watch(3 * DAY, (m) => Math.max(0, (m === 2 * DAY ? 700 : daily(m)) + 10 * noise()), counts))
    expect(bad).toEqual([])
  })
})

describe("it finds", () => {
  test("a ratio that leaves its bound", () => {
    const noise = createNoise(5)
    const at = 3 * DAY
    const bad = badOf(watch(at + 10, (m) => Math.min(1, (m >= at ? 0.8 : 0.999) + 0.001 * noise())))
    expect(bad[0]).toBe(at)
  })
  test("a fault as large as one before: what was a fault then did not become normal", () => {
    const noise = createNoise(6)
    const fault = (m: number) => (m >= 3 * DAY && m < 3 * DAY + 20) || (m >= 5 * DAY && m < 5 * DAY + 20)
    const bad = badOf(watch(6 * DAY, (m) => (fault(m) ? 2_000 : daily(m)) + 10 * noise()))
    expect(bad.some((m) => m < 3 * DAY + 3)).toBe(true)
    expect(bad.some((m) => m >= 5 * DAY && m < 5 * DAY + 3)).toBe(true)
    expect(bad.every(fault)).toBe(true)
  })
})

test("an incident is told once, and again when the series comes back out of a gap and is still off", () => {
  const noise = createNoise(7)
  const at = 4 * DAY
  const value = (m: number) => {
    if (m >= at + 30 && m < at + 40) return null
    return (m >= at && m < at + 60 ? 300 : daily(m)) + 10 * noise()
  }
  const told = watch(at + 100, value).filter(({ minute }) => minute >= at)
  expect(told.filter(({ news }) => news === "opened").map(({ minute }) => minute)).toEqual([at])
  expect(told.filter(({ news }) => news === "still off").map(({ minute }) => minute)).toEqual([at + 40])
})

test("a move back is quiet after an hour, and news after a day, when the new level is what the series does", () => {
  const [down, hour, day] = [5 * DAY, 60, 20 * 60]
  const toldBack = (stays: number) => {
    const noise = createNoise(8)
    const back = down + stays
    const told = watch(back + 30, (m) => (m >= down && m < back ? 1_280 : 1_500) + 10 * noise())
    expect(told.some(({ minute, news }) => minute === down && news === "opened")).toBe(true)
    return told.filter(({ minute, verdict }) => minute >= back && verdict === "bad").map(({ minute }) => minute - back)
  }
  expect(toldBack(hour)).toEqual([])
  expect(toldBack(day)[0]).toBeLessThan(3)
})

test("what is expected is the season once there is one, and the words say with what it was compared", () => {
  const state = createHistory()
  let last = observe(state, START, daily(0), level)
  for (let m = 1; m < 8 * DAY; m++) last = observe(state, START + m * 60, daily(m) + (m % 3), level)
  expect(Math.abs(last.expected - daily(8 * DAY))).toBeLessThan(20)
  expect(last.lower).toBeLessThan(last.expected)
  expect(last.upper).toBeGreaterThan(last.expected)
  expect(toComparison(last, (v) => v.toFixed(0))).toMatch(/^the same time of the last 7 days: \d+ to \d+$/)
  const young = createHistory()
  for (let m = 0; m < 200; m++) last = observe(young, START + m * 60, 3 + (m % 4), level)
  expect(toComparison(last, (v) => v.toFixed(0))).toBe("the hour before: 3 to 6")
})

test("it is causal: what comes later changes no earlier answer", () => {
  const tail = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 200, max: 600 }), tail, tail, (seed, length, one, other) => {
      const noise = createNoise(seed)
      const head = Array.from({ length }, () => 50 + noise())
      const answers = (values: readonly number[]) => {
        const state = createHistory()
        return values.map((v, m) => observe(state, START + m * 60, v, level))
      }
      expect(answers([...head, ...one]).slice(0, length)).toEqual(answers([...head, ...other]).slice(0, length))
    }),
    { numRuns: 15 },
  )
})
