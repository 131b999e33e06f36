import { BoundedMap } from "../bounded-map.ts"
import { Buckets } from "../bucket.ts"

/** How often one user may do something. */
export interface Often {
  perMin: number
  inARow: number
}

/** Kinds of limits; those of logic that is gone are forgotten first. */
const MOST_KINDS = 100

/** How often users did what: beyond the versions of logic, whose numbers it takes. */
export function createLimits(now: () => number) {
  const kinds = new BoundedMap<string, Buckets>(MOST_KINDS)
  return {
    /** 0 when it may be done now, else in how many ms. */
    take: (what: string, uid: number, { perMin, inARow }: Often): number => {
      const kind = `${what} ${perMin} ${inARow}`
      const buckets = kinds.get(kind) ?? new Buckets(perMin / 60, inARow)
      kinds.set(kind, buckets)
      return buckets.take(String(uid), now())
    },
  }
}
