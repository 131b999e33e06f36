import { hasBuckets, type Kind, PERCENTILES, type Percentile, quantileOf, type Stat } from "@ossagent/wire"

/** The partial aggregate of one group in one step; folding is the same at every tier. */
export interface Cell {
  count: number
  sum: number
  min: number
  max: number
  last: number
  /** Unix seconds of `last`. */
  lastAt: number
  buckets: Map<number, number> | null
}

export type Partial = Omit<Cell, "buckets">

/** One group's cells by step. */
export interface GroupCells {
  key: string
  metric: string
  kind: Kind
  /** Values of the selection's dimensions, in their order. */
  values: readonly string[]
  steps: Map<number, Cell>
}

/** All cells of a selection, from whatever source. */
export class Cells {
  readonly groups = new Map<string, GroupCells>()

  group(key: string, make: () => Omit<GroupCells, "key" | "steps">): GroupCells {
    let group = this.groups.get(key)
    if (group === undefined) {
      group = { key, ...make(), steps: new Map() }
      this.groups.set(key, group)
    }
    return group
  }
}

/** Adds a partial aggregate to a group's step. */
export function fold(group: GroupCells, step: number, part: Partial): void {
  const cell = group.steps.get(step)
  if (cell === undefined) {
    group.steps.set(step, { ...part, buckets: null })
    return
  }
  cell.count += part.count
  cell.sum += part.sum
  if (part.min < cell.min) cell.min = part.min
  if (part.max > cell.max) cell.max = part.max
  if (part.lastAt > cell.lastAt || (part.lastAt === cell.lastAt && part.last > cell.last)) {
    cell.last = part.last
    cell.lastAt = part.lastAt
  }
}

/** Adds counts of one histogram bucket to a cell that {@link fold} has made. */
export function foldBucket(group: GroupCells, step: number, bucket: number, count: number): void {
  const cell = group.steps.get(step)
  if (cell === undefined) return
  cell.buckets ??= new Map()
  cell.buckets.set(bucket, (cell.buckets.get(bucket) ?? 0) + count)
}

/**
 * A statistic of a cell, null where it has no meaning: counters have `rate` and `sum`; gauges all but `rate` and percentiles; timers and
 * sizes all but `last`. `seconds`: the length of the step so far.
 */
export function statOf(cell: Cell | undefined, kind: Kind, stat: Stat, seconds: number): number | null {
  if (cell === undefined) return null
  if (kind === "counter") return stat === "rate" ? cell.sum / seconds : stat === "sum" ? cell.sum : null
  switch (stat) {
    case "rate":
      return kind === "gauge" ? null : cell.count / seconds
    case "avg":
      return cell.count > 0 ? cell.sum / cell.count : null
    case "last":
      return kind === "gauge" ? cell.last : null
    case "sum":
    case "min":
    case "max":
    case "count":
      return cell[stat]
    default:
      return hasBuckets(kind) ? percentileOf(cell, stat) : null
  }
}

function percentileOf(cell: Cell, stat: Percentile): number | null {
  if (cell.buckets === null) return null
  const sorted = [...cell.buckets].sort((a, b) => a[0] - b[0])
  const indexes = sorted.map(([index]) => index)
  const counts = sorted.map(([, count]) => count)
  return quantileOf(indexes, counts, PERCENTILES[stat], cell.min, cell.max)
}

/** By what groups are ranked: how much they carry. */
export function weightOf(group: GroupCells): number {
  let count = 0
  let sum = 0
  for (const cell of group.steps.values()) {
    count += cell.count
    sum += cell.sum
  }
  if (group.kind === "counter") return sum
  return group.kind === "gauge" ? Math.abs(sum / Math.max(1, count)) : count
}
