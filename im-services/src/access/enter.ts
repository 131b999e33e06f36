/** How a connection comes to be somebody's: Hello with a ticket, Login by password; Register makes a user. */
import {
  CHAT_METHODS,
  decodeHelloRequest,
  decodeLoginRequest,
  decodeRegisterRequest,
  encodeHelloReply,
  encodeLoginReply,
  encodeRegisterReply,
  type Frame,
} from "@ossagent/im-client/protocol"
import { RpcError } from "@ossagent/svrkit/rpc"
import type { AuthClient } from "../auth/generated/auth.client.ts"
import { tryHolder } from "../auth/ticket.ts"
import { BoundedMap } from "../bounded-map.ts"
import type { Buckets, Ramp } from "../bucket.ts"
import type { OptionalSocialClient } from "../social/generated/social.client.ts"
import { EVENTS, type TellEvent, type UserEvent } from "./events.ts"
import { countConnects, type Points } from "./points.ts"
import type { Session } from "./session.ts"
import type { Throttle } from "./throttle/throttle.ts"
import type { Watches } from "./watches.ts"

export interface EnterParts {
  auth: AuthClient
  social: Pick<OptionalSocialClient, "welcome">
  /** Name of this access, for the list of devices. */
  access: string
  isAppKey: (given: string) => boolean
  ramp: Ramp
  logins: Buckets
  registers: Buckets
  watches: Watches
  points: Points
  /** Null: nobody is kept away. */
  throttle: Throttle | null
  tellEvent: TellEvent
  /** Users who came with a password, by name. */
  names: BoundedMap<string, number>
  /** Puts the session into the table. */
  seat: (session: Session) => void
  now: () => number
  random: () => number
}

const [HELLO, LOGIN, REGISTER] = [CHAT_METHODS.hello, CHAT_METHODS.login, CHAT_METHODS.register]
const eventOf = ({ number }: { number: number }): UserEvent => EVENTS.get(number) as UserEvent
const MOST_RETRY_MS = 3_000
/** Users who came with a password and are remembered by name: one who is held costs no further hash. */
const MOST_NAMES = 1_000

export function createEnter(given: Omit<EnterParts, "names">): (session: Session, frame: Frame) => Promise<void> {
  const parts: EnterParts = { ...given, names: new BoundedMap(MOST_NAMES) }
  const ways = {
    [HELLO.number]: hello,
    [LOGIN.number]: login,
    [REGISTER.number]: register,
  }
  return async (session, { op, id, body }) => {
    try {
      const way = ways[op] as typeof hello
      const reply = await way(parts, { session, body })
      session.reply(id, reply)
    } catch (error) {
      session.fail(id, error)
      if (error instanceof RpcError && error.code === "throttled") session.leave("throttled")
    }
  }
}

interface Asking {
  session: Session
  body: Uint8Array
}

async function hello(parts: EnterParts, { session, body }: Asking): Promise<Uint8Array> {
  const request = decodeHelloRequest(body)
  const { ticket, key, version } = request
  const said = tryHolder(ticket)
  if (said !== null) keepOut(parts, session, { ...said, version })
  admit(parts, parts.ramp.take(parts.now()))
  const checked = await parts.auth.check({ ticket, version, access: parts.access })
  keepOut(parts, session, { ...checked, version })
  session.setKey(key)
  const behind = await seat(parts, session, { ...checked, version })
  countConnects(parts.points, session.version, request)
  parts.tellEvent(eventOf(HELLO), session, request)
  const renewed = checked.ticket.length > 0
  return encodeHelloReply({
    behind,
    ticket: renewed ? checked.ticket : undefined,
    expiresAt: renewed ? checked.expiresAt : 0,
    commandKey: renewed || request.keyless ? checked.commandKey : undefined,
  })
}

async function login(parts: EnterParts, { session, body }: Asking): Promise<Uint8Array> {
  const { appKey, name, password, deviceName, version } = decodeLoginRequest(body)
  checkAppKey(parts, appKey)
  const held = parts.names.get(name)
  if (held !== undefined) keepOut(parts, session, { uid: held, device: 0, version })
  admit(parts, parts.logins.take(session.wire.address, parts.now()))
  admit(parts, parts.ramp.take(parts.now()))
  const { uid, device, ticket, expiresAt, commandKey } = await parts.auth.login({
    name,
    password,
    deviceName,
    version,
    access: parts.access,
    address: session.wire.address,
  })
  parts.names.set(name, uid)
  // A device that is held would else come back as another one.
  keepOut(parts, session, { uid, device: 0, version })
  parts.throttle?.metering.connected({ uid, device: 0, version: parts.points.of(version).version })
  welcome(parts, uid, name)
  await seat(parts, session, { uid, device, version, commandKey })
  parts.tellEvent(eventOf(LOGIN), session, null)
  return encodeLoginReply({ uid, device, ticket, expiresAt, commandKey })
}

async function register(parts: EnterParts, { session, body }: Asking): Promise<Uint8Array> {
  const { appKey, name, password } = decodeRegisterRequest(body)
  checkAppKey(parts, appKey)
  admit(parts, parts.registers.take(session.wire.address, parts.now()))
  const { uid } = await parts.auth.register({ name, password, address: session.wire.address })
  parts.tellEvent(eventOf(REGISTER), { uid, version: "", name }, null)
  return encodeRegisterReply({ uid })
}

/** The profile comes into the mailbox with the first log-in; a later one finds it there, or does what the first could not. */
function welcome({ social }: EnterParts, uid: number, name: string): void {
  void social.welcome({ uid, name }) // a miss is counted by the client; the next log-in tries again
}

/** From here on the session is told of what is new; whether something was new before, mailbox says. */
async function seat(
  { seat: sit, watches, throttle }: EnterParts,
  session: Session,
  who: { uid: number; device: number; version: string; commandKey: Uint8Array },
): Promise<boolean> {
  if (session.state !== "new") throw new RpcError("unavailable", "the connection ended meanwhile")
  session.enterAs(who.uid, who.device, who.version)
  session.commandKey = who.commandKey
  session.meter = throttle?.metering.connected(session) ?? null
  sit(session)
  const behind = await watches.add(session)
  const told = session.newest > session.seq
  session.newest = 0
  throttle?.tell(session)
  return behind || told
}

/** Whoever is to stay off the network is told how long, and costs nothing more. */
function keepOut(
  { throttle, points }: EnterParts,
  session: Session,
  who: { uid: number; device: number; version: string },
): void {
  const held = throttle?.find(who.uid, who.device, points.of(who.version).version) ?? null
  if (throttle === null || held === null) return
  const retryAfterMs = throttle.refused(held, who, session.wire.address)
  const message = "cannot let you in: this device is to stay off the network"
  throw new RpcError("throttled", message, { retry: true, retryAfterMs })
}

function checkAppKey({ isAppKey }: EnterParts, given: string): void {
  if (!isAppKey(given)) throw new RpcError("wrong_app_key", "the app key is not this installation's")
}

/** Those who were refused come back spread over some seconds. */
function admit({ random }: EnterParts, waitMs: number): void {
  if (waitMs === 0) return
  const retryAfterMs = waitMs + Math.floor(random() * MOST_RETRY_MS)
  throw new RpcError("slow_down", "cannot let you in now: too many come at once", { retry: true, retryAfterMs })
}
