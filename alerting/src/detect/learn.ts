import { type HistoryOptions, LEAST_WIDTH, type Seasons, TAIL_SHARE, toUnit, toWidth } from "./band.ts"
import { F, type HistoryState } from "./state.ts"

const SLOW = 0.02
const FAST = 0.25
const BIAS = 0.05
const ERROR_MEMORY = 0.01
/** Points in a row on one side after which the new level is believed. */
const BELIEVE_AFTER = 60

export interface Lesson {
  t: number
  value: number
  expected: number
  seasons: Seasons
  options: HistoryOptions
}

/** Moves the state towards `value`; a value outside the band moves it only as far as the band's edge would. */
export function learn(state: HistoryState, { t, value, expected, seasons, options }: Lesson): void {
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
