import type { Method } from "@ossagent/svrkit/codec"
import { decode, encode } from "@ossagent/svrkit/codec"
import type { CallOptions } from "@ossagent/svrkit/rpc"
import type { AuthClient } from "../auth/generated/auth.client.ts"
import type { MailboxRoute } from "../mailbox/route.ts"
import type { MessageClient } from "../message/generated/message.client.ts"
import type { OptionalPlayClient } from "../play/generated/play.client.ts"
import type { SocialClient } from "../social/generated/social.client.ts"
import { EVENTS, type UserEvent } from "./events.ts"

/** Services behind access. */
export interface Backends {
  auth: AuthClient
  message: MessageClient
  social: SocialClient
  /** Can be done without. */
  play: OptionalPlayClient
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
  /** A page as its client can show it. */
  fit(page: Uint8Array): Uint8Array | Promise<Uint8Array>
  /** Told of what it did. */
  did(event: UserEvent, request: unknown): void
}

/** Answers the bytes of the reply. Throws CodecError, RpcError. */
export type Route = (to: Backends, who: Asker, body: Uint8Array) => Promise<Uint8Array>

export type Run<Q, RI> = (to: Backends, who: Asker, request: Q) => Promise<RI>

/** What is asked sets the priority of all calls that are made for it. */
const as = (who: Asker, { priority }: { priority: number }): Asker => ({
  uid: who.uid,
  device: who.device,
  options: { ...who.options, priority },
  sent: (at) => who.sent(at),
  said: (chat, text) => who.said(chat, text),
  fit: (bytes) => who.fit(bytes),
  did: (event, request) => who.did(event, request),
})

/** One line of the table: decodes, asks, tells the event where it is one, and encodes. */
export const of = <Q, QI, R, RI>(method: Method<Q, QI, R, RI>, run: Run<Q, RI>): Route => {
  const event = EVENTS.get(method.number)
  return async (to, who, body) => {
    const request = decode(method.request, body)
    const reply = encode(method.reply, await run(to, as(who, method), request))
    if (event !== undefined) who.did(event, request)
    return reply
  }
}

/** The reply is a page, whose bytes are passed on unread to clients of today. */
export const page =
  <Q, QI, R, RI>(method: Method<Q, QI, R, RI>, run: Run<Q, { page: Uint8Array }>): Route =>
  async (to, who, body) =>
    who.fit((await run(to, as(who, method), decode(method.request, body))).page)

export const nothing = async (reply: Promise<unknown>): Promise<Record<never, never>> => {
  await reply
  return {}
}
