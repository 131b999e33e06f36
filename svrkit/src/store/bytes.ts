import type { Codec } from "../codec/index.ts"
import { decode, encode } from "../codec/index.ts"
import type { KeyCodec } from "./keys.ts"
import type { ReadOptions, Store, Stored } from "./store.ts"

/** A store of one mode, in bytes. */
export interface ByteStore {
  getMany(keys: readonly Uint8Array[], options: ReadOptions): Promise<(Stored<Uint8Array> | null)[]>
  /** `value` null: the row is deleted. Answers the new version, or null when the condition does not hold. */
  put(key: Uint8Array, value: Uint8Array | null, ifVersion: number | undefined): Promise<number | null>
}

/** Keys and values of their own types over bytes. */
export function toStore<K, V, I>(store: ByteStore, key: KeyCodec<K>, codec: Codec<V, I>): Store<K, V, I> {
  const toValue = (row: Stored<Uint8Array> | null): Stored<V> | null =>
    row === null ? null : { value: decode(codec, row.value), version: row.version }
  const getMany = async (keys: readonly K[], options: ReadOptions = {}): Promise<(Stored<V> | null)[]> =>
    keys.length === 0 ? [] : (await store.getMany(keys.map(key), options)).map(toValue)
  return {
    get: async (one, options) => (await getMany([one], options))[0] ?? null,
    getMany,
    put: async (one, value, ifVersion) => store.put(key(one), encode(codec, value), ifVersion),
    delete: async (one) => void (await store.put(key(one), null, undefined)),
  }
}
