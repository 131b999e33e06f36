/**
 * Compares a series with its own history. In: one value a step. Out: how far it is from what was expected, and since when. Pure, causal,
 * constant memory (see state.ts).
 *
 * Two methods look at each point. `shock`: how rare for this very series is the distance from the points just before and from the same
 * quarter of an hour of the last seven days? `record`: did mean or spread of the newest points go beyond all that the series ever did?
 * `incident` follows what they found until it is over, so that one fault is one alarm.
 */
import type { Excursion, HistoryOptions } from "./band.ts"
import { followIncident, INCIDENT, isReturn, toAge } from "./incident.ts"
import { type Judgement, toJudgement, toQuiet } from "./judgement.ts"
import { observeRecord } from "./record.ts"
import { addToSlot, turnSlot } from "./season.ts"
import { learnScales, observeShock, type Scales, SHOCK, toScales } from "./shock.ts"
import { replace } from "./sorted.ts"
import { createState, F, type HistoryState, LONG, RECENT_MASK, SHORT } from "./state.ts"

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
  youngDays: 6,
  youngest: 6,
  /** Added for each decade by which points lie further apart than a minute: the last hour says less of a series of few points. */
  stepDecades: 3,
}

/** The most that the way back from an incident scores: it is no alarm, nor good yet. */
const RETURN_SCORE = 0.9
const GAP = { memory: 0.003, seldom: 0.05 }

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
  const gap = !first && isGap(n, t - (n[F.lastT] as number), options.stepSec)
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
export type { Judgement } from "./judgement.ts"
export { createState as createHistory }

/** Whether points are missing, in a series of which they seldom are. */
function isGap(n: Float64Array, sec: number, stepSec: number): boolean {
  const missing = sec > 1.5 * stepSec
  n[F.gapShare] = (n[F.gapShare] as number) + GAP.memory * ((missing ? 1 : 0) - (n[F.gapShare] as number))
  return missing && (n[F.gapShare] as number) < GAP.seldom
}

/** Enters the point where the methods find it. */
function takeUp(state: HistoryState, t: number, value: number): void {
  const n = state.numbers
  const seen = n[F.seen] as number
  if (seen > 0) {
    const step = Math.abs(value - (state.recent[(seen - 1) & RECENT_MASK] as number))
    if (step > 0 && ((n[F.grain] as number) === 0 || step < (n[F.grain] as number))) n[F.grain] = step
  }
  state.recent[seen & RECENT_MASK] = value
  n[F.seen] = seen + 1
  n[F.lastT] = t
  addToSlot(state, value)
}

/** The sorted windows take up the point last: it is compared with what was before it. */
function slide(state: HistoryState, value: number): void {
  const seen = state.numbers[F.seen] as number
  const back = (points: number) => state.recent[(seen - 1 - points) & RECENT_MASK] as number
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
  const edge = toEdge(state, options)
  const judgement = toJudgement(state, scales, { edge, options })
  const rarest = observeShock(state, value, scales, { edge, options })
  const novelty = observeRecord(state, value)
  const shock = toShockWay(rarest.rarity - edge)
  const record = toRecordWay(novelty)
  const excursion = record > shock ? toRecord(rarest, value, scales) : rarest
  judgement.rarity = rarest.rarity
  judgement.score = 1 - 0.01 ** Math.max(shock, record)
  judgement.why = judgement.score >= EDGE.score ? "outside the band" : "within the band"
  refuse(judgement, excursion, options)
  if (judgement.score > RETURN_SCORE && isReturn(state.numbers, value, excursion)) {
    judgement.why = "on its way back"
    judgement.score = RETURN_SCORE
  }
  const alarm = judgement.why === "outside the band"
  judgement.news = followIncident(state, { t, value, gap, alarm, excursion, stepSec: options.stepSec })
  judgement.off = isOff(state.numbers)
  learnScales(state, t, value, scales, options)
  return judgement
}

const isOff = (n: Float64Array): boolean => n[F.open] === 1 && n[F.calm] === 0 && toAge(n) <= INCIDENT.holdPoints

/** The rarity that is asked: more of a young series, of which little is known. */
function toEdge({ numbers: n }: HistoryState, { stepSec }: HistoryOptions): number {
  const days = ((n[F.seen] as number) * stepSec) / 86_400
  const coarse = Math.max(0, Math.log10(stepSec / 60))
  return SHOCK.edge + EDGE.youngDays / (days + EDGE.youngest) + EDGE.stepDecades * coarse
}

/** How far a rarity is on the way to an alarm, 1 at the edge; beyond it slowly more. */
const toShockWay = (beyond: number): number =>
  beyond < 0 ? Math.max(0, 1 + beyond / EDGE.decades) : 1 + Math.min(EDGE.beyondMost, beyond / EDGE.beyondDecades)

/** The same of a novelty, which at the edge is ahead of every shock. */
const toRecordWay = (novelty: number): number => novelty / EDGE.novelty + (novelty < EDGE.novelty ? 0 : EDGE.beyondMost)

function refuse(judgement: Judgement, { seen, expected }: Excursion, options: HistoryOptions): void {
  const off = seen - expected
  if ((options.direction === "up" && off < 0) || (options.direction === "down" && off > 0)) {
    judgement.why = "not this direction"
    judgement.score = 0
  } else if (Math.abs(off) < Math.max(options.minAbsolute, options.minRelative * Math.abs(expected))) {
    judgement.why = "too small to matter"
    judgement.score = Math.min(judgement.score, 0.9)
  }
}

/** A record is looked at as the point's distance from the last hour, whichever of its features made it. */
const toRecord = ({ rarity }: Excursion, value: number, { middle, unit }: Scales): Excursion => ({
  view: "record",
  expected: middle,
  unit,
  seen: value,
  rarity,
})
