import { crc32 } from "node:zlib"

/**
 * A record of the log: `"OSL1" length(4) crc32(4) type(1) payload`, little-endian; the checksum covers type and payload.
 */
export const RECORD = { segment: 1, names: 2, frame: 3, seen: 4 } as const
export type RecordType = (typeof RECORD)[keyof typeof RECORD]

const MAGIC = Buffer.from("OSL1")
const HEADER = 13

export function encodeRecord(type: RecordType, payload: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(HEADER + payload.length)
  MAGIC.copy(record)
  record.writeUInt32LE(payload.length, 4)
  record[12] = type
  record.set(payload, HEADER)
  record.writeUInt32LE(crc32(record.subarray(12)), 8)
  return record
}

export interface ReadRecord {
  type: number
  payload: Buffer
}

/** A stretch of a segment that holds no whole record. */
export interface Damage {
  from: number
  to: number
  /** Nothing valid follows: the last write was cut short. */
  torn: boolean
}

/**
 * Reads a segment's records in order, passing over what is damaged: the next record is searched by its magic and checksum.
 * `payload`s are shared with the input.
 */
export function readRecords(segment: Buffer, each: (record: ReadRecord) => void): Damage[] {
  const damages: Damage[] = []
  let at = 0
  while (at < segment.length) {
    const length = wholeRecordAt(segment, at)
    if (length === null) {
      const next = findRecord(segment, at + 1)
      damages.push({ from: at, to: next ?? segment.length, torn: next === null })
      at = next ?? segment.length
      continue
    }
    each({ type: segment[at + 12] as number, payload: segment.subarray(at + HEADER, at + length) })
    at += length
  }
  return damages
}

function wholeRecordAt(segment: Buffer, at: number): number | null {
  if (at + HEADER > segment.length || segment.compare(MAGIC, 0, 4, at, at + 4) !== 0) return null
  const length = HEADER + segment.readUInt32LE(at + 4)
  if (at + length > segment.length) return null
  return crc32(segment.subarray(at + 12, at + length)) === segment.readUInt32LE(at + 8) ? length : null
}

function findRecord(segment: Buffer, from: number): number | null {
  for (let at = segment.indexOf(MAGIC, from); at >= 0; at = segment.indexOf(MAGIC, at + 1)) {
    if (wholeRecordAt(segment, at) !== null) return at
  }
  return null
}
