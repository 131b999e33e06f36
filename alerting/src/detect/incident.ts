/**
 * One deviation from its first point to its end: told when it opens, when it grows far worse, and again when the series comes back out
 * of a gap and is still off. "Off" is measured against what was expected before the incident, which therefore cannot teach itself.
 */
import type { Excursion } from "./band.ts"
import { toSeason } from "./season.ts"
import { F, type HistoryState, LONG } from "./state.ts"

export const INCIDENT = {
  /** Share of the first deviation above which a point is still off. */
  half: 0.6,
  /** Points with and without a season after which a new level is believed. */
  seasonHoldSec: 300_000,
  holdPoints: 120,
  /** Points after which an incident is what the series does now: a move to the other side is no way back, but news. */
  settledPoints: 720,
  calmPoints: 10,
  calmShare: 0.2,
  calmMost: 300,
  /** While so young every gap tells it again, later one in so many seconds does. */
  freshPoints: 200,
  againSec: 57_600,
  offShare: 0.7,
  /** Decades of rarity more that count as far worse. */
  worse: 1,
  settlePoints: 30,
  bounce: 1.5,
  restPoints: 10,
  leastUnits: 3,
}

export type News = "none" | "open" | "opened" | "worse" | "still off"

export interface Look {
  t: number
  value: number
  /** Whether points are missing before this one. */
  gap: boolean
  /** Whether the newest point crossed the edge. */
  alarm: boolean
  excursion: Excursion
  stepSec: number
}

export function followIncident(state: HistoryState, look: Look): News {
  const n = state.numbers
  const news = n[F.open] ? carryOn(n, look) : "none"
  if (!look.alarm) return news
  if (!n[F.open]) return begin(n, look)
  return isWorse(n, look) ? worsen(n, look) : news
}

/**
 * Whether an excursion is the way back: the last points still are those of an incident that is under way or just over, and the newest
 * one lies where it was expected before.
 */
export function isReturn(n: Float64Array, value: number, excursion: Excursion): boolean {
  const lately =
    (n[F.open] === 1 && !isSettled(n)) ||
    ((n[F.closedAt] as number) > 0 && (n[F.seen] as number) - (n[F.closedAt] as number) <= LONG)
  if (!lately || !isOtherSide(n, excursion)) return false
  return Math.abs(value - toExpected(n)) <= INCIDENT.half * (n[F.size] as number)
}

/** What would be expected had the incident not been. */
function toExpected(n: Float64Array): number {
  const season = toSeason(n) + (n[F.openBias] as number)
  return Number.isNaN(season) ? (n[F.from] as number) : season
}

function carryOn(n: Float64Array, look: Look): News {
  const age = toAge(n)
  const off = isOff(n, look, age)
  n[F.calm] = off ? 0 : (n[F.calm] as number) + 1
  if (off) n[F.outs] = (n[F.outs] as number) + 1
  const again = off && look.gap && isDue(n, look, age)
  if (again) n[F.toldAt] = n[F.seen] as number
  const rest = Math.min(INCIDENT.calmMost, INCIDENT.calmPoints + INCIDENT.calmShare * age)
  if ((n[F.calm] as number) >= rest) {
    n[F.open] = 0
    n[F.closedAt] = n[F.seen] as number
  }
  return again ? "still off" : "open"
}

/** Points since the incident opened. */
export const toAge = (n: Float64Array): number => (n[F.seen] as number) - (n[F.openAt] as number)

function isDue(n: Float64Array, { stepSec }: Look, age: number): boolean {
  if (age <= INCIDENT.freshPoints) return true
  const silent = ((n[F.seen] as number) - (n[F.toldAt] as number)) * stepSec
  return silent >= INCIDENT.againSec && (n[F.outs] as number) > INCIDENT.offShare * age
}

function isOff(n: Float64Array, { value, stepSec }: Look, age: number): boolean {
  const seasonal = !Number.isNaN(toSeason(n))
  if (seasonal ? age * stepSec > INCIDENT.seasonHoldSec : age > INCIDENT.holdPoints) return false
  const expected = toExpected(n)
  const off = (value - expected) * (n[F.side] as number)
  if (off > INCIDENT.half * (n[F.size] as number)) return true
  return expected > 0 && (n[F.share] as number) > 0 && off / expected >= INCIDENT.half * (n[F.share] as number)
}

function isWorse(n: Float64Array, { excursion }: Look): boolean {
  if ((n[F.seen] as number) - (n[F.toldAt] as number) < INCIDENT.restPoints) return false
  const off = excursion.seen - excursion.expected
  const bounced = isOtherSide(n, excursion) && (isSettled(n) || Math.abs(off) > INCIDENT.bounce * (n[F.size] as number))
  return bounced || excursion.rarity > (n[F.openScore] as number) + INCIDENT.worse
}

const isSettled = (n: Float64Array): boolean => toAge(n) > INCIDENT.settledPoints

const isOtherSide = (n: Float64Array, { seen, expected }: Excursion): boolean =>
  Math.sign(seen - expected) !== n[F.side]

const isSettling = (n: Float64Array): boolean => toAge(n) <= INCIDENT.settlePoints

/** What comes early shows the incident better than its first point did; later it is an incident within one, told but not followed. */
function worsen(n: Float64Array, look: Look): News {
  const over = (n[F.calm] as number) > INCIDENT.restPoints
  const moved = isSettled(n) && isOtherSide(n, look.excursion)
  if (isSettling(n) || over || moved) begin(n, look)
  n[F.toldAt] = n[F.seen] as number
  n[F.openScore] = Math.max(n[F.openScore] as number, look.excursion.rarity)
  return "worse"
}

function begin(n: Float64Array, { excursion }: Look): News {
  const expected = excursion.expected
  const off = excursion.seen - expected
  n[F.open] = 1
  n[F.openAt] = n[F.toldAt] = n[F.seen] as number
  n[F.from] = expected
  n[F.side] = off < 0 ? -1 : 1
  n[F.size] = Math.max(Math.abs(off), INCIDENT.leastUnits * excursion.unit)
  n[F.share] = expected > 0 ? (n[F.size] as number) / expected : 0
  n[F.calm] = n[F.outs] = 0
  n[F.openScore] = excursion.rarity
  n[F.openBias] = n[F.bias] as number
  return "opened"
}
