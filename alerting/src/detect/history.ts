/**
 * Compares a series with its own history. In: one value a step. Out: how far it is from what was expected, and since when. Pure, causal,
 * constant memory (see state.ts).
 *
 * Two methods look at each point. `shock`: how rare for this very series is the distance from the points just before and from the same
 * quarter of an hour of the last seven days? `record`: did mean or spread of the newest points go beyond all that the series ever did?
 * `incident` follows what they found until it is over, so that one fault is one alarm.
 */
import type { Excursion, HistoryOptions } from "./band.ts"
import { followIncident, INCIDENT, type News, toAge } from "./incident.ts"
import { observeRecord } from "./record.ts"
import { addToSlot, turnSlot } from "./season.ts"
import { learnScales, observeShock, type Scales, SHOCK, toEdges, toScales } from "./shock.ts"
import { replace, toQuantile } from "./sorted.ts"
import { createState, F, type HistoryState, LONG, RECENT, SHORT } from "./state.ts"

export interface Judgement {
  /** 0–1: 0.99 is the edge of the band, 0.9 half way to it, 0 within the warm-up. More than 0.99 only for what the series never did. */
  score: number
  /** Minus the decimal logarithm of how many such excursions are expected a day; -1 while that is not known. */
  rarity: number
  expected: number
  lower: number
  upper: number
  /** Whether this point is news: an incident opens, grows far worse, or is still on after a gap. */
  news: News
  /** Whether an incident of at most two hours is under way and this point is still off. */
  off: boolean
  /** From the least to the most of the same quarter of an hour of the last days; null before there are days enough. */
  sameTime: (Range & { days: number }) | null
  /** Where most points of the last hour lay. */
  lastHour: Range
  /** Why the score is what it is. */
  why:
    | "warming up"
    | "within the band"
    | "outside the band"
    | "too small to matter"
    | "not this direction"
    | "not newer"
}

export interface Range {
  low: number
  high: number
}

export const EDGE = {
  /** Score of an excursion at the edge of the band. */
  score: 0.99,
  /** Novelty at which a record is an alarm. */
  novelty: 0.2,
  /** Decades beyond the edge that raise a score as much as the way up to it; the most that they raise it. */
  beyondDecades: 10,
  beyondMost: 0.4,
  /** Decades of rarity from no score to the edge. */
  decades: 2,
  /** Added to the rarity asked of a young series: so many decades over its age in days, to which six days are added. */
  youngDays: 12,
  youngest: 6,
}

/**
 * Judges `value` at `t` and learns from it. Values must come in the order of time; a repeated or older `t` is neither judged nor learnt.
 *
 * @param t Unix seconds
 * @param value finite
 */
export function observe(state: HistoryState, t: number, value: number, options: HistoryOptions): Judgement {
  const n = state.numbers
  const first = (n[F.seen] as number) === 0
  if (!first && t <= (n[F.lastT] as number)) return toQuiet(value, "not newer")
  const gap = !first && t - (n[F.lastT] as number) > 1.5 * options.stepSec
  turnSlot(state, t)
  const scales = first ? null : toScales(state, t, options)
  takeUp(state, t, value)
  const judgement =
    scales && (n[F.seen] as number) > options.warmUp
      ? judge(state, { t, value, gap, scales, options })
      : toQuiet(value, options.warmUp > 0 ? "warming up" : "within the band")
  if ((n[F.seen] as number) <= options.warmUp) observeRecord(state, value)
  slide(state, value)
  return judgement
}

export type { HistoryOptions } from "./band.ts"
export { createState as createHistory }

const toQuiet = (value: number, why: Judgement["why"]): Judgement => ({
  score: 0,
  rarity: -1,
  expected: value,
  lower: value,
  upper: value,
  news: "none",
  off: false,
  sameTime: null,
  lastHour: { low: value, high: value },
  why,
})

/** Enters the point where the methods find it. */
function takeUp(state: HistoryState, t: number, value: number): void {
  const n = state.numbers
  const seen = n[F.seen] as number
  if (seen > 0) {
    const step = Math.abs(value - (state.recent[(seen - 1) % RECENT] as number))
    if (step > 0 && ((n[F.grain] as number) === 0 || step < (n[F.grain] as number))) n[F.grain] = step
  }
  state.recent[seen % RECENT] = value
  n[F.seen] = seen + 1
  n[F.lastT] = t
  addToSlot(state, value)
}

