/**
 * Compares a series with its own history. In: one value a step. Out: how far it is from what was expected. Pure, causal, constant
 * memory (see state.ts), some 20 additions a point.
 *
 * Four predictors stand by: a slow and a fast running mean, the median of the same quarter of an hour of the last seven days, and the
 * one of a week ago, both moved to today's level. Each is weighted by how little it was off lately. What is left is measured against a
 * robust spread, and against how far this very series strays when nothing is wrong, so that a restless series earns a wider band.
 */
import { createState, F, type HistoryState, readSlot, SLOT_SEC, SLOTS_A_DAY, SLOTS_A_WEEK, writeSlot } from "./state.ts"

export interface HistoryOptions {
  stepSec: number
  /** True for counts of events a step: their own randomness (square root of the count) is never an alarm. */
  counts: boolean
  direction: "up" | "down" | "both"
  /** Deviations below these are no alarm, whatever the spread: absolute, and as a share of what was expected. */
  minAbsolute: number
  minRelative: number
  /** Points before the first verdict. */
  warmUp: number
}

export interface Judgement {
  /** 0–1: 0.99 is the edge of the band, 0.9 half way to it, 0 within the warm-up. */
  score: number
  expected: number
  lower: number
  upper: number
  /** Why the score is what it is. */
  why: "warming up" | "within the band" | "outside the band" | "too small to matter" | "not this direction"
}

const SLOW = 0.02
const FAST = 0.25
const BIAS = 0.05
const ERROR_MEMORY = 0.01
/** Half-widths of the band in mean absolute deviations: at least this many. */
const LEAST_WIDTH = 6
/** The band is this much wider than the distance that one point in a thousand passes. */
const TAIL_MARGIN = 1.15
const TAIL_SHARE = 0.003
/** Points in a row on one side after which the new level is believed. */
const BELIEVE_AFTER = 60
const TINY = 1e-9

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

interface Seasons {
  day: number
  week: number
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

/** One unit of ordinary deviation: robust spread, and for counts the randomness that any count has. */
function toUnit(n: Float64Array, expected: number, counts: boolean): number {
  const spread = Math.max(n[F.spreadFast] as number, n[F.spreadSlow] as number)
  const poisson = counts ? 0.8 * Math.sqrt(Math.max(expected, 1)) : 0
  return Math.max(spread, poisson, TINY + 1e-4 * Math.abs(expected))
}

const toWidth = (n: Float64Array): number => Math.max(LEAST_WIDTH, TAIL_MARGIN * (n[F.tail] as number))

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

interface Lesson {
  t: number
  value: number
  expected: number
  seasons: Seasons
  options: HistoryOptions
}

/** Moves the state towards `value`; a value outside the band moves it only as far as the band's edge would. */
function learn(state: HistoryState, { t, value, expected, seasons, options }: Lesson): void {
  const n = state.numbers
  const seen = n[F.seen] as number
  const settled = seen >= options.warmUp
  const unit = toUnit(n, expected, options.counts)
  const half = toWidth(n) * unit
  const off = value - expected
  const believed = settled ? expected + Math.max(-half, Math.min(half, off)) : value
  learnErrors(n, believed, seasons, seen)
  learnLevel(n, believed, seasons, seen)
  learnSpread(n, Math.abs(believed - expected), seen)
  if (settled) learnTail(n, Math.abs(off) / unit)
  n[F.slotSum] = (n[F.slotSum] as number) + believed
  n[F.slotCount] = (n[F.slotCount] as number) + 1
  learnShift(n, value, Math.abs(off) > half ? Math.sign(off) : 0)
  n[F.seen] = seen + 1
  n[F.lastT] = t
}

function learnErrors(n: Float64Array, value: number, { day, week }: Seasons, seen: number): void {
  const a = Math.max(ERROR_MEMORY, 1 / (seen + 1))
  const move = (field: number, prediction: number) => {
    if (Number.isNaN(prediction)) return
    const error = Math.abs(value - prediction)
    n[field] = n[field] === 0 ? error : (n[field] as number) + a * (error - (n[field] as number))
  }
  move(F.errFast, n[F.fast] as number)
  move(F.errSlow, n[F.slow] as number)
  move(F.errDay, day + (n[F.biasDay] as number))
  move(F.errWeek, week + (n[F.biasWeek] as number))
}

function learnLevel(n: Float64Array, value: number, { day, week }: Seasons, seen: number): void {
  const young = 1 / (seen + 1)
  const move = (field: number, target: number, a: number) => {
    if (!Number.isNaN(target)) n[field] = (n[field] as number) + a * (target - (n[field] as number))
  }
  move(F.fast, value, Math.max(FAST, young))
  move(F.slow, value, Math.max(SLOW, young))
  move(F.biasDay, value - day, BIAS)
  move(F.biasWeek, value - week, BIAS)
}

function learnSpread(n: Float64Array, off: number, seen: number): void {
  const young = 1 / seen
  n[F.spreadFast] = (n[F.spreadFast] as number) + Math.max(0.03, young) * (off - (n[F.spreadFast] as number))
  n[F.spreadSlow] = (n[F.spreadSlow] as number) + Math.max(0.003, young) * (off - (n[F.spreadSlow] as number))
}

/** Follows the distance that {@link TAIL_SHARE} of the points pass (stochastic approximation of a quantile). */
function learnTail(n: Float64Array, distance: number): void {
  const tail = n[F.tail] as number
  const step = 0.08 * tail
  n[F.tail] = Math.max(LEAST_WIDTH / 2, tail + (distance > tail ? step * (1 - TAIL_SHARE) : -step * TAIL_SHARE))
}

/** After enough points in a row on one side the new level is taken over: a changed system is not an eternal alarm. */
function learnShift(n: Float64Array, value: number, side: number): void {
  if (side === 0 || side !== n[F.side]) {
    n[F.side] = side
    n[F.sideCount] = 0
    n[F.sideMean] = 0
  }
  if (side === 0) return
  const count = (n[F.sideCount] as number) + 1
  n[F.sideCount] = count
  n[F.sideMean] = (n[F.sideMean] as number) + (value - (n[F.sideMean] as number)) / count
  if (count < BELIEVE_AFTER) return
  const mean = n[F.sideMean] as number
  const jump = mean - (n[F.slow] as number)
  n[F.biasDay] = (n[F.biasDay] as number) + jump
  n[F.biasWeek] = (n[F.biasWeek] as number) + jump
  n[F.fast] = n[F.slow] = mean
  n[F.sideCount] = 0
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
