/**
 * How far the newest points lie from what was just before them and from the season, in units of how far they ordinarily do. Each view
 * and side has its own memory of excursions, so that a restless series is measured by its own restlessness.
 */
import type { Excursion, HistoryOptions } from "./band.ts"
import { type Moment, observeExcursion, toSize } from "./rarity.ts"
import { toSeason } from "./season.ts"
import { toMedian, toSpread } from "./sorted.ts"
import { F, type HistoryState, HOURS, RECENT_MASK, type VIEWS } from "./state.ts"
import { countPoint, type TopList } from "./toplist.ts"

/** Shares of the ordinary deviation, memories and limits; found in trials over all series of the benchmark, see docs/decisions/0009. */
export const SHOCK = {
  /** Rarity at which a series of long history alarms: 0.5 is once in three days for each view, some 0.3 a day in all. */
  edge: 0.55,
  /** Decades below the edge of an alarm at which what is remembered of an excursion ends. */
  capBelow: 0.1,
  /** Points that a season is learnt before it is compared with. */
  seasonWarmUp: 200,
  shiftPoints: 8,
  usualShare: 0.25,
  hourShare: 0.5,
  seasonShare: 0.5,
  relativeFloor: 1e-4,
  clip: 8,
  hourMemorySec: 18_000,
  biasMemory: 0.03,
  poisson: 0.8,
}

type View = (typeof VIEWS)[number]
const PLACE = { shock: 0, pair: 1, shift: 2, season: 3, both: 4 } satisfies Record<View, number>
const MAD_TO_DEVIATION = 1.48
const TINY = 1e-9

export interface Scales {
  middle: number
  near: number
  unit: number
  season: number
  seasonUnit: number
}

const listOf = (state: HistoryState, view: View, side: number): TopList =>
  state.excursionLists[2 * PLACE[view] + (side < 0 ? 1 : 0)] as TopList

const hourOf = (t: number): number => ((Math.floor(t / 3600) % HOURS) + HOURS) % HOURS

/** What is ordinary at `t`, before the point of `t` is taken up. */
export function toScales(state: HistoryState, t: number, options: HistoryOptions): Scales {
  const { numbers: n, hours } = state
  const middle = toMedian(state.long)
  const near = toMedian(state.short)
  const season = toSeason(n) + (n[F.bias] as number)
  const floor = toFloor(n, middle, options)
  const hour = hourOf(t)
  return {
    middle,
    near,
    season,
    unit: Math.max(
      MAD_TO_DEVIATION * toSpread(state.long, middle),
      SHOCK.usualShare * (n[F.usual] as number),
      SHOCK.hourShare * (hours[hour] as number),
      floor,
    ),
    seasonUnit: Math.max(
      SHOCK.seasonShare * (n[F.usualSeason] as number),
      SHOCK.hourShare * (hours[HOURS + hour] as number),
      floor,
    ),
  }
}

/** No unit is smaller than the least step that the series ever made, nor than the randomness of a count. */
function toFloor(n: Float64Array, middle: number, { counts }: HistoryOptions): number {
  const poisson = counts ? SHOCK.poisson * Math.sqrt(Math.max(Math.abs(middle), 1)) : 0
  return Math.max(TINY + SHOCK.relativeFloor * Math.abs(middle) + (n[F.grain] as number), poisson)
}

/** The rarest excursion of the newest point; remembers all of them. */
export function observeShock(
  state: HistoryState,
  value: number,
  scales: Scales,
  { edge, options }: { edge: number; options: HistoryOptions },
): Excursion {
  const { middle, near, unit, season, seasonUnit } = scales
  const n = state.numbers[F.seen] as number
  const moment = { n, cap: edge - SHOCK.capBelow, pointsADay: 86_400 / options.stepSec }
  const rarest: Excursion = { view: "shock", expected: near, unit, seen: value, rarity: -1 }
  const add = (view: View, expected: number, scale: number, seen: number) => {
    const rarity = observeView(state, view, (seen - expected) / scale, moment)
    if (rarity <= rarest.rarity) return
    rarest.view = view
    rarest.expected = expected
    rarest.unit = scale
    rarest.seen = seen
    rarest.rarity = rarity
  }
  const off = value - near
  add("shock", near, unit, value)
  add("pair", near, unit, near + lesser(off, state.numbers[F.before] as number))
  add("shift", middle, unit, toRecentMean(state, SHOCK.shiftPoints))
  if (!Number.isNaN(season) && (state.numbers[F.seasonSeen] as number) > SHOCK.seasonWarmUp) {
    add("season", season, seasonUnit, value)
    add("both", near, unit, near + lesser(off, value - season))
  }
  state.numbers[F.before] = off
  return rarest
}

