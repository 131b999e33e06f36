import { ByteReader, ByteWriter } from "@ossagent/wire"

/** Sequences of one agent's epoch that were stored, as ascending ranges [first, last]. */
interface Epoch {
  ranges: number[]
  usedAt: number
}

const MOST_RANGES = 4_096
const FORGET_MS = 25 * 3_600_000

/**
 * Which frames were stored, for ever: `(agent, epoch, sequence)` counts once. Remembered for 25 hours after an epoch's newest frame,
 * an hour longer than the oldest point that is taken; saved at the head of every log segment.
 */
export class Seen {
  private readonly epochs = new Map<string, Epoch>()

  get size(): number {
    return this.epochs.size
  }

  has(agent: string, epoch: number, sequence: number): boolean {
    const ranges = this.epochs.get(`${agent} ${epoch}`)?.ranges
    if (ranges === undefined) return false
    const at = firstEndingAtOrAfter(ranges, sequence)
    return at < ranges.length && (ranges[at] as number) <= sequence
  }

  add(agent: string, epoch: number, sequence: number, now: number): void {
    const key = `${agent} ${epoch}`
    const known = this.epochs.get(key)
    if (known === undefined) {
      this.epochs.set(key, { ranges: [sequence, sequence], usedAt: now })
      return
    }
    known.usedAt = now
    insert(known.ranges, sequence)
    // Bounded: of an agent that dropped thousands of frames, the oldest gaps count as stored. They are gone anyway.
    while (known.ranges.length > 2 * MOST_RANGES) known.ranges.splice(1, 2)
  }

  forgetBefore(now: number): void {
    for (const [key, { usedAt }] of this.epochs) if (usedAt < now - FORGET_MS) this.epochs.delete(key)
  }

  encode(): Buffer {
    const out = new ByteWriter(this.epochs.size * 64 + 16)
    out.varint(this.epochs.size)
    for (const [key, { ranges, usedAt }] of this.epochs) {
      out.text(key)
      out.varint(usedAt)
      out.varint(ranges.length)
      for (const bound of ranges) out.varint(bound)
    }
    return Buffer.from(out.bytes.subarray(0, out.length))
  }

  /** Adds what {@link encode} wrote. Throws WireError. */
  restore(bytes: Uint8Array): void {
    const reader = new ByteReader(bytes)
    for (let epochs = reader.varint(); epochs > 0; epochs--) {
      const key = reader.text()
      const usedAt = reader.varint()
      const ranges: number[] = new Array(reader.count())
      for (let i = 0; i < ranges.length; i++) ranges[i] = reader.varint()
      this.epochs.set(key, { ranges, usedAt })
    }
  }
}

/** Index of the first bound of the first range whose last is `value` or later. */
function firstEndingAtOrAfter(ranges: readonly number[], value: number): number {
  let low = 0
  let high = ranges.length / 2
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[2 * middle + 1] as number) < value) low = middle + 1
    else high = middle
  }
  return 2 * low
}

function insert(ranges: number[], value: number): void {
  const at = firstEndingAtOrAfter(ranges, value)
  if (at < ranges.length && (ranges[at] as number) <= value) return
  const touchesLeft = at > 0 && ranges[at - 1] === value - 1
  const touchesRight = at < ranges.length && ranges[at] === value + 1
  if (touchesLeft && touchesRight) ranges.splice(at - 1, 2)
  else if (touchesLeft) ranges[at - 1] = value
  else if (touchesRight) ranges[at] = value
  else ranges.splice(at, 0, value, value)
}
