/**
 * A service in numbers: what groups of users of the two sides of a release would have reported. Users differ (how often they call, how far away
 * they are), the day has a curve, client versions and regions differ, and what is drawn for a side is who is on it.
 */
import { RELEASE_GROUPS } from "@ossagent/wire"
import type { Cell, HeapPoint } from "../judge/figures.ts"
import type { Random } from "./random.ts"

export type Fault = "none" | "latency" | "errors" | "leak" | "crash"

/** Of the whole service, by day. */
export const CALLS_PER_SEC = 1_000
const USERS = 200_000
/** Share and speed of each, latencies in ms. */
const VERSIONS = [
  { name: "8.0.2", share: 0.55, ms: 1 },
  { name: "8.0.1", share: 0.3, ms: 1.05 },
  { name: "7.9.0", share: 0.15, ms: 1.3 },
]
const REGIONS = [
  { name: "north", share: 0.5, ms: 40 },
  { name: "south", share: 0.35, ms: 70 },
  { name: "abroad", share: 0.15, ms: 180 },
]
/** Of one call's latency around its user's own, and of users' own: logarithms. */
const CALL_SIGMA = 0.6
const USER_SIGMA = 0.3
/** Of how often a user calls: one in ten makes 44 % of the calls. */
const ACTIVITY_SHAPE = 0.5
const FAULT_RATIO = 0.003
const MIB = 1_048_576

/** 0.4 at night, 1.6 in the evening. */
export const toDaily = (hour: number): number => 1 + 0.6 * Math.sin(((hour - 14) / 24) * 2 * Math.PI)

/** Users of one group of one side: fixed for a step, as the real ones are. */
interface Crowd {
  stratum: string
  side: Cell["side"]
  /** Calls a second by day. */
  activity: number
  /** Median latency. */
  ms: number
}

export function drawCrowds(random: Random, ratio: number): Crowd[] {
  return VERSIONS.flatMap((version) =>
    REGIONS.flatMap((region) =>
      (["old", "new"] as const).flatMap((side) =>
        Array.from({ length: RELEASE_GROUPS }, () => {
          const users = random.poisson((USERS * ratio * version.share * region.share) / RELEASE_GROUPS)
          const activity =
            users === 0 ? 0 : (random.gamma(users * ACTIVITY_SHAPE) / ACTIVITY_SHAPE / USERS) * CALLS_PER_SEC
          // Heavy users weigh more: the mean over a group has fewer than its users' worth of independent parts.
          const spread = USER_SIGMA / Math.sqrt(Math.max(1, users / (1 + 1 / ACTIVITY_SHAPE)))
          const ms = region.ms * version.ms * Math.exp(spread * random.normal())
          return { stratum: `${version.name} ${region.name}`, side, activity, ms }
        }),
      ),
    ),
  )
}

/** What a crowd's calls of some seconds would report, added to what it reported before. */
export function addCalls(random: Random, crowd: Crowd, sums: Sums, { seconds, daily, fault }: Span): void {
  const calls = random.poisson(crowd.activity * seconds * daily)
  if (calls === 0) return
  const isNew = crowd.side === "new"
  const ms = crowd.ms * (isNew && fault === "latency" ? 1.2 : 1)
  const faultRatio = FAULT_RATIO + (isNew && fault === "errors" ? 0.005 : 0)
  sums.calls += calls
  sums.faults += Math.min(calls, random.poisson(calls * faultRatio))
  sums.ms += drawSum(random, calls, ms)
  sums.median = ms
}

export interface Span {
  seconds: number
  daily: number
  fault: Fault
}

export interface Sums {
  calls: number
  faults: number
  ms: number
  median: number
}

/** The sum of so many log-normal latencies: each drawn where they are few, by the central limit where they are many. */
function drawSum(random: Random, calls: number, median: number): number {
  if (calls <= 60) {
    let sum = 0
    for (let i = 0; i < calls; i++) sum += median * Math.exp(CALL_SIGMA * random.normal())
    return sum
  }
  const mean = median * Math.exp(CALL_SIGMA ** 2 / 2)
  const deviation = mean * Math.sqrt(Math.exp(CALL_SIGMA ** 2) - 1)
  return Math.max(0, calls * mean + Math.sqrt(calls) * deviation * random.normal())
}

export function toCell(random: Random, { stratum, side }: Crowd, { calls, faults, ms, median }: Sums): Cell {
  const none = { stratum, side, calls, faults }
  if (calls === 0) return { ...none, meanMs: null, p95Ms: null }
  return { ...none, meanMs: ms / calls, p95Ms: median * Math.exp(CALL_SIGMA * drawQuantile(random, calls, 0.95)) }
}

/** The sample quantile of so many standard normal values: its rank is Beta distributed. */
function drawQuantile(random: Random, count: number, quantile: number): number {
  const rank = Math.max(1, Math.ceil(quantile * count))
  const [a, b] = [random.gamma(rank), random.gamma(count - rank + 1)]
  return toNormalQuantile(a / (a + b))
}

/** Of the standard normal distribution, by bisection of the logistic-like tail; four digits are plenty here. */
function toNormalQuantile(p: number): number {
  let [low, high] = [-8, 8]
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2
    if (toNormalShare(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Φ by Zelen and Severo (Abramowitz and Stegun 26.2.17), error below 7.5e-8. */
function toNormalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly
  return z >= 0 ? 1 - tail : tail
}

/** Live heaps of the two threads: noise of a few percent, caches that fill at first, and the leak. */
export function drawHeap(random: Random, at: number, ageMs: number, fault: Fault): HeapPoint {
  const noise = (): number => 0.6 * MIB * random.normal()
  const hour = ageMs / 3_600_000
  const warm = 6 * MIB * (1 - Math.exp(-ageMs / 30_000))
  const leak = fault === "leak" ? 60 * MIB * hour : 0
  return { at, old: 46 * MIB + noise(), new: 40 * MIB + warm + leak + noise() }
}
