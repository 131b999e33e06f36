import { MOST_KEY_BYTES } from "./engine.ts"

/** How a key becomes bytes whose order is the order of the keys. Throws TypeError for what is no such key. */
export type KeyCodec<K> = (key: K) => Uint8Array

const text = new TextEncoder()

function wholeKey(type: string, key: number, least: number, most: number): void {
  if (!Number.isInteger(key) || key < least || key > most) throw new TypeError(`cannot use the key ${key}: no ${type}`)
}

function fourBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

function eightBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

function bounded(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MOST_KEY_BYTES) {
    throw new TypeError(`cannot use a key of ${bytes.length} bytes: at most ${MOST_KEY_BYTES}`)
  }
  return bytes
}

/** By the type that the description states. Signed numbers are moved up by half their range, so that negative ones come first. */
export const KEY_CODECS = {
  uint32: (key: number) => {
    wholeKey("uint32", key, 0, 2 ** 32 - 1)
    return fourBytes(key)
  },
  int32: (key: number) => {
    wholeKey("int32", key, -(2 ** 31), 2 ** 31 - 1)
    return fourBytes(key + 2 ** 31)
  },
  uint64: (key: number) => {
    wholeKey("uint64 up to 2^53 − 1", key, 0, Number.MAX_SAFE_INTEGER)
    return eightBytes(BigInt(key))
  },
  int64: (key: number) => {
    wholeKey("int64 within ±(2^53 − 1)", key, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    return eightBytes(BigInt(key) + 2n ** 63n)
  },
  string: (key: string) => bounded(text.encode(key)),
  bytes: (key: Uint8Array) => bounded(key),
} satisfies Record<string, KeyCodec<never>>

export type KeyType = keyof typeof KEY_CODECS

/** A key's bytes as text, for maps. */
export const keyText = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1")
