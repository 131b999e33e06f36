/**
 * buffer: from handles to frames. `drain` empties the handles that changed into point groups; `Outbox` numbers them as frames and keeps
 * them, bounded, until the collector has acknowledged them; `Spool` is its extension on disk.
 */
import {
  createPointGroup,
  encodePoints,
  growBuckets,
  type NamedSeries,
  type PointGroup,
  ZERO_BUCKET,
} from "@ossagent/wire"
import type { Cell, Changed } from "../instrument/cell.ts"
import type { Timer } from "../instrument/timer.ts"

/** Series a frame at most: what keeps one step of a flush short. */
export const SERIES_PER_FRAME = 4_000
/** Series that one frame names at most: names take far longer to encode than points, and most of all in a young process. */
export const NAMES_PER_FRAME = 500

/** One frame's points, and whose they are. */
export interface Drained {
  points: Uint8Array
  cells: Cell[]
  /** Series that had no id before: to be named with these points. */
  named: NamedSeries[]
  /** Values that were no longer finite when drained. */
  notFinite: number
}

/** Gives ids within the agent's epoch, from 1. */
export interface Ids {
  next: number
}

/**
 * Takes the deltas of up to {@link SERIES_PER_FRAME} changed series; null when nothing changed.
 * Call it until then, giving the event loop its turn in between.
 */
export function drain(changed: Changed, second: number, ids: Ids): Drained | null {
  const out: Drained = { points: new Uint8Array(0), cells: [], named: [], notFinite: 0 }
  const groups: PointGroup[] = []
  const take = <T extends Cell>(list: T[], fill: (cells: T[]) => PointGroup[]): void => {
    const cells = takeLast(list, SERIES_PER_FRAME - out.cells.length, NAMES_PER_FRAME - out.named.length)
    if (cells.length === 0) return
    for (const cell of cells) nameOnce(cell, ids, out)
    groups.push(...fill(cells))
    for (const cell of cells) out.cells.push(cell)
  }
  take(changed.counters, (cells) => [drainCounters(cells, out)])
  take(changed.gauges, (cells) => [drainGauges(cells)])
  take(changed.timers, (cells) => [
    drainTimers(
      "timer",
      cells.filter((cell) => cell.series.kind === "timer"),
    ),
    drainTimers(
      "size",
      cells.filter((cell) => cell.series.kind === "size"),
    ),
  ])
  if (out.cells.length === 0) return null
  out.points = encodePoints(second, groups)
  return out
}

/** Takes up to `room` handles off the end of the list, of which up to `names` were never named. */
function takeLast<T extends Cell>(list: T[], room: number, names: number): T[] {
  let from = list.length
  let unnamed = 0
  while (from > 0 && list.length - from < room) {
    if (list[from - 1]?.id === 0 && ++unnamed > names) break
    from--
  }
  return list.splice(from)
}

function nameOnce(cell: Cell, ids: Ids, out: Drained): void {
  if (cell.id !== 0) return
  cell.id = ids.next++
  out.named.push({ id: cell.id, series: cell.series })
}

function drainCounters(cells: Changed["counters"], out: Drained): PointGroup {
  const group = createPointGroup("counter", cells.length)
  for (const cell of cells) {
    const sum = cell.drain()
    if (sum === Number.POSITIVE_INFINITY) out.notFinite++
    else {
      group.ids[group.length] = cell.id
      group.sum[group.length++] = sum
    }
  }
  return group
}

function drainGauges(cells: Changed["gauges"]): PointGroup {
  const group = createPointGroup("gauge", cells.length)
  for (const cell of cells) {
    const row = group.length++
    group.ids[row] = cell.id
    group.count[row] = cell.count
    group.sum[row] = cell.sum
    group.min[row] = cell.min
    group.max[row] = cell.max
    group.last[row] = cell.last
    cell.clear()
  }
  return group
}

function drainTimers(kind: "timer" | "size", cells: Timer[]): PointGroup {
  const group = createPointGroup(kind, cells.length, cells.length * 8)
  let used = 0
  for (const cell of cells) {
    const row = group.length++
    group.ids[row] = cell.id
    group.count[row] = cell.count
    group.sum[row] = cell.sum
    group.min[row] = cell.min
    group.max[row] = cell.max
    used = drainBuckets(cell, group, used)
    group.bucketStart[row + 1] = used
    cell.clear()
  }
  return group
}

function drainBuckets(cell: Timer, group: PointGroup, from: number): number {
  let used = from
  const room = cell.buckets.length + 1
  if (used + room > group.bucketIndex.length) growBuckets(group, used + room)
  if (cell.zeros > 0) {
    group.bucketIndex[used] = ZERO_BUCKET
    group.bucketCount[used++] = cell.zeros
  }
  for (let i = 0; i < cell.buckets.length; i++) {
    const count = cell.buckets[i] as number
    if (count === 0) continue
    group.bucketIndex[used] = cell.firstBucket + i
    group.bucketCount[used++] = count
  }
  return used
}
