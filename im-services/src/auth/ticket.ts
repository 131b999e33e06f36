import { createHmac, timingSafeEqual } from "node:crypto"
import { CodecError, Reader, Writer } from "@ossagent/svrkit/codec"

const VERSION = 1
const MAC_BYTES = 16
const MOST_BYTES = 32
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
export const TICKET_MS = 30 * DAY_MS

/** Whom a ticket is for. Times in Unix ms, whole minutes. */
export interface Ticket {
  uid: number
  device: number
  issuedAt: number
  expiresAt: number
}

export type Opened =
  | { ok: true; ticket: Ticket; commandKey: Uint8Array }
  | { ok: false; why: "bad_ticket" | "expired_ticket" }

/** Makes tickets with the first key and opens those of any of them. */
export interface TicketOffice {
  make: (uid: number, device: number, now: number) => { bytes: Uint8Array; expiresAt: number; commandKey: Uint8Array }
  open: (bytes: Uint8Array, now: number) => Opened
}

/**
 * Tickets of at most 30 bytes: version, user, device and minute of issue as varints, then the first 16 bytes of HMAC-SHA256 over these.
 * They are valid for 30 days from their issue.
 *
 * @param keys the present key first; further ones are of before, or of next
 */
export function createTicketOffice(keys: readonly string[]): TicketOffice {
  const [present] = keys
  if (present === undefined) throw new TypeError("cannot make tickets: there is no key")
  return {
    make: (uid, device, now) => {
      const minute = Math.floor(now / MINUTE_MS)
      const head = toHead(uid, device, minute)
      const bytes = Buffer.concat([head, toMac(present, head)])
      return { bytes, expiresAt: minute * MINUTE_MS + TICKET_MS, commandKey: toCommandKey(present, head) }
    },
    open: (bytes, now) => {
      if (bytes.length <= MAC_BYTES || bytes.length > MOST_BYTES) return { ok: false, why: "bad_ticket" }
      const head = bytes.subarray(0, bytes.length - MAC_BYTES)
      const mac = bytes.subarray(bytes.length - MAC_BYTES)
      const key = keys.find((one) => timingSafeEqual(toMac(one, head), mac))
      if (key === undefined) return { ok: false, why: "bad_ticket" }
      const read = readTicket(head, now)
      return read.ok ? { ...read, commandKey: toCommandKey(key, head) } : read
    },
  }
}

function toHead(uid: number, device: number, minute: number): Uint8Array {
  const writer = new Writer(64)
  writer.byte(VERSION)
  writer.uint64(uid, "ticket.uid")
  writer.uint32(device, "ticket.device")
  writer.uint32(minute, "ticket.minute")
  return writer.take()
}

const toMac = (key: string, head: Uint8Array): Uint8Array =>
  createHmac("sha256", key).update("ossagent ticket\0").update(head).digest().subarray(0, MAC_BYTES)

/** Commands to the holder of a ticket are signed with this; who has the ticket alone cannot make it. */
const toCommandKey = (key: string, head: Uint8Array): Uint8Array =>
  createHmac("sha256", key).update("ossagent command\0").update(head).digest()

/** For whom a ticket says that it is, whether it is genuine or not: who lies about it is refused for it. Null: it cannot be read. */
export function tryHolder(bytes: Uint8Array): { uid: number; device: number } | null {
  if (bytes.length <= MAC_BYTES || bytes.length > MOST_BYTES) return null
  const read = readTicket(bytes.subarray(0, bytes.length - MAC_BYTES), 0)
  return read.ok ? { uid: read.ticket.uid, device: read.ticket.device } : null
}

/** What a genuine head says; another version was made by a newer server, whose tickets this one cannot judge. */
function readTicket(
  head: Uint8Array,
  now: number,
): { ok: true; ticket: Ticket } | { ok: false; why: "bad_ticket" | "expired_ticket" } {
  if (head[0] !== VERSION) return { ok: false, why: "bad_ticket" }
  try {
    const reader = new Reader()
    reader.reset(head, 1)
    const [uid, device, minute] = [reader.uint64(), reader.uint32(), reader.uint32()]
    const ticket = { uid, device, issuedAt: minute * MINUTE_MS, expiresAt: minute * MINUTE_MS + TICKET_MS }
    return now < ticket.expiresAt ? { ok: true, ticket } : { ok: false, why: "expired_ticket" }
  } catch (error) {
    if (error instanceof CodecError) return { ok: false, why: "bad_ticket" }
    throw error
  }
}
