import type { TimeWindow } from "./range.ts"

const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 604_800,
]
const DAY_MS = 86_400_000
/** How far back seconds and minutes are kept; the collector's tiers. */
const TIERS: [ageMs: number, stepSec: number][] = [
  [DAY_MS, 1],
  [35 * DAY_MS, 60],
  [Number.POSITIVE_INFINITY, 3_600],
]
/** A line of more points than pixels says nothing more. */
export const MOST_POINTS = 600

/** The smallest round step with which about `points` fit, and that is kept for so long ago. Whole seconds. */
export function chooseStep({ from, to }: TimeWindow, now: number, points = 300): number {
  const least = TIERS.find(([age]) => now - from <= age)?.[1] ?? 3_600
  const wanted = Math.max((to - from) / 1_000 / points, least)
  return STEPS.find((step) => step >= wanted) ?? 604_800
}

/** Steps a person may choose for this window, smallest first. */
export function stepsFor({ from, to }: TimeWindow, now: number): number[] {
  const least = chooseStep({ from, to, live: false }, now, MOST_POINTS)
  const most = Math.max((to - from) / 1_000 / 4, least)
  return STEPS.filter((step) => step >= least && step <= most)
}
