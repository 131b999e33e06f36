/**
 * Van Elteren's test (1960): Mann and Whitney's within strata, put together. Whoever is in a stratum is compared with others of it alone, so that
 * another mix of users on the two sides is no difference between the versions.
 */
import { toRankSum } from "./mann-whitney.ts"
import { twoSided, Z_95 } from "./normal.ts"

export interface Stratum {
  old: readonly number[]
  fresh: readonly number[]
}

export interface Stratified {
  /** Two-sided, 1 where nothing can be said. */
  p: number
  /** Cliff's delta within strata, weighted by their pairs. */
  delta: number
  /** Hodges and Lehmann's shift: the median of all differences within strata, with its 95 % interval; null without a pair. */
  shift: { value: number; low: number; high: number } | null
  /** Values on both sides of strata that have both. */
  n: number
}

/** Strata with one side alone say nothing. Weights are 1 / (n + 1), the locally best where the shift is the same in all. */
export function vanElteren(all: readonly Stratum[]): Stratified {
  const strata = all.filter(({ old, fresh }) => old.length > 0 && fresh.length > 0)
  let [away, variance, pairs, ahead, plain] = [0, 0, 0, 0, 0]
  for (const { old, fresh } of strata) {
    const sum = toRankSum(old, fresh)
    const weight = 1 / (old.length + fresh.length + 1)
    away += weight * (sum.u - sum.mean)
    variance += weight * weight * sum.variance
    pairs += old.length * fresh.length
    ahead += sum.u
    plain += sum.variance
  }
  const n = strata.reduce((total, { old, fresh }) => total + old.length + fresh.length, 0)
  return {
    p: variance === 0 ? 1 : twoSided(away / Math.sqrt(variance)),
    delta: pairs === 0 ? 0 : (2 * ahead) / pairs - 1,
    shift: toShift(strata, pairs, plain),
    n,
  }
}

/** The interval holds the differences that U itself would not refuse (Moses; Hollander and Wolfe, Nonparametric Statistical Methods, 4.3). */
function toShift(strata: readonly Stratum[], pairs: number, variance: number): Stratified["shift"] {
  if (pairs === 0) return null
  const differences = new Float64Array(pairs)
  let i = 0
  for (const { old, fresh } of strata) for (const a of old) for (const b of fresh) differences[i++] = b - a
  differences.sort()
  const at = (index: number): number => differences[Math.min(pairs - 1, Math.max(0, index))] as number
  const reach = Z_95 * Math.sqrt(variance)
  const value = (at(Math.floor((pairs - 1) / 2)) + at(Math.floor(pairs / 2))) / 2
  return { value, low: at(Math.floor(pairs / 2 - reach)), high: at(Math.ceil(pairs / 2 + reach) - 1) }
}
