/** The newest values of a series in order of size. */
export interface Sorted {
  cells: Float64Array
  count: number
}

export const createSorted = (size: number): Sorted => ({ cells: new Float64Array(size), count: 0 })

/** Takes up a value; `oldest` goes when the window is full. */
export function replace(sorted: Sorted, value: number, oldest: number): void {
  const { cells } = sorted
  let i = sorted.count
  if (i < cells.length) sorted.count++
  else i = find(cells, i, oldest)
  for (; i + 1 < sorted.count && (cells[i + 1] as number) < value; i++) cells[i] = cells[i + 1] as number
  for (; i > 0 && (cells[i - 1] as number) > value; i--) cells[i] = cells[i - 1] as number
  cells[i] = value
}

function find(cells: Float64Array, count: number, value: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cells[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Makes the window anew from the newest points, each at its number modulo the length of `recent`. */
export function fillSorted(sorted: Sorted, recent: Float64Array, seen: number): void {
  const count = Math.min(seen, sorted.cells.length)
  sorted.count = count
  for (let i = 0; i < count; i++) sorted.cells[i] = recent[(seen - 1 - i) % recent.length] as number
  sorted.cells.subarray(0, count).sort()
}

/** The middle one, of an even number the upper; NaN of none. */
export const toMedian = ({ cells, count }: Sorted): number => (count ? (cells[count >> 1] as number) : Number.NaN)

/** Median distance from `middle`, which is the median. */
export function toSpread({ cells, count }: Sorted, middle: number): number {
  let left = count >> 1
  let right = left + 1
  let distance = 0
  for (let k = 0; k <= count >> 1; k++) {
    const below = left >= 0 ? middle - (cells[left] as number) : Number.POSITIVE_INFINITY
    const above = right < count ? (cells[right] as number) - middle : Number.POSITIVE_INFINITY
    distance = Math.min(below, above)
    if (below <= above) left--
    else right++
  }
  return distance
}

/** The value that the given share of the window does not pass. */
export const toQuantile = ({ cells, count }: Sorted, share: number): number =>
  count ? (cells[Math.min(count - 1, Math.floor(share * count))] as number) : Number.NaN
