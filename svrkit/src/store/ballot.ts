import { randomBytes } from "node:crypto"
import { NO_BYTES } from "../codec/index.ts"
import type { Row } from "./engine.ts"

/** What one engine of a quorum store has of a key. Ballots and versions are of `versions.ts`. */
export interface Acceptor {
  /** The row's version: nothing of a lower ballot is taken any more. */
  promised: number
  /** The ballot at which the value was taken; 0: none was. */
  accepted: number
  /** The ballot at which the value was first put: it stays when the value is only confirmed. */
  version: number
  present: boolean
  value: Uint8Array
}

const HEAD_BYTES = 25

/** The row's value: ballot, version, who wrote it, whether there is a value, the value. */
export function toBytes(
  { accepted, version, present, value }: Omit<Acceptor, "promised">,
  writer: Uint8Array,
): Uint8Array {
  const bytes = Buffer.alloc(HEAD_BYTES + value.length)
  bytes.writeBigUInt64BE(BigInt(accepted), 0)
  bytes.writeBigUInt64BE(BigInt(version), 8)
  bytes.set(writer, 16)
  bytes.writeUInt8(present ? 1 : 0, 24)
  bytes.set(value, HEAD_BYTES)
  return bytes
}

/** Throws RangeError for a row that no quorum store wrote. */
export function toAcceptor({ found, version: promised, value }: Row): Acceptor {
  if (!found) return { promised, accepted: 0, version: 0, present: false, value: NO_BYTES }
  if (value.length < HEAD_BYTES) throw new RangeError("cannot read a row: it is not a quorum store's")
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
  return {
    promised,
    accepted: Number(bytes.readBigUInt64BE(0)),
    version: Number(bytes.readBigUInt64BE(8)),
    present: bytes.readUInt8(24) === 1,
    value: value.subarray(HEAD_BYTES),
  }
}

/** Differs between any two rounds: two that chose one ballot are told apart by it. */
export const createWriter = (): Uint8Array => randomBytes(8)
