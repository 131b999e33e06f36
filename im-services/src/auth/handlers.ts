import type { ServerCall } from "@ossagent/svrkit/rpc"
import type { Accounts } from "./accounts.ts"
import type { DeviceBook } from "./devices.ts"
import type {
  CheckReplyInit,
  CheckRequest,
  LoginReplyInit,
  LoginRequest,
  UnregisterRequest,
} from "./generated/auth.codec.ts"
import { type AuthHandlers, authError } from "./generated/auth.server.ts"
import type { RevocationLog } from "./revocation-log.ts"
import type { RevocationBook } from "./revocations.ts"
import { TICKET_MS, type TicketOffice } from "./ticket.ts"

const MOST_TEXT = 64
/** A process that has not read the log for so long makes no ticket new: it may not know of a revocation. */
const FRESH_MS = 10_000
/** A ticket younger than this was noted by its log-in, maybe in another process that has yet to write it, and with more. */
const SAID_MS = 120_000
const SAYS = { bad_ticket: "the ticket is not genuine", expired_ticket: "the ticket has ended: log in again" } as const

export interface HandlerParts {
  accounts: Accounts
  tickets: TicketOffice
  devices: DeviceBook
  book: RevocationBook
  revocations: RevocationLog
  /** False until the log of revocations was read. */
  loaded: () => boolean
  now: () => number
}

const short = (text: string): string => text.slice(0, MOST_TEXT)

export function createHandlers(parts: HandlerParts): AuthHandlers {
  const { accounts, devices } = parts
  return {
    register: async (request, call) => ({ uid: await accounts.register(request, call) }),
    login: (request, call) => login(parts, request, call),
    check: (request) => check(parts, request),
    getUser: async ({ uid }) => {
      const { name } = await accounts.get(uid)
      return { uid, name }
    },
    findUser: ({ name }) => accounts.find(name),
    listDevices: async ({ uid }) => ({ devices: await devices.list(uid) }),
    revoke: async ({ uid, device }) => {
      await revoke(parts, uid, device)
      return {}
    },
    unregister: async (request, call) => {
      await unregister(parts, request, call)
      return {}
    },
  }
}

async function login(parts: HandlerParts, request: LoginRequest, call: ServerCall): Promise<LoginReplyInit> {
  const { accounts, tickets, devices, now } = parts
  const account = await accounts.authenticate(request, call)
  const device = await accounts.addDevice(account)
  const { uid } = account.value
  const { bytes, expiresAt, commandKey } = tickets.make(uid, device, now())
  const { version, access } = request
  devices.note({
    uid,
    device,
    name: short(request.deviceName),
    version: short(version),
    access: short(access),
    seenAt: now(),
  })
  return { uid, device, ticket: bytes, expiresAt, commandKey }
}

/** Reads no store. Renews a ticket in the second half of its life. */
function check(parts: HandlerParts, { ticket: bytes, version, access }: CheckRequest): CheckReplyInit {
  const { tickets, book, revocations, devices, now } = parts
  if (!parts.loaded()) throw authError("unavailable", "cannot check a ticket: the revocations are not read yet")
  const opened = tickets.open(bytes, now())
  if (!opened.ok) throw authError(opened.why, SAYS[opened.why])
  const { ticket } = opened
  const { uid, device, expiresAt } = ticket
  if (book.isVoid(ticket)) throw authError("revoked_ticket", "this device was logged out")
  if (now() - ticket.issuedAt > SAID_MS)
    devices.note({ uid, device, name: "", version: short(version), access: short(access), seenAt: now() })
  const renew = expiresAt - now() < TICKET_MS / 2 && revocations.ageMs() < FRESH_MS
  if (!renew) return { uid, device, expiresAt, commandKey: opened.commandKey }
  const renewed = tickets.make(uid, device, now())
  return { uid, device, ticket: renewed.bytes, expiresAt: renewed.expiresAt, commandKey: renewed.commandKey }
}

/** `device` 0: all there are now. Whoever learns of it, this process first, ends the device's connections and forgets it. */
async function revoke({ accounts, revocations, now }: HandlerParts, uid: number, device: number): Promise<void> {
  const { lastDevice } = await accounts.get(uid)
  if (device > lastDevice) throw authError("bad_request", `user ${uid} has no device ${device}`)
  const upTo = device === 0
  if (upTo && lastDevice === 0) return
  await revocations.append({ uid, device: upTo ? lastDevice : device, upTo, at: now() })
}

/** Tickets are void before the account goes: nobody checks them against it. */
async function unregister(parts: HandlerParts, { uid, password }: UnregisterRequest, call: ServerCall): Promise<void> {
  const { accounts, revocations, now } = parts
  const { name } = await accounts.get(uid)
  const { value } = await accounts.authenticate({ name, password, address: "" }, call)
  await revocations.append({ uid, device: value.lastDevice, upTo: true, at: now() })
  await accounts.remove(value)
}
