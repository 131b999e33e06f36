/** Does a series rise? Mann (1945) and Kendall's test, and Sen's slope (1968): neither minds a few values that are far out. */
import { upperTail } from "./normal.ts"

export interface Trend {
  /** Kendall's S: rises less falls among all pairs. */
  s: number
  /** Of "it does not rise"; 1 with fewer than 4 values. */
  p: number
  /** The median of the slopes of all pairs, per unit of time; 0 without a pair. */
  slope: number
}

/** @param points `[time, value]`, oldest first, times rising */
export function toTrend(points: readonly (readonly [number, number])[]): Trend {
  const slopes: number[] = []
  let s = 0
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++) {
      const [from, to] = [points[i], points[j]] as [readonly [number, number], readonly [number, number]]
      s += Math.sign(to[1] - from[1])
      slopes.push((to[1] - from[1]) / (to[0] - from[0]))
    }
  }
  slopes.sort((a, b) => a - b)
  const variance = toVariance(points.map(([, value]) => value))
  const z = s > 0 ? (s - 1) / Math.sqrt(variance) : s < 0 ? (s + 1) / Math.sqrt(variance) : 0
  return { s, p: points.length < 4 || variance === 0 ? 1 : upperTail(z), slope: toMedian(slopes) }
}

/** Of S, with the correction for ties. */
function toVariance(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const part = (n: number): number => n * (n - 1) * (2 * n + 5)
  return (part(values.length) - [...counts.values()].reduce((sum, n) => sum + part(n), 0)) / 18
}

function toMedian(sorted: readonly number[]): number {
  if (sorted.length === 0) return 0
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2
}
