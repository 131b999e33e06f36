import type { Part, Slice } from "./rank.ts"
import { MOST_VALUES, type Reading } from "./read.ts"

/** One figure now and as it was forecast; forecasts are already of the same length. */
export interface Compared {
  actual: readonly Reading[]
  forecast: readonly Reading[]
  /** Who has nothing of it. */
  idle: readonly Reading[]
  /** Of a quotient of two metrics: the other one. */
  of: { actual: readonly Reading[]; forecast: readonly Reading[] } | null
}

const FIRST = ["version", "subsystem", "host", "service"]

/** The figure split by each dimension that its series have and the alarm leaves open. */
export function toSlices(compared: Compared, fixed: readonly string[]): Slice[] {
  const dims = new Set(FIRST)
  for (const { group } of [...compared.actual, ...compared.forecast])
    for (const dim of Object.keys(group)) dims.add(dim)
  for (const dim of fixed) dims.delete(dim)
  return [...dims]
    .map((dim) => toSlice(dim, compared))
    .filter(({ parts }) => parts.length > 1 && parts.length <= MOST_VALUES)
}

function toSlice(dim: string, { actual, forecast, idle, of }: Compared): Slice {
  const parts = new Map<string, Part>()
  const divided = of !== null || actual.some(({ count }) => count !== null)
  const partOf = ({ group }: Reading): Part => {
    const value = group[dim] ?? ""
    const known = parts.get(value)
    if (known !== undefined) return known
    const part: Part = { value, actual: 0, forecast: 0, ...(divided ? { of: { actual: 0, forecast: 0 } } : {}) }
    parts.set(value, part)
    return part
  }
  const add = (readings: readonly Reading[], side: "actual" | "forecast"): void => {
    for (const reading of readings) {
      const part = partOf(reading)
      part[side] += reading.value
      if (of === null && part.of !== undefined) part.of[side] += reading.count ?? 0
    }
  }
  const addBelow = (readings: readonly Reading[], side: "actual" | "forecast"): void => {
    for (const reading of readings) {
      const part = partOf(reading)
      if (part.of !== undefined) part.of[side] += reading.value
    }
  }
  add(actual, "actual")
  add(forecast, "forecast")
  if (dim === "version" || dim === "host") for (const reading of idle) partOf(reading)
  if (of !== null) addBelow(of.actual, "actual")
  if (of !== null) addBelow(of.forecast, "forecast")
  return { dim, parts: [...parts.values()] }
}
