/** Users are shared out between engines in this many parts. It never changes: rows carry their bucket. */
export const BUCKETS = 1_024

/** The bucket of a key, 0 to 1,023: FNV-1a, its bits mixed once more (MurmurHash3's finalizer), for keys are mostly rising numbers. */
export function bucketOf(key: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % BUCKETS
}
