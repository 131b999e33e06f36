import type { ServerCall } from "@ossagent/svrkit/rpc"
import { RpcError } from "@ossagent/svrkit/rpc"
import { type AppendRequestInit, type Result, Stored } from "../mailbox/generated/mailbox.codec.ts"
import type { MailboxRoute } from "../mailbox/route.ts"
import type { SocialClient } from "../social/generated/social.client.ts"
import type { OptionalSpamClient } from "../spam/generated/spam.client.ts"
import { messageError } from "./generated/message.server.ts"
import type { MessagePoints } from "./points.ts"

export interface Deps {
  mailbox: MailboxRoute
  social: SocialClient
  spam: OptionalSpamClient
  points: MessagePoints
}

/** Appends to mailboxes of one SET. Throws where that cannot be done now, in this service's words. */
export async function appendAll(
  { mailbox, points }: Deps,
  request: AppendRequestInit,
  call: ServerCall,
): Promise<readonly Result[]> {
  const uid = request.items?.[0]?.uid as number
  const from = performance.now()
  const { results } = await translate(mailbox.clientOf(uid).append(request, { under: call }))
  points.mailbox.record(call.version, performance.now() - from)
  return results
}

/** The first item's result. */
export const append = async (deps: Deps, request: AppendRequestInit, call: ServerCall): Promise<Result> =>
  (await appendAll(deps, request, call))[0] as Result

const REFUSALS: Readonly<Record<number, readonly [Parameters<typeof messageError>[0], string]>> = {
  [Stored.sameId]: ["same_id", "another message was sent with this client id"],
  [Stored.notFriends]: ["not_friends", "the other is no friend, or takes nothing from you"],
  [Stored.noTarget]: ["no_such_message", "there is no such message of yours"],
  [Stored.tooLate]: ["too_late", "it was sent more than two minutes ago"],
}

/** Throws unless it is stored, now or before. */
export function ensureStored({ outcome }: Result, what: string): void {
  const refusal = REFUSALS[outcome]
  if (refusal !== undefined) throw messageError(refusal[0], `cannot ${what}: ${refusal[1]}`)
}

/** Errors of the mailbox that mean "not now" in this service's own code. */
export async function translate<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    if (!(error instanceof RpcError) || !(error.code === "no_set" || error.code === "unavailable")) throw error
    throw messageError("unavailable", error.message, { retryAfterMs: error.retryAfterMs })
  }
}
