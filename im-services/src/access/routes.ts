/**
 * Requests of clients, mapped to calls of services: one line each. Fields are named one by one, and never handed on as they came: what
 * this program does not know of a request must not become a field of a service's request.
 */
import { CHAT_METHODS as CHAT, type DevicesReplyInit, type GroupInit } from "@ossagent/im-client/protocol"
import { decode, encode, type Method } from "@ossagent/svrkit/codec"
import type { CallOptions } from "@ossagent/svrkit/rpc"
import type { AuthClient } from "../auth/generated/auth.client.ts"
import type { MailboxRoute } from "../mailbox/route.ts"
import type { MessageClient } from "../message/generated/message.client.ts"
import type { SocialClient } from "../social/generated/social.client.ts"
import type { Group } from "../social/generated/social.codec.ts"
import { EVENTS, type UserEvent } from "./events.ts"

/** Services behind access. */
export interface Backends {
  auth: AuthClient
  message: MessageClient
  social: SocialClient
  mailbox: MailboxRoute
}

/** Who asks. */
export interface Asker {
  uid: number
  device: number
  options: CallOptions
  /** Told of the client's clock when it sent a message, Unix ms. */
  sent(at: number): void
  /** Told of what it sends. */
  said(chat: number, text: string): void
  /** Told of what it did. */
  did(event: UserEvent, request: unknown): void
}

/** Answers the bytes of the reply. Throws CodecError, RpcError. */
export type Route = (to: Backends, who: Asker, body: Uint8Array) => Promise<Uint8Array>

type Run<Q, RI> = (to: Backends, who: Asker, request: Q) => Promise<RI>

/** What is asked sets the priority of all calls that are made for it. */
const as = (who: Asker, { priority }: { priority: number }): Asker => ({
  uid: who.uid,
  device: who.device,
  options: { ...who.options, priority },
  sent: (at) => who.sent(at),
  said: (chat, text) => who.said(chat, text),
  did: (event, request) => who.did(event, request),
})

const of = <Q, QI, R, RI>(method: Method<Q, QI, R, RI>, run: Run<Q, RI>): Route => {
  const event = EVENTS.get(method.number)
  return async (to, who, body) => {
    const request = decode(method.request, body)
    const reply = encode(method.reply, await run(to, as(who, method), request))
    if (event !== undefined) who.did(event, request)
    return reply
  }
}

/** The reply is a page, whose bytes are passed on unread. */
const page =
  <Q, QI, R, RI>(method: Method<Q, QI, R, RI>, run: Run<Q, { page: Uint8Array }>): Route =>
  async (to, who, body) =>
    (await run(to, as(who, method), decode(method.request, body))).page

const nothing = async (reply: Promise<unknown>): Promise<Record<never, never>> => {
  await reply
  return {}
}

const toGroup = ({ gid, name, owner, members, version }: Group): GroupInit => ({
  gid,
  name,
  owner,
  members: members.map((member) => ({ uid: member.uid, name: member.name })),
  version,
  count: members.length,
})

export const ROUTES: ReadonlyMap<number, Route> = new Map<number, Route>([
  [
    CHAT.send.number,
    of(CHAT.send, (to, who, { chat, clientId, text, sentAt }) => {
      const { uid, device, options } = who
      who.sent(sentAt)
      who.said(chat, text)
      return to.message.send({ uid, device, chat, clientId, text, sentAt }, options)
    }),
  ],
  [
    CHAT.recall.number,
    of(CHAT.recall, (to, { uid, options }, { chat, clientId, messageId }) =>
      to.message.recall({ uid, chat, clientId, messageId }, options),
    ),
  ],
  [
    CHAT.read.number,
    of(CHAT.read, (to, { uid, options }, { chat, seq }) => nothing(to.message.read({ uid, chat, seq }, options))),
  ],
  [
    CHAT.syncGroup.number,
    page(CHAT.syncGroup, (to, { uid, device, options }, { gid, key, mostBytes }) =>
      to.message.syncGroup({ uid, device, gid, key, mostBytes }, options),
    ),
  ],
  [
    CHAT.history.number,
    page(CHAT.history, (to, { uid, options }, { chat, before, limit }) =>
      to.message.history({ uid, chat, before, limit }, options),
    ),
  ],
  [
    CHAT.findUser.number,
    of(CHAT.findUser, async (to, { uid, options }, { name }) => {
      const found = await to.social.findUser({ uid, name }, options)
      return { uid: found.uid, name: found.name, about: found.about }
    }),
  ],
  friend("askFriend"),
  friend("acceptFriend"),
  friend("removeFriend"),
  friend("block"),
  friend("unblock"),
  [
    CHAT.createGroup.number,
    of(CHAT.createGroup, async (to, { uid, options }, { name, members }) =>
      toGroup(await to.social.createGroup({ uid, name, members }, options)),
    ),
  ],
  [
    CHAT.getGroup.number,
    of(CHAT.getGroup, async (to, { uid, options }, { gid }) =>
      toGroup(await to.social.getGroup({ uid, gid }, options)),
    ),
  ],
  [
    CHAT.invite.number,
    of(CHAT.invite, async (to, { uid, options }, { gid, members }) =>
      toGroup(await to.social.invite({ uid, gid, members }, options)),
    ),
  ],
  [
    CHAT.leaveGroup.number,
    of(CHAT.leaveGroup, (to, { uid, options }, { gid }) => nothing(to.social.leaveGroup({ uid, gid }, options))),
  ],
  [
    CHAT.setProfile.number,
    of(CHAT.setProfile, (to, { uid, options }, { about }) => nothing(to.social.setProfile({ uid, about }, options))),
  ],
  [CHAT.devices.number, of(CHAT.devices, listDevices)],
  [
    CHAT.revoke.number,
    of(CHAT.revoke, (to, { uid, options }, { device }) => nothing(to.auth.revoke({ uid, device }, options))),
  ],
])

function friend(name: "askFriend" | "acceptFriend" | "removeFriend" | "block" | "unblock"): [number, Route] {
  const run: Run<{ uid: number; greeting: string }, Record<never, never>> = (to, { uid, options }, request) =>
    nothing(to.social[name]({ uid, peer: request.uid, greeting: request.greeting }, options))
  return [CHAT[name].number, of(CHAT[name], run)]
}

async function listDevices(to: Backends, { uid, device, options }: Asker): Promise<DevicesReplyInit> {
  const { devices } = await to.auth.listDevices({ uid }, options)
  return {
    devices: devices.map((one) => ({
      device: one.device,
      name: one.name,
      version: one.version,
      seenAt: one.seenAt,
      current: one.device === device,
    })),
  }
}
