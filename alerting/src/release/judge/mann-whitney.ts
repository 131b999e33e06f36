/**
 * Mann and Whitney's U (1947): do values of one side tend to be larger than those of the other? Nothing is assumed of their distribution.
 */
import { twoSided } from "./normal.ts"

export interface RankSum {
  /** Pairs in which `fresh` is larger, ties counting half. */
  u: number
  /** Of U, if both sides were of one distribution. */
  mean: number
  /** The same, with Lehmann's correction for ties. */
  variance: number
}

export interface MannWhitney {
  u: number
  /** Two-sided, by the normal approximation with corrections for ties and continuity; 1 where nothing can be said. */
  p: number
  /** Cliff's delta, −1 to 1: P(fresh > old) − P(fresh < old). */
  delta: number
}

/** NaN is no value of either side. */
export function toRankSum(old: readonly number[], fresh: readonly number[]): RankSum {
  const [m, n] = [old.length, fresh.length]
  const all = [...old.map((value) => ({ value, isFresh: false })), ...fresh.map((value) => ({ value, isFresh: true }))]
  all.sort((a, b) => a.value - b.value)
  let [ranks, ties] = [0, 0]
  for (let i = 0; i < all.length; ) {
    let end = i
    let freshOnes = 0
    while (end < all.length && all[end]?.value === all[i]?.value) if (all[end++]?.isFresh) freshOnes++
    const size = end - i
    ranks += freshOnes * (i + 1 + end) * 0.5
    ties += size ** 3 - size
    i = end
  }
  const total = m + n
  const spread = total + 1 - (total > 1 ? ties / (total * (total - 1)) : 0)
  return { u: ranks - (n * (n + 1)) / 2, mean: (m * n) / 2, variance: Math.max(0, ((m * n) / 12) * spread) }
}

export function mannWhitney(old: readonly number[], fresh: readonly number[]): MannWhitney {
  const { u, mean, variance } = toRankSum(old, fresh)
  if (variance === 0) return { u, p: 1, delta: 0 }
  const away = Math.max(0, Math.abs(u - mean) - 0.5)
  return { u, p: twoSided(away / Math.sqrt(variance)), delta: u / mean - 1 }
}
