/**
 * The largest distinct excursions of one quantity, and how rare a further one would be. A run of neighbouring points counts once, by its
 * largest. Values beyond the least of the list are taken as exponentially spread (peaks over threshold, Pickands 1975).
 *
 * A list is a stretch of a Float32Array: a head of {@link HEAD} numbers, then the values, largest first, then when each came where a
 * list forgets. Points are counted, not timed: a count below 2^24 is exact in 32 bits.
 */
export const HEAD = 4
const COUNT = 0
/** Where in the list the run that is under way stands; -1 without one. */
const CURRENT = 1
const CURRENT_AT = 2
const SEEN = 3

export interface Shape {
  size: number
  /** Points after which a run is over. */
  runPoints: number
  /** Whether entries carry when they came, to be forgotten. */
  forgets: boolean
}

export const toListLength = ({ size, forgets }: Shape): number => HEAD + size * (forgets ? 2 : 1)

export interface TopList {
  cells: Float32Array
  at: number
  shape: Shape
}

export const countOf = ({ cells, at }: TopList): number => cells[at + COUNT] as number
export const seenOf = ({ cells, at }: TopList): number => cells[at + SEEN] as number
export const largestOf = ({ cells, at }: TopList): number => cells[at + HEAD] as number
export const leastOf = (list: TopList): number => list.cells[list.at + HEAD + countOf(list) - 1] as number

export function meanOf(list: TopList): number {
  const { cells, at } = list
  const count = countOf(list)
  let sum = 0
  for (let i = 0; i < count; i++) sum += cells[at + HEAD + i] as number
  return sum / count
}

/** Counts a point at which the quantity was looked at. */
export function countPoint({ cells, at }: TopList): void {
  cells[at + SEEN] = (cells[at + SEEN] as number) + 1
}

/** Whether the run that was entered last may still go on at point `n`. */
export const isRunning = ({ cells, at, shape }: TopList, n: number): boolean =>
  (cells[at + COUNT] as number) > 0 &&
  (cells[at + CURRENT] as number) >= 0 &&
  n - (cells[at + CURRENT_AT] as number) <= shape.runPoints

/**
 * Enters a value.
 *
 * @param n number of the point
 * @param holds share of a run's largest above which the run goes on; 2 for never
 */
export function enter(list: TopList, value: number, n: number, holds: number): void {
  const { cells, at, shape } = list
  if (isRunning(list, n)) {
    const current = cells[at + CURRENT] as number
    const peak = cells[at + HEAD + current] as number
    if (value > peak) insert(list, current, value, n)
    else if (value >= holds * peak) cells[at + CURRENT_AT] = n
    return
  }
  cells[at + CURRENT] = -1
  const count = countOf(list)
  if (count < shape.size) {
    cells[at + COUNT] = count + 1
    insert(list, count, value, n)
  } else if (value > leastOf(list)) insert(list, count - 1, value, n)
}

/** Puts a value where it belongs, from `place` upwards; what stood at `place` is gone. */
function insert({ cells, at, shape }: TopList, place: number, value: number, n: number): void {
  const values = at + HEAD
  const born = values + shape.size
  let i = place
  for (; i > 0 && (cells[values + i - 1] as number) < value; i--) {
    cells[values + i] = cells[values + i - 1] as number
    if (shape.forgets) cells[born + i] = cells[born + i - 1] as number
  }
  cells[values + i] = value
  if (shape.forgets) cells[born + i] = n
  cells[at + CURRENT] = i
  cells[at + CURRENT_AT] = n
}

/** Drops entries that came before point `since`. Not while a run is under way. */
export function forget(list: TopList, since: number): void {
  const { cells, at, shape } = list
  const values = at + HEAD
  let kept = 0
  for (let i = 0; i < countOf(list); i++) {
    if ((cells[values + shape.size + i] as number) < since) continue
    cells[values + kept] = cells[values + i] as number
    cells[values + shape.size + kept] = cells[values + shape.size + i] as number
    kept++
  }
  cells[at + COUNT] = kept
  cells[at + CURRENT] = -1
}
