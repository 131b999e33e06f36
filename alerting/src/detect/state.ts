/** Slots of the week that a state remembers: a quarter of an hour each, and a little more than seven days of them. */
export const SLOT_SEC = 900
export const SLOTS_A_DAY = 96
export const SLOTS_A_WEEK = 672
const SLOTS = 680

/** Numbers of a state, in the order in which they are stored: append only, and raise {@link VERSION}. */
const FIELDS = [
  "version",
  "lastT",
  "seen",
  "fast",
  "slow",
  "biasDay",
  "biasWeek",
  "errFast",
  "errSlow",
  "errDay",
  "errWeek",
  "spreadFast",
  "spreadSlow",
  "tail",
  "slot",
  "slotSum",
  "slotCount",
  "side",
  "sideCount",
  "sideMean",
  "recentBad",
] as const
const VERSION = 1

export type Field = (typeof FIELDS)[number]

/** Everything that a history detector knows of one series: 2.9 kB, whatever the age of the series. */
export interface HistoryState {
  numbers: Float64Array
  /** Mean of each quarter of an hour, at its absolute slot number modulo the length; NaN where nothing came. */
  ring: Float32Array
}

export const F = Object.fromEntries(FIELDS.map((name, i) => [name, i])) as Readonly<Record<Field, number>>

export function createState(): HistoryState {
  const numbers = new Float64Array(FIELDS.length)
  numbers[F.version] = VERSION
  return { numbers, ring: new Float32Array(SLOTS).fill(Number.NaN) }
}

/** The state as bytes; {@link tryDecodeState} gives back exactly the same state. */
export function encodeState(state: HistoryState): Buffer {
  const { numbers, ring } = state
  const bytes = Buffer.alloc(numbers.byteLength + ring.byteLength)
  bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), 0)
  bytes.set(new Uint8Array(ring.buffer, ring.byteOffset, ring.byteLength), numbers.byteLength)
  return bytes
}

/** Null for the bytes of another version or length: such a series learns anew. */
export function tryDecodeState(bytes: Uint8Array): HistoryState | null {
  const state = createState()
  const { numbers, ring } = state
  if (bytes.byteLength !== numbers.byteLength + ring.byteLength) return null
  new Uint8Array(numbers.buffer).set(bytes.subarray(0, numbers.byteLength))
  new Uint8Array(ring.buffer).set(bytes.subarray(numbers.byteLength))
  return numbers[F.version] === VERSION ? state : null
}

/**
 * The remembered value `slotsBack` slots before time `t`, interpolated between the centres of slots; NaN when unknown.
 *
 * @param t Unix seconds
 */
export function readSlot(ring: Float32Array, t: number, slotsBack: number): number {
  const at = t / SLOT_SEC - 0.5 - slotsBack
  const before = Math.floor(at)
  const a = ring[before % SLOTS] as number
  const b = ring[(before + 1) % SLOTS] as number
  if (Number.isNaN(a)) return b
  if (Number.isNaN(b)) return a
  return a + (b - a) * (at - before)
}

/** Writes a finished slot and forgets the slots that were skipped since `previous`. */
export function writeSlot(ring: Float32Array, slot: number, mean: number, next: number): void {
  ring[slot % SLOTS] = mean
  const skipped = Math.min(next - slot - 1, SLOTS)
  for (let i = 1; i <= skipped; i++) ring[(slot + i) % SLOTS] = Number.NaN
}
