/**
 * Compares a series with its own history. In: one value a step. Out: how far it is from what was expected. Pure, causal, constant
 * memory (see state.ts), some 20 additions a point.
 *
 * Four predictors stand by: a slow and a fast running mean, the median of the same quarter of an hour of the last seven days, and the
 * one of a week ago, both moved to today's level. Each is weighted by how little it was off lately. What is left is measured against a
 * robust spread, and against how far this very series strays when nothing is wrong, so that a restless series earns a wider band.
 */
import { type HistoryOptions, LEAST_WIDTH, type Seasons, TINY, toUnit, toWidth } from "./band.ts"
import { learn } from "./learn.ts"
import { createState, F, type HistoryState, readSlot, SLOT_SEC, SLOTS_A_DAY, SLOTS_A_WEEK, writeSlot } from "./state.ts"

export interface Judgement {
  /** 0–1: 0.99 is the edge of the band, 0.9 half way to it, 0 within the warm-up. */
  score: number
  expected: number
  lower: number
  upper: number
  /** Why the score is what it is. */
  why: "warming up" | "within the band" | "outside the band" | "too small to matter" | "not this direction"
}

/**
 * Judges `value` at `t` and learns from it. Values must come in the order of time; a repeated or older `t` is judged but not learnt.
 *
 * @param t Unix seconds
 * @param value finite
 */
export function observe(state: HistoryState, t: number, value: number, options: HistoryOptions): Judgement {
  const n = state.numbers
  if ((n[F.seen] as number) === 0) return begin(state, t, value, options)
  closeSlot(state, t)
  const seasons = readSeasons(state, t)
  const expected = toExpected(n, seasons)
  const judgement = judge(n, expected, value, options)
  if (t > (n[F.lastT] as number)) learn(state, { t, value, expected, seasons, options })
  return judgement
}

export type { HistoryOptions } from "./band.ts"
export { createState as createHistory }

function begin(state: HistoryState, t: number, value: number, options: HistoryOptions): Judgement {
  const n = state.numbers
  n[F.seen] = 1
  n[F.lastT] = t
  n[F.fast] = n[F.slow] = value
  n[F.slot] = Math.floor(t / SLOT_SEC)
  n[F.slotSum] = value
  n[F.slotCount] = 1
  n[F.tail] = LEAST_WIDTH / 2
  return {
    score: 0,
    expected: value,
    lower: value,
    upper: value,
    why: options.warmUp > 0 ? "warming up" : "within the band",
  }
}

/** Median of the same time on up to seven earlier days, and the value of a week ago; NaN where there is none. */
function readSeasons({ ring }: HistoryState, t: number): Seasons {
  const days: number[] = []
  for (let d = 1; d <= 7; d++) {
    const v = readSlot(ring, t, d * SLOTS_A_DAY)
    if (!Number.isNaN(v)) days.push(v)
  }
  days.sort((a, b) => a - b)
  const middle = days.length >> 1
  const day =
    days.length === 0
      ? Number.NaN
      : days.length % 2
        ? (days[middle] as number)
        : ((days[middle - 1] as number) + (days[middle] as number)) / 2
  return { day, week: readSlot(ring, t, SLOTS_A_WEEK) }
}

/** Mean of the predictors, each weighted by the inverse fourth power of how far it was off lately. */
function toExpected(n: Float64Array, { day, week }: Seasons): number {
  const least = TINY + 1e-6 * Math.abs(n[F.slow] as number)
  let sum = 0
  let weights = 0
  const add = (prediction: number, error: number) => {
    if (Number.isNaN(prediction)) return
    const weight = 1 / (error + least) ** 4
    sum += weight * prediction
    weights += weight
  }
  add(n[F.slow] as number, n[F.errSlow] as number)
  add(n[F.fast] as number, n[F.errFast] as number)
  add(day + (n[F.biasDay] as number), n[F.errDay] as number)
  add(week + (n[F.biasWeek] as number), n[F.errWeek] as number)
  return weights > 0 && Number.isFinite(weights) ? sum / weights : (n[F.slow] as number)
}

function judge(n: Float64Array, expected: number, value: number, options: HistoryOptions): Judgement {
  const half = toWidth(n) * toUnit(n, expected, options.counts)
  const floor = (n[F.slow] as number) < 0 ? Number.NEGATIVE_INFINITY : 0
  const band = { expected, lower: Math.max(floor, expected - half), upper: expected + half }
  if ((n[F.seen] as number) < options.warmUp) return { ...band, score: 0, why: "warming up" }
  const off = value - expected
  if ((options.direction === "up" && off < 0) || (options.direction === "down" && off > 0))
    return { ...band, score: 0, why: "not this direction" }
  const ratio = Math.abs(off) / half
  const score = 1 - 0.01 ** ratio
  const matters = Math.abs(off) >= Math.max(options.minAbsolute, options.minRelative * Math.abs(expected))
  if (!matters) return { ...band, score: Math.min(score, 0.9), why: "too small to matter" }
  return { ...band, score, why: ratio >= 1 ? "outside the band" : "within the band" }
}

function closeSlot({ numbers: n, ring }: HistoryState, t: number): void {
  const slot = Math.floor(t / SLOT_SEC)
  const open = n[F.slot] as number
  if (slot <= open) return
  const count = n[F.slotCount] as number
  writeSlot(ring, open, count > 0 ? (n[F.slotSum] as number) / count : Number.NaN, slot)
  n[F.slot] = slot
  n[F.slotSum] = 0
  n[F.slotCount] = 0
}
