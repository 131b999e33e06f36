/** A value as it is stored. */
export interface Stored<V> {
  value: V
  /** Rises with each write of the key. */
  version: number
}

export interface ReadOptions {
  /** The value may be a little old: a copy of the engine may answer. Only `primary` stores have one. */
  lagOk?: boolean
}

/**
 * Where a service keeps what, one key at a time; how often and where it is kept is the store's `mode` in the XML. Rejects with RpcError
 * `unavailable` when too few engines answer within the deadline; whether a rejected write was done is not known. `I` is what may be
 * written: fields at their default may be left out. Fields that this program does not know stand in `$unknown` of the value that was
 * read; a value that is made from it by `{ ...value, … }` keeps them.
 */
export interface Store<K, V, I = V> {
  /** The newest value, or null where there is none. */
  get(key: K, options?: ReadOptions): Promise<Stored<V> | null>
  /** As `get`, many in one go; answers in the order of the keys. */
  getMany(keys: readonly K[], options?: ReadOptions): Promise<(Stored<V> | null)[]>
  /**
   * Writes; answers the new version, or null when the condition does not hold.
   *
   * @param ifVersion only if this version is there, 0: only if there is none; left out: whatever is there. Of a `dual` store a condition
   * is looked at on the side that is asked first, and means little: its writes are "the newest wins".
   */
  put(key: K, value: I, ifVersion?: number): Promise<number | null>
  delete(key: K): Promise<void>
}
