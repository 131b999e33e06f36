import { RpcError, type ServerCall } from "@ossagent/svrkit/rpc"
import type { MessageClient } from "../../message/generated/message.client.ts"
import type { SocialClient } from "../../social/generated/social.client.ts"
import type { Bottle } from "../generated/play.codec.ts"
import { playError } from "../generated/play.server.ts"

const MOST_QUOTED = 40

export interface AnswerParts {
  message: Pick<MessageClient, "send">
  social: Pick<SocialClient, "askFriend">
}

/**
 * Tells the thrower what somebody answers: a message where the two are friends, else the question to be friends, after which both can talk.
 * Told again, it arrives once. Rejects with `unavailable` when it may not have arrived, with `bad_request` when the two cannot talk.
 */
export async function tellThrower(
  { message, social }: AnswerParts,
  { bottle, uid, text: answer }: { bottle: Bottle; uid: number; text: string },
  call?: ServerCall | null,
): Promise<void> {
  const options = call ? { under: call } : {}
  const text = `To your bottle “${toQuote(bottle.text)}”: ${answer}`
  try {
    await message.send({ uid, chat: bottle.uid, clientId: bottle.id, text }, options)
  } catch (error) {
    if (!(error instanceof RpcError && error.code === "not_friends")) throw toOwn(error)
    await social.askFriend({ uid, peer: bottle.uid, greeting: text }, options).catch((refused: unknown) => {
      throw toOwn(refused)
    })
  }
}

function toQuote(text: string): string {
  const characters = [...text]
  return characters.length <= MOST_QUOTED ? text : `${characters.slice(0, MOST_QUOTED - 1).join("")}…`
}

/** Errors of message and social in this service's own words. */
function toOwn(error: unknown): unknown {
  if (!(error instanceof RpcError)) return error
  if (error.code === "bad_request") return playError("bad_request", error.message)
  return playError("unavailable", error.message, { retryAfterMs: error.retryAfterMs })
}
