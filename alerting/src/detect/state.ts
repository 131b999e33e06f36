import { RARITY_SHAPE } from "./rarity.ts"
import { createSorted, fillSorted, type Sorted } from "./sorted.ts"
import { type Shape, type TopList, toListLength } from "./toplist.ts"

/** Numbers of a state, in the order in which they are stored: append only, and raise {@link VERSION}. */
export const F = {
  version: 0,
  lastT: 1,
  seen: 2,
  recentBad: 3,
  grain: 4,
  usual: 5,
  usualSeason: 6,
  seasonSeen: 7,
  bias: 8,
  errDay: 9,
  errWeek: 10,
  before: 11,
  slot: 12,
  slotSum: 13,
  slotCount: 14,
  day: 15,
  week: 16,
  low: 17,
  high: 18,
  days: 19,
  excess: 20,
  quietAt: 21,
  quietScore: 22,
  open: 23,
  openAt: 24,
  toldAt: 25,
  from: 26,
  side: 27,
  size: 28,
  share: 29,
  calm: 30,
  outs: 31,
  openScore: 32,
  openBias: 33,
  gapShare: 34,
  closedAt: 35,
} as const
const VERSION = 2
const NUMBERS = Object.keys(F).length

export type Field = keyof typeof F

/** Newest points that a state keeps, a power of two, and the two windows over them. */
export const RECENT = 64
export const RECENT_MASK = RECENT - 1
export const LONG = 60
export const SHORT = 10

/** Slots of the week that a state remembers: a quarter of an hour each, and a little more than seven days of them. */
export const SLOTS = 680
export const HOURS = 24

export const VIEWS = ["shock", "pair", "shift", "season", "both"] as const
export const WINDOWS = [1, 4, 12, 48] as const
/** Mean of each window; spread and its logarithm of each but the first; excess over the same time of other days. */
export const FEATURES = WINDOWS.length * 3 - 2 + 1
export const RECORD_SHAPE: Shape = { size: 20, runPoints: 49, forgets: false }

/** Everything that a history detector knows of one series: some 7 kB, whatever the age of the series. */
export interface HistoryState {
  numbers: Float64Array
  /** The newest points, at their number modulo the length. */
  recent: Float64Array
  /** Mean of each quarter of an hour, at its absolute slot number modulo the length; NaN where nothing came. */
  ring: Float32Array
  /** How far points of each hour of the day stray: from the hour before them, then from the season. */
  hours: Float32Array
  /** Largest excursions: of each view, more and less than expected. */
  excursions: Float32Array
  /** Largest values ever of each feature, and largest negated. */
  records: Float32Array
  /** The newest points in order of size; made anew from `recent`. */
  long: Sorted
  short: Sorted
  /** `excursions` and `records` list by list: more than expected at even places, less at odd ones. */
  excursionLists: readonly TopList[]
  recordLists: readonly TopList[]
}

export function createState(): HistoryState {
  const numbers = new Float64Array(NUMBERS)
  numbers[F.version] = VERSION
  const excursionLists = createLists(2 * VIEWS.length, RARITY_SHAPE)
  const recordLists = createLists(2 * FEATURES, RECORD_SHAPE)
  return {
    numbers,
    recent: new Float64Array(RECENT),
    ring: new Float32Array(SLOTS).fill(Number.NaN),
    hours: new Float32Array(2 * HOURS),
    excursions: excursionLists.cells,
    records: recordLists.cells,
    long: createSorted(LONG),
    short: createSorted(SHORT),
    excursionLists: excursionLists.lists,
    recordLists: recordLists.lists,
  }
}

function createLists(count: number, shape: Shape): { cells: Float32Array; lists: TopList[] } {
  const length = toListLength(shape)
  const cells = new Float32Array(count * length)
  const lists = Array.from({ length: count }, (_, i) => ({ cells, at: i * length, shape }))
  return { cells, lists }
}

const toParts = ({ numbers, recent, ring, hours, excursions, records }: HistoryState) => [
  numbers,
  recent,
  ring,
  hours,
  excursions,
  records,
]

/** The state as bytes; {@link tryDecodeState} gives back exactly the same state. */
export function encodeState(state: HistoryState): Buffer {
  return Buffer.concat(toParts(state).map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)))
}

/** Null for the bytes of another version or length: such a series learns anew. */
export function tryDecodeState(bytes: Uint8Array): HistoryState | null {
  const state = createState()
  const parts = toParts(state)
  if (bytes.byteLength !== parts.reduce((sum, part) => sum + part.byteLength, 0)) return null
  let at = 0
  for (const part of parts) {
    new Uint8Array(part.buffer).set(bytes.subarray(at, at + part.byteLength))
    at += part.byteLength
  }
  if (state.numbers[F.version] !== VERSION) return null
  const seen = state.numbers[F.seen] as number
  fillSorted(state.long, state.recent, seen)
  fillSorted(state.short, state.recent, seen)
  return state
}
