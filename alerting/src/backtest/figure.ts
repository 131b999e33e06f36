import type { Stat, Values } from "@ossagent/wire"

/** The statistics that a window of several steps is put together from. */
export const toNeeded = (stat: Stat): Stat[] => (stat === "avg" ? ["avg", "sum", "count"] : [stat])

/**
 * A statistic of the window of `width` steps that ends with step `end`; null where nothing was recorded. Percentiles cannot be put
 * together: of these it is the last step's.
 */
export function readFigure(
  values: Partial<Record<Stat, Values>>,
  stat: Stat,
  end: number,
  width: number,
): number | null {
  if (width === 1) return values[stat]?.[end] ?? null
  const known = (of: Stat): number[] => {
    const column = values[of] ?? []
    const found: number[] = []
    for (let i = Math.max(0, end - width + 1); i <= end; i++) {
      const value = column[i]
      if (value !== null && value !== undefined) found.push(value)
    }
    return found
  }
  const found = known(stat)
  if (found.length === 0) return null
  const sum = (of: readonly number[]): number => of.reduce((all, value) => all + value, 0)
  if (stat === "sum" || stat === "count") return sum(found)
  if (stat === "rate") return sum(found) / width
  if (stat === "min") return Math.min(...found)
  if (stat === "max") return Math.max(...found)
  if (stat === "avg") return sum(known("sum")) / sum(known("count"))
  return found.at(-1) ?? null
}
