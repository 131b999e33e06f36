/** P(Z > z) of the standard normal distribution: a series near 0, a continued fraction further out; relative error below 1e-8. */
export function upperTail(z: number): number {
  if (Number.isNaN(z)) return 1
  if (z < 0) return 1 - upperTail(-z)
  return z < 3 ? 0.5 - series(z) : density(z) / fraction(z)
}

/** Two-sided p of a standard normal value. */
export const twoSided = (z: number): number => Math.min(1, 2 * upperTail(Math.abs(z)))

/** 97.5 % of the standard normal distribution. */
export const Z_95 = 1.959963984540054

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)

/** Φ(z) − ½ = φ(z) · Σ z^(2k+1) / (1·3·5 … (2k+1)) */
function series(z: number): number {
  let [term, sum] = [z, z]
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (z * z) / (2 * k + 1)
    sum += term
  }
  return density(z) * sum
}

/** Laplace's continued fraction of Mills' ratio, from its 200th level up. */
function fraction(z: number): number {
  let value = z
  for (let k = 200; k >= 1; k--) value = z + k / value
  return value
}
