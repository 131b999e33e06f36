/**
 * Signs of life of a version's thread, in memory that both threads see: they can be read while that thread is blocked, and after it died.
 */
export interface Pulse {
  /** Turns of the thread's event loop so far. */
  beats: () => number
  /** The last call that began there; later ones never ran. */
  started: () => number
  heapBytes: () => number
  /** Of the heap, after the last collection. */
  liveBytes: () => number
}

export const PULSE_BYTES = 24
const [BEATS, STARTED] = [0, 1]

export function readPulse(shared: SharedArrayBuffer): Pulse {
  const counts = new Int32Array(shared, 0, 2)
  const heap = new Float64Array(shared, 8, 2)
  return {
    beats: () => Atomics.load(counts, BEATS),
    started: () => Atomics.load(counts, STARTED),
    heapBytes: () => heap[0] as number,
    liveBytes: () => heap[1] as number,
  }
}

export function writePulse(shared: SharedArrayBuffer) {
  const counts = new Int32Array(shared, 0, 2)
  const heap = new Float64Array(shared, 8, 2)
  return {
    beat: (heapBytes: number): void => {
      heap[0] = heapBytes
      Atomics.add(counts, BEATS, 1)
    },
    live: (bytes: number): void => {
      heap[1] = bytes
    },
    start: (seq: number): void => {
      Atomics.store(counts, STARTED, seq)
    },
  }
}
