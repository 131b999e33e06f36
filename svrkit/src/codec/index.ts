/** What generated codecs stand on. Nothing of Node is needed here. */
import { Reader } from "./reader.ts"
import { Writer } from "./writer.ts"

export { CodecError } from "./error.ts"
export { NO_BYTES, type Unknown } from "./reader.ts"
export { Reader, Writer }

/** How one type is written and read. `I` is what may be given: fields at their default may be left out. */
export interface Codec<T = unknown, I = T> {
  name: string
  write(writer: Writer, value: I): void
  read(reader: Reader, end: number, into?: T): T
}

/** One method of a service, as its client and its server know it. */
export interface Method<Q = unknown, QI = Q, R = unknown, RI = R> {
  name: string
  number: number
  request: Codec<Q, QI>
  reply: Codec<R, RI>
  /** Business priority, 0 the most important. */
  priority: number
  timeoutMs: number
  idempotent: boolean
}

/** A service as both ends know it: the table that its description was generated into. */
export interface ServiceTable {
  name: string
  methods: readonly Method[]
  /** Its own errors: code → whether a caller may try again, and what it means. */
  errors: Readonly<Record<string, readonly [retry: boolean, meaning: string]>>
}

const sharedWriter = new Writer()
const sharedReader = new Reader()

/** The bytes of one value; the caller may keep them. Throws CodecError. */
export function encode<T, I>(codec: Codec<T, I>, value: I): Uint8Array {
  try {
    codec.write(sharedWriter, value)
    return sharedWriter.take()
  } catch (error) {
    sharedWriter.drop()
    throw error
  }
}

/** The value of `bytes`, of which it may share parts. Throws CodecError for bytes that are none. */
export function decode<T, I>(codec: Codec<T, I>, bytes: Uint8Array, from = 0, to = bytes.length): T {
  sharedReader.reset(bytes, from, to)
  return codec.read(sharedReader, to)
}