/** The smaller of two deviations of one side; 0 of two sides. */
const lesser = (a: number, b: number): number => (a * b > 0 ? (a > 0 ? Math.min(a, b) : Math.max(a, b)) : 0)

function observeView(state: HistoryState, view: View, z: number, moment: Moment): number {
  countPoint(listOf(state, view, -z || -1))
  return observeExcursion(listOf(state, view, z), Math.abs(z), moment)
}

function toRecentMean({ recent, numbers: n }: HistoryState, points: number): number {
  const newest = (n[F.seen] as number) - 1
  let sum = 0
  for (let i = 0; i < points; i++) sum += recent[(newest - i) & RECENT_MASK] as number
  return sum / points
}

/** Moves what is ordinary towards what came, a part of it where it was far off. */
export function learnScales(
  state: HistoryState,
  t: number,
  value: number,
  scales: Scales,
  options: HistoryOptions,
): void {
  const { numbers: n, hours } = state
  const hour = hourOf(t)
  const young = 1 / Math.max(1, (n[F.seen] as number) - options.warmUp)
  const a = {
    long: Math.max(young, options.stepSec / 86_400),
    hour: Math.max(young, options.stepSec / SHOCK.hourMemorySec),
  }
  const off = Math.abs(value - scales.middle)
  n[F.usual] = follow(n[F.usual] as number, off, a.long)
  hours[hour] = follow(hours[hour] as number, off, a.hour)
  if (!Number.isNaN(scales.season)) learnSeason(state, hour, value, options)
}

function learnSeason(state: HistoryState, hour: number, value: number, { stepSec }: HistoryOptions): void {
  const { numbers: n, hours } = state
  const seen = (n[F.seasonSeen] as number) + 1
  n[F.seasonSeen] = seen
  const raw = value - toSeason(n)
  const bias = n[F.bias] as number
  const off = Math.abs(raw - bias)
  const usual = n[F.usualSeason] as number
  const limit = usual > 0 ? SHOCK.clip * usual : off
  n[F.usualSeason] = follow(usual, off, Math.max(1 / seen, stepSec / 86_400))
  hours[HOURS + hour] = follow(hours[HOURS + hour] as number, off, Math.max(1 / seen, stepSec / SHOCK.hourMemorySec))
  n[F.bias] = bias + Math.max(1 / seen, SHOCK.biasMemory) * Math.max(-limit, Math.min(limit, raw - bias))
  follows(n, F.errDay, value - (n[F.day] as number) - bias)
  follows(n, F.errWeek, value - (n[F.week] as number) - bias)
}

function follows(n: Float64Array, field: number, off: number): void {
  if (!Number.isNaN(off)) n[field] = follow(n[field] as number, Math.abs(off), 0.003)
}

/** A running mean that one far value moves no more than {@link SHOCK.clip} ordinary ones. */
function follow(mean: number, value: number, a: number): number {
  const believed = mean > 0 ? Math.min(value, SHOCK.clip * mean) : value
  return mean + a * (believed - mean)
}

/** Sizes of excursion, in units, at which a view alarms: less and more than expected. */
export function toEdges(
  state: HistoryState,
  view: View,
  { stepSec }: HistoryOptions,
  edge: number,
): { less: number; more: number } {
  const at = (side: number) => toSize(listOf(state, view, side), edge, 86_400 / stepSec)
  return { less: at(-1), more: at(1) }
}
