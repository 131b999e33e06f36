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

/**
 * What one frame holds at most, and so what one step of a flush takes, in counters or gauges. A timer weighs as many as its window of
 * buckets takes to walk.
 */
export const SERIES_PER_FRAME = 1_000
const BUCKETS_PER_WEIGHT = 512
/** Series that one frame names at most: names take far longer to encode than points, and most of all in a young process. */
export const NAMES_PER_FRAME = 250

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
 * Takes the deltas of changed series, up to the weight of {@link SERIES_PER_FRAME}; null when nothing changed.
 * Call it until then, giving the event loop its turn in between.
 */
export function drain(changed: Changed, second: number, ids: Ids): Drained | null {
  const out: Drained = { points: new Uint8Array(0), cells: [], named: [], notFinite: 0 }
  const groups: PointGroup[] = []
  const room: Room = { weight: SERIES_PER_FRAME, names: NAMES_PER_FRAME }
  const take = <T extends Cell>(list: T[], fill: (cells: T[]) => PointGroup[], weigh: (cell: T) => number): void => {
    const cells = takeLast(list, room, weigh)
    if (cells.length === 0) return
    for (const cell of cells) nameOnce(cell, ids, out)
    groups.push(...fill(cells))
    for (const cell of cells) out.cells.push(cell)
  }
  take(changed.counters, (cells) => [drainCounters(cells, out)], one)
  take(changed.gauges, (cells) => [drainGauges(cells)], one)
  const timersOf = (cells: Timer[], kind: "timer" | "size") =>
    drainTimers(
      kind,
      cells.filter((cell) => cell.series.kind === kind),
    )
  take(changed.timers, (cells) => [timersOf(cells, "timer"), timersOf(cells, "size")], weighTimer)
  if (out.cells.length === 0) return null
  out.points = encodePoints(second, groups)
  return out
}

/** What the frame can still hold. */
interface Room {
  weight: number
  /** Series that were never named. */
  names: number
}

const one = (): number => 1
const weighTimer = (timer: Timer): number => 1 + timer.buckets.length / BUCKETS_PER_WEIGHT

/** Takes handles off the end of the list for as long as there is room, and uses that up. */
function takeLast<T extends Cell>(list: T[], room: Room, weigh: (cell: T) => number): T[] {
  let from = list.length
  for (; from > 0 && room.weight > 0; from--) {
    const cell = list[from - 1] as T
    if (cell.id === 0 && --room.names < 0) break
    room.weight -= weigh(cell)
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
