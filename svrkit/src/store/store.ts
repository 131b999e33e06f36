/** A value as it is stored. */
export interface Stored<V> {
  value: V
  /** Rises with each write of the key. */
  version: number
}

/**
 * Where a service keeps what, one key at a time; how often and where it is kept is the store's `mode` in the XML. Rejects with RpcError
 * `unavailable` when too few engines answer within the deadline; whether a rejected write was done is not known.
 */
export interface Store<K, V> {
  /** The newest value, or null where there is none. */
  get(key: K): Promise<Stored<V> | null>
  /** As `get`, many in one go; answers in the order of the keys. */
  getMany(keys: readonly K[]): Promise<(Stored<V> | null)[]>
  /**
   * Writes; answers the new version, or null when the condition does not hold.
   *
   * @param ifVersion only if this version is there, 0: only if there is none; left out: whatever is there. Of a `dual` store a condition
   * is looked at on the side that is asked first, and means little: its writes are "the newest wins".
   */
  put(key: K, value: V, ifVersion?: number): Promise<number | null>
  delete(key: K): Promise<void>
}
