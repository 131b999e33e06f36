import { expect, test } from "vitest"
import { createHistory, type HistoryOptions, observe } from "./history.ts"
import { learnPast } from "./past.ts"
import { encodeState } from "./state.ts"

const options: HistoryOptions = {
  stepSec: 60,
  counts: false,
  direction: "both",
  minAbsolute: 0,
  minRelative: 0,
  warmUp: 100,
}

test("a state made from the stored past is the one that watching would have made, gaps included", () => {
  const t = Array.from({ length: 3_000 }, (_, i) => 1_700_000_040 + i * 60)
  const values = t.map((_, i) => (i % 97 === 0 ? null : 50 + 10 * Math.sin(i / 40) + (i % 7)))
  const watched = createHistory()
  t.forEach((at, i) => {
    const value = values[i]
    if (value !== null && value !== undefined) observe(watched, at, value, options)
  })
  expect(encodeState(learnPast(t, values, options)).equals(encodeState(watched))).toBe(true)
})
