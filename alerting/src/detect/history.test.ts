import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { createHistory, type HistoryOptions, observe } from "./history.ts"
import { encodeState, tryDecodeState } from "./state.ts"
import { toHistoryVerdict } from "./verdict.ts"

const counts: HistoryOptions = {
  stepSec: 60,
  counts: true,
  direction: "both",
  minAbsolute: 10,
  minRelative: 0.3,
  warmUp: 120,
}
const level: HistoryOptions = {
  stepSec: 60,
  counts: false,
  direction: "both",
  minAbsolute: 0,
  minRelative: 0.1,
  warmUp: 120,
}
const START = 1_700_000_040
const MINUTE = 60

/** Numbers that look random and are the same in every run. */
function createRandom(seed: number): () => number {
  let x = seed
  return () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0
    return x / 2 ** 32
  }
}

const noise = (random: () => number): number => random() + random() + random() + random() - 2

/** Minutes in which it was bad, of a series given by the minute. */
function run(minutes: number, value: (minute: number) => number | null, options: HistoryOptions): number[] {
  const state = createHistory()
  const bad: number[] = []
  for (let m = 0; m < minutes; m++) {
    const v = value(m)
    if (v === null) continue
    const judgement = observe(state, START + m * MINUTE, v, options)
    if (toHistoryVerdict(state, judgement, 0.99) === "bad") bad.push(m)
  }
  return bad
}

const DAY = 1_440
const daily = (m: number): number => 1_000 + 800 * Math.sin((2 * Math.PI * m) / DAY)

describe("it is quiet", () => {
  test("on a steady series with noise, for a week", () => {
    const random = createRandom(1)
    expect(run(7 * DAY, () => 100 + 5 * noise(random), level)).toEqual([])
  })
  test("on a daily rhythm with noise, from the first day on", () => {
    const random = createRandom(2)
    expect(run(9 * DAY, (m) => daily(m) + 30 * noise(random), counts)).toEqual([])
  })
  test("on a constant series", () => {
    expect(run(2 * DAY, () => 42, level)).toEqual([])
  })
  test("on sparse counts, mostly none", () => {
    const random = createRandom(3)
    expect(run(7 * DAY, () => (random() < 0.1 ? 1 + Math.floor(random() * 4) : 0), counts)).toEqual([])
  })
  test("within the warm-up, whatever comes", () => {
    const random = createRandom(4)
    expect(run(120, () => random() * 1e6, level)).toEqual([])
  })
  test("about a gap of half a day", () => {
    const random = createRandom(5)
    const value = (m: number) => (m > 3 * DAY && m < 3.5 * DAY ? null : daily(m) + 30 * noise(random))
    expect(run(5 * DAY, value, counts)).toEqual([])
  })
  test("about the way down when only more is bad", () => {
    const random = createRandom(6)
    const value = (m: number) => (m < DAY ? 100 + 5 * noise(random) : 5)
    expect(run(DAY + 30, value, { ...level, direction: "up" })).toEqual([])
  })
})

describe("it finds", () => {
  test("a fall to nothing in its first minute", () => {
    const random = createRandom(7)
    const bad = run(3 * DAY, (m) => (m < 3 * DAY - 20 ? daily(m) + 30 * noise(random) : 0), counts)
    expect(bad[0]).toBe(3 * DAY - 20)
  })
  test("a constant series that is constant no more", () => {
    expect(run(DAY, (m) => (m === DAY - 10 ? 60 : 42), level)).toEqual([DAY - 10])
  })
  test("traffic at night that would be right at noon, once it has seen a few days", () => {
    const random = createRandom(8)
    const night = 5 * DAY + 0.75 * DAY
    const bad = run(night + 10, (m) => daily(m < night ? m : m + DAY / 2) + 30 * noise(random), counts)
    expect(bad[0]).toBe(night)
  })
  test("a new level, and takes it for normal after an hour or two", () => {
    const random = createRandom(9)
    const bad = run(2 * DAY, (m) => (m < DAY ? 100 : 200) + 5 * noise(random), level)
    expect(bad[0]).toBe(DAY)
    expect(bad.at(-1)).toBeLessThan(DAY + 150)
  })
})

test("a restart gives the same answers as no restart", () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 10, maxLength: 400 })
  fc.assert(
    fc.property(values, fc.nat(), fc.boolean(), (series, cut, asCounts) => {
      const options = { ...(asCounts ? counts : level), warmUp: 20 }
      const whole = createHistory()
      let parted = createHistory()
      series.forEach((value, i) => {
        if (i === cut % series.length) parted = tryDecodeState(encodeState(parted)) ?? createHistory()
        const t = START + i * 7 * MINUTE
        const a = observe(whole, t, value, options)
        const b = observe(parted, t, value, options)
        expect(b).toEqual(a)
        expect(toHistoryVerdict(parted, b, 0.99)).toBe(toHistoryVerdict(whole, a, 0.99))
      })
      expect(encodeState(parted).equals(encodeState(whole))).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test("whatever comes, score and band are numbers and the score lies in 0–1", () => {
  const points = fc.array(fc.tuple(fc.nat(200_000), fc.double({ noNaN: true, min: -1e12, max: 1e12 })), {
    maxLength: 300,
  })
  fc.assert(
    fc.property(points, (steps) => {
      const state = createHistory()
      let t = START
      for (const [gap, value] of steps) {
        t += gap
        const { score, expected, lower, upper } = observe(state, t, value, { ...level, warmUp: 5 })
        expect(score >= 0 && score <= 1).toBe(true)
        expect([expected, lower, upper].every(Number.isFinite)).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})

test("a state of another version or length is refused", () => {
  const bytes = encodeState(createHistory())
  expect(tryDecodeState(bytes.subarray(1))).toBeNull()
  bytes.writeDoubleLE(99, 0)
  expect(tryDecodeState(bytes)).toBeNull()
  expect(bytes.length).toBeLessThanOrEqual(8_192)
})
