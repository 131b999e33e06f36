import { setImmediate as nextTurn } from "node:timers/promises"
import { COLUMNS, type Registry } from "./registry.ts"

/**
 * Puts rows into the order of the tables' sorting key, `(metric, service, subsystem, version, host, labels)`: ClickHouse finds an
 * insert sorted and merges it with less work. Texts and label sets get ranks, which change only when new ones come; rows are then
 * sorted by numbers. An order that is not quite ClickHouse's (UTF-16 against bytes) costs time there, nothing else.
 */
export class KeyOrder {
  private readonly registry: Registry
  private readonly texts: Ranking
  private readonly labelSets: Ranking

  constructor(registry: Registry) {
    this.registry = registry
    const { texts } = registry.strings
    this.texts = new Ranking((a, b) => ((texts[a] as string) < (texts[b] as string) ? -1 : 1))
    this.labelSets = new Ranking((a, b) =>
      comparePairs(registry.labelSets[a] as readonly number[], registry.labelSets[b] as readonly number[], this.texts),
    )
  }

  /**
   * The rows `0 … rows − 1` in order, row r being the series in `slots[r]`. A stable counting sort, last column first, a turn of the
   * event loop between columns: none of the slots may be given to another series meanwhile.
   */
  async sort(slots: Uint32Array, rows: number): Promise<Uint32Array> {
    const { registry } = this
    const textRanks = this.texts.upTo(registry.strings.texts.length)
    const labelRanks = this.labelSets.upTo(registry.labelSets.length)
    let order = new Uint32Array(rows)
    let spare = new Uint32Array(rows)
    for (let row = 0; row < rows; row++) order[row] = row
    const keys = new Uint32Array(rows)
    const by = async (column: Uint32Array, ranks: Uint32Array): Promise<void> => {
      await nextTurn()
      for (let row = 0; row < rows; row++) keys[row] = ranks[column[slots[row] as number] as number] as number
      if (countingSort(order, spare, keys, ranks.length)) [order, spare] = [spare, order]
    }
    await by(registry.labelSet, labelRanks)
    for (const column of [...COLUMNS].reverse()) await by(registry.columns[column], textRanks)
    return order
  }
}

/** Sorts `order` by `keys`, each below `limit`, into `into`; false when all keys are equal and nothing was done. */
function countingSort(order: Uint32Array, into: Uint32Array, keys: Uint32Array, limit: number): boolean {
  const places = new Uint32Array(limit + 1)
  for (let i = 0; i < keys.length; i++) {
    const next = (keys[i] as number) + 1
    places[next] = (places[next] as number) + 1
  }
  if (keys.length === 0 || places[(keys[0] as number) + 1] === keys.length) return false
  for (let key = 0; key < limit; key++) places[key + 1] = (places[key + 1] as number) + (places[key] as number)
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    const key = keys[row] as number
    const place = places[key] as number
    into[place] = row
    places[key] = place + 1
  }
  return true
}

/** Ranks of numbers that are given out in turn and never change their meaning; new ones are merged in as they come. */
class Ranking {
  private readonly compare: (a: number, b: number) => number
  private sorted: Uint32Array<ArrayBuffer> = new Uint32Array(0)
  private ranks = new Uint32Array(0)

  constructor(compare: (a: number, b: number) => number) {
    this.compare = compare
  }

  rankOf(number: number): number {
    return this.ranks[number] as number
  }

  /** Rank by number, of all numbers below `count`. */
  upTo(count: number): Uint32Array {
    const known = this.sorted.length
    if (count === known) return this.ranks
    const fresh = Uint32Array.from({ length: count - known }, (_, i) => known + i).sort(this.compare)
    this.sorted = this.merged(fresh)
    this.ranks = new Uint32Array(count)
    for (let rank = 0; rank < count; rank++) this.ranks[this.sorted[rank] as number] = rank
    return this.ranks
  }

  private merged(fresh: Uint32Array): Uint32Array<ArrayBuffer> {
    const { sorted } = this
    const merged = new Uint32Array(sorted.length + fresh.length)
    let from = 0
    fresh.forEach((number, i) => {
      const to = this.placeOf(number, from)
      merged.set(sorted.subarray(from, to), from + i)
      merged[to + i] = number
      from = to
    })
    merged.set(sorted.subarray(from), from + fresh.length)
    return merged
  }

  private placeOf(number: number, from: number): number {
    let low = from
    let high = this.sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.compare(this.sorted[middle] as number, number) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** As ClickHouse compares maps: pair by pair, the shorter first. */
function comparePairs(a: readonly number[], b: readonly number[], texts: Ranking): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) return texts.rankOf(a[i] as number) - texts.rankOf(b[i] as number)
  }
  return a.length - b.length
}
