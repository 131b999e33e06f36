/** Replies to the alarm account: "ack 12" of somebody whose replies count acknowledges the incident, and the account says what came of it. */
import { isGroup, type Message } from "@ossagent/im-client/node"
import type { Logger } from "pino"
import type { ImAccount } from "./account.ts"
import { type Ack, toDone, toNotDone, toUnknown, tryAck } from "./reply.ts"
import type { ImStore } from "./store.ts"

export interface ImReply {
  /** Name in the IM. */
  imUser: string
  /** Name of the contact; else the name in the IM. */
  name: string
  incidentId: string
  text: string
}

/** Acknowledges. Its error's message is said in the chat. */
export type OnReply = (reply: ImReply) => Promise<void>

export interface RepliesDeps {
  account: ImAccount
  store: ImStore
  onReply: OnReply
  log: Logger
  now: () => number
}

/** Older ones are of a time when nobody was here to hear them. */
const MOST_AGE_MS = 15 * 60_000
const ANSWER_MS = 10_000

/** Handles one message; whatever goes wrong is logged. */
export function createReplies(deps: RepliesDeps): (message: Message) => Promise<void> {
  return async (message) => {
    const ack = message.mine || message.recalled ? null : tryAck(message.text)
    if (ack === null || message.at < deps.now() - MOST_AGE_MS) return
    try {
      await answer(deps, message, ack)
    } catch (error) {
      deps.log.warn({ err: error, chat: message.chat }, "a reply in the IM was not answered")
    }
  }
}

async function answer({ account, store, onReply }: RepliesDeps, message: Message, ack: Ack): Promise<void> {
  const { client } = account
  const { chat, seq, from, text } = message
  const imUser = client.nameOf(from)
  const { members } = await store.readCircle()
  const contact = await store.readName(imUser)
  if (contact === null && !members.includes(imUser)) return // nobody whose word counts
  if (!(await store.claimReply(chat, seq))) return
  const name = contact ?? imUser
  const incidentId = ack.incidentId ?? (await store.readLastTold(isGroup(chat) ? null : imUser))
  const said =
    incidentId === null
      ? toUnknown(ack)
      : await onReply({ imUser, name, incidentId, text }).then(
          () => toDone(ack, incidentId, name),
          (error: Error) => toNotDone(ack, error.message),
        )
  const signal = AbortSignal.timeout(ANSWER_MS)
  await account.ready(signal)
  await account.say(chat, said, `reply ${chat} ${seq}`, signal)
}
