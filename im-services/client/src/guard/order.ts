import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { type Command, decodeOrder, MAC_BYTES, type Order } from "../protocol/index.ts"

/** A client's clock may be wrong by so much; one that is further off obeys nothing, and is refused at the door instead. */
export const CLOCK_MS = 10 * 60_000
/** The longest that an order may be under way. */
const MOST_AHEAD_MS = 5 * 60_000

/** Whose client this is. */
export interface Subject {
  uid: number
  device: number
  /** Empty: there is none. */
  key: Uint8Array
  /** Number of the newest command that was obeyed. */
  newest: number
  /** Unix ms. */
  now: number
}

export type Checked =
  | { obey: true; command: Command; number: number }
  | { obey: false; why: "unsigned" | "forged" | "foreign" | "stale" | "replayed"; number: number }

/**
 * Whether a command is the service's, for this device, of now, and new. Not with WebCrypto: browsers have it on pages of https alone, and
 * pages of a machine in the house are http.
 */
export function checkCommand({ order, mac }: Command, { uid, device, key, newest, now }: Subject): Checked {
  if (key.length === 0 || order.length === 0 || mac.length === 0) return { obey: false, why: "unsigned", number: 0 }
  if (!isSame(hmac(sha256, key, order).subarray(0, MAC_BYTES), mac)) return { obey: false, why: "forged", number: 0 }
  const read = tryOrder(order)
  if (read === null) return { obey: false, why: "forged", number: 0 }
  const { number, expiresAt, command } = read
  if (read.uid !== uid || read.device !== device) return { obey: false, why: "foreign", number }
  if (now > expiresAt + CLOCK_MS || now < expiresAt - MOST_AHEAD_MS - CLOCK_MS)
    return { obey: false, why: "stale", number }
  if (number <= newest) return { obey: false, why: "replayed", number }
  return { obey: true, command, number }
}

function tryOrder(bytes: Uint8Array): Order | null {
  try {
    return decodeOrder(bytes)
  } catch {
    return null // whoever has the key writes what this version cannot read: as good as nothing
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let differs = a.length ^ b.length
  for (const [at, byte] of a.entries()) differs |= byte ^ (b[at] ?? 0)
  return differs === 0
}
