import { RARITY_SHAPE } from "./rarity.ts"
import { createSorted, fillSorted, type Sorted } from "./sorted.ts"
import { type Shape, toListLength } from "./toplist.ts"

/** Numbers of a state, in the order in which they are stored: append only, and raise {@link VERSION}. */
const FIELDS = [
  "version",
  "lastT",
  "seen",
  "recentBad",
  "grain",
  "usual",
  "usualSeason",
  "seasonSeen",
  "bias",
  "errDay",
  "errWeek",
  "before",
  "slot",
  "slotSum",
  "slotCount",
  "day",
  "week",
  "low",
  "high",
  "days",
  "excess",
  "quietAt",
  "quietScore",
  "open",
  "openAt",
  "toldAt",
  "from",
  "side",
  "size",
  "share",
  "calm",
  "outs",
  "openScore",
  "openBias",
] as const
const VERSION = 2

export type Field = (typeof FIELDS)[number]
export const F = Object.fromEntries(FIELDS.map((name, i) => [name, i])) as Readonly<Record<Field, number>>

/** Newest points that a state keeps, and the two windows over them. */
export const RECENT = 64
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
}

export function createState(): HistoryState {
  const numbers = new Float64Array(FIELDS.length)
  numbers[F.version] = VERSION
  return {
    numbers,
    recent: new Float64Array(RECENT),
    ring: new Float32Array(SLOTS).fill(Number.NaN),
    hours: new Float32Array(2 * HOURS),
    excursions: new Float32Array(2 * VIEWS.length * toListLength(RARITY_SHAPE)),
    records: new Float32Array(2 * FEATURES * toListLength(RECORD_SHAPE)),
    long: createSorted(LONG),
    short: createSorted(SHORT),
  }
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
