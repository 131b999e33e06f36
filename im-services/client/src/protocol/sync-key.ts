/**
 * The inside of a sync key: the epoch of the store and the number up to which a client has everything, both varints. Clients do not look
 * inside; a page's first number counts from it.
 */
export interface SyncKey {
  epoch: number
  seq: number
}

export function toSyncKey({ epoch, seq }: SyncKey): Uint8Array {
  const bytes: number[] = []
  for (const value of [epoch, seq]) {
    let left = value
    for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80)
    bytes.push(left)
  }
  return Uint8Array.from(bytes)
}

/** Null for what is no key: the empty one of a client that has nothing, or bytes of something else. */
export function trySyncKey(bytes: Uint8Array): SyncKey | null {
  let at = 0
  const read = (): number => {
    let value = 0
    for (let unit = 1; unit <= 2 ** 49; unit *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) return Number.NaN
      value += (byte & 0x7f) * unit
      if (byte < 0x80) return value
    }
    return Number.NaN
  }
  const epoch = read()
  const seq = read()
  return at === bytes.length && Number.isSafeInteger(epoch) && Number.isSafeInteger(seq) ? { epoch, seq } : null
}