/** The sorted windows take up the point last: it is compared with what was before it. */
function slide(state: HistoryState, value: number): void {
  const seen = state.numbers[F.seen] as number
  const back = (points: number) => state.recent[(seen - 1 - points + RECENT) % RECENT] as number
  replace(state.long, value, back(LONG))
  replace(state.short, value, back(SHORT))
}

interface Point {
  t: number
  value: number
  gap: boolean
  scales: Scales
  options: HistoryOptions
}

function judge(state: HistoryState, { t, value, gap, scales, options }: Point): Judgement {
  const band = toBand(state, scales, options)
  const rarest = observeShock(state, value, scales, options)
  const novelty = observeRecord(state, value)
  const ways = toWays(rarest.rarity, novelty, toEdge(state, options))
  const excursion = ways.record > ways.shock ? toRecord(rarest, value, scales) : rarest
  const score = 1 - 0.01 ** Math.max(ways.shock, ways.record)
  const refused = toRefusal(excursion, options)
  const look = { t, value, gap, score: Math.max(excursion.rarity, 0), excursion, stepSec: options.stepSec }
  const alarm = refused === null && score >= EDGE.score
  const news = followIncident(state, { ...look, alarm })
  learnScales(state, t, value, scales, options)
  const rest = { ...band, ...toPast(state), rarity: excursion.rarity, news, off: isOff(state.numbers) }
  if (refused === "not this direction") return { ...rest, score: 0, why: refused }
  if (refused !== null) return { ...rest, score: Math.min(score, 0.9), why: refused }
  return { ...rest, score, why: score >= EDGE.score ? "outside the band" : "within the band" }
}

const isOff = (n: Float64Array): boolean => n[F.open] === 1 && n[F.calm] === 0 && toAge(n) <= INCIDENT.holdPoints

function toPast({ numbers: n, long }: HistoryState): Pick<Judgement, "sameTime" | "lastHour"> {
  const [low, high, days] = [n[F.low] as number, n[F.high] as number, n[F.days] as number]
  return {
    sameTime: Number.isNaN(low) ? null : { low, high, days },
    lastHour: { low: toQuantile(long, 0.1), high: toQuantile(long, 0.9) },
  }
}

/** The rarity that is asked: more of a young series, of which little is known. */
function toEdge({ numbers: n }: HistoryState, { stepSec }: HistoryOptions): number {
  const days = ((n[F.seen] as number) * stepSec) / 86_400
  return SHOCK.edge + EDGE.youngDays / (days + EDGE.youngest)
}

/** How far a rarity and a novelty are on the way to an alarm: 1 at the edge. */
function toWays(rarity: number, novelty: number, edge: number): { shock: number; record: number } {
  const beyond = rarity - edge
  const over = Math.min(EDGE.beyondMost, beyond / EDGE.beyondDecades)
  return {
    shock: beyond < 0 ? Math.max(0, 1 + beyond / EDGE.decades) : 1 + over,
    record: novelty / EDGE.novelty + (novelty < EDGE.novelty ? 0 : EDGE.beyondMost),
  }
}

type Refusal = "too small to matter" | "not this direction" | null

function toRefusal({ seen, expected }: Excursion, options: HistoryOptions): Refusal {
  const off = seen - expected
  if ((options.direction === "up" && off < 0) || (options.direction === "down" && off > 0)) return "not this direction"
  const matters = Math.abs(off) >= Math.max(options.minAbsolute, options.minRelative * Math.abs(expected))
  return matters ? null : "too small to matter"
}

/** A record is looked at as the point's distance from the last hour, whichever of its features made it. */
const toRecord = ({ rarity }: Excursion, value: number, { middle, unit }: Scales): Excursion => ({
  view: "record",
  expected: middle,
  unit,
  seen: value,
  rarity,
})

/** Where the next point would not be an alarm: around the season where there is one, else around the last points. */
function toBand(
  state: HistoryState,
  scales: Scales,
  options: HistoryOptions,
): Pick<Judgement, "expected" | "lower" | "upper"> {
  const seasonal = !Number.isNaN(scales.season)
  const edges = toEdges(state, seasonal ? "season" : "shock", options, toEdge(state, options))
  const expected = seasonal ? scales.season : scales.near
  const unit = seasonal ? scales.seasonUnit : scales.unit
  const floor = (scales.middle as number) < 0 || expected < 0 ? Number.NEGATIVE_INFINITY : 0
  return {
    expected,
    lower: Math.max(floor, expected - edges.less * unit),
    upper: expected + edges.more * unit,
  }
}
