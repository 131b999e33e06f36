/** Round marks for an axis. */

const DECIMAL = [1, 2, 2.5, 5, 10]
const BINARY = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
/** Times that people count in, in ms. */
const TIMES = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000]

/** From a round value at or below `min` to one at or above `max`, in about `count` steps that are round in the unit. */
export function axisTicks(min: number, max: number, { unit, count }: { unit: string; count: number }): number[] {
  const span = max > min ? max - min : Math.abs(max) || 1
  const step = roundStep(span / count, unit)
  const low = Math.floor(min / step + 1e-9) * step
  const ticks: number[] = []
  for (let i = 0; i <= count * 4; i++) {
    const at = low + i * step
    // adding up would leave 0.30000000000000004
    ticks.push(Number(at.toPrecision(12)))
    if (at >= max - step * 1e-9 && i > 0) break
  }
  return ticks
}

function roundStep(least: number, unit: string): number {
  if (unit === "By" && least > 1) {
    const base = 1024 ** Math.floor(Math.log(least) / Math.log(1024))
    return base * (BINARY.find((factor) => factor * base >= least * 0.999) ?? 1024)
  }
  const scale = unit === "s" ? 1_000 : 1
  if ((unit === "ms" || unit === "s") && least * scale >= 1_000) {
    const found = TIMES.find((time) => time >= least * scale * 0.999)
    if (found) return found / scale
  }
  const base = 10 ** Math.floor(Math.log10(least))
  return base * (DECIMAL.find((factor) => factor * base >= least * 0.999) ?? 10)
}

/** Least and largest of what is drawn, zero among them unless everything lies far from it. */
export function extentOf(columns: readonly (readonly (number | null)[])[]): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const values of columns)
    for (const value of values) {
      if (value === null || value === undefined) continue
      if (value < min) min = value
      if (value > max) max = value
    }
  if (min > max) return { min: 0, max: 1 }
  if (min >= 0 && min < max * 0.75) return { min: 0, max }
  if (min === max) return min > 0 ? { min: 0, max } : { min, max: min === 0 ? 1 : 0 }
  const pad = (max - min) * 0.2
  return { min: min >= 0 ? Math.max(0, min - pad) : min, max }
}
