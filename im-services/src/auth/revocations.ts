import type { Revocation } from "./generated/auth.codec.ts"
import { TICKET_MS } from "./ticket.ts"

const DAY_MS = 86_400_000
/** A day beyond the life of a ticket, for tickets that were renewed before the revocation was known everywhere. */
export const REVOCATION_MS = TICKET_MS + DAY_MS

/** What is revoked, in memory, so that a ticket's check reads no store. */
export interface RevocationBook {
  /** False where the book knew it already. */
  add: (revocation: Revocation) => boolean
  isVoid: (ticket: { uid: number; device: number; issuedAt: number }) => boolean
  /** Forgets what no ticket can be concerned by any more. */
  prune: (now: number) => void
  readonly size: number
}

/**
 * @param most entries, some 100 bytes each. Beyond, the oldest are forgotten and every ticket issued up to then is void instead: those
 * users log in again, and no revoked ticket comes back.
 */
export function createRevocationBook(most: number): RevocationBook {
  const entries = new Map<string, { device: number; at: number }>()
  let voidUpTo = 0
  const forgetOldest = (): void => {
    const [key, { at }] = entries.entries().next().value as [string, { at: number }]
    entries.delete(key)
    voidUpTo = Math.max(voidUpTo, at)
  }
  return {
    get size() {
      return entries.size
    },
    add: ({ uid, device, upTo, at }) => {
      const key = upTo ? `${uid}` : `${uid}/${device}`
      const known = entries.get(key)
      if (known !== undefined && known.device >= device) return false
      entries.delete(key)
      entries.set(key, { device, at })
      if (entries.size > most) forgetOldest()
      return true
    },
    isVoid: ({ uid, device, issuedAt }) =>
      issuedAt <= voidUpTo || (entries.get(`${uid}`)?.device ?? 0) >= device || entries.has(`${uid}/${device}`),
    prune: (now) => {
      for (const [key, { at }] of entries) {
        if (at >= now - REVOCATION_MS) return
        entries.delete(key)
      }
    },
  }
}
