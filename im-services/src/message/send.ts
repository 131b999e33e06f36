import { isGroup, Kind, MOST_TEXT_BYTES } from "@ossagent/im-client/protocol"
import type { ServerCall } from "@ossagent/svrkit/rpc"
import type { ItemInit, Result } from "../mailbox/generated/mailbox.codec.ts"
import type { SendReplyInit, SendRequest } from "./generated/message.codec.ts"
import { type MessageHandlers, messageError } from "./generated/message.server.ts"
import { membersOf } from "./members.ts"
import { append, appendAll, type Deps, ensureStored, translate } from "./store.ts"

const SPAM = 1

export function createSend(deps: Deps): Pick<MessageHandlers, "send"> {
  return {
    send: async (request, call) => {
      const from = performance.now()
      checkSend(request)
      const flags = await judge(deps, request, call)
      const item = { from: request.uid, clientId: request.clientId, text: request.text, flags }
      const reply = await (isGroup(request.chat) ? sendToGroup : sendToUser)(deps, request, item, call)
      deps.points.whole.record(call.version, performance.now() - from)
      return reply
    },
  }
}

function checkSend({ chat, clientId, text }: SendRequest): void {
  if (clientId === 0) throw messageError("bad_request", "cannot send without a client id")
  if (chat === 0) throw messageError("bad_request", "cannot send to nobody")
  if (text === "") throw messageError("bad_request", "cannot send nothing")
  if (text.includes("\0")) throw messageError("bad_request", "cannot send a character of number 0")
  if (text.length * 3 > MOST_TEXT_BYTES && Buffer.byteLength(text) > MOST_TEXT_BYTES)
    throw messageError("too_large", `cannot send ${Buffer.byteLength(text)} bytes: ${MOST_TEXT_BYTES} are the most`)
}

/** What the spam filter thinks, within its 30 ms; a message arrives without its judgement. */
async function judge({ spam, points }: Deps, { uid, chat, text }: SendRequest, call: ServerCall): Promise<number> {
  const judged = await spam.judge({ uid, chat, text }, { under: call })
  if (!judged.ok) points.unjudged.inc()
  else if (judged.reply.bad) {
    points.flagged.inc()
    return SPAM
  }
  return 0
}

type Sent = Pick<Required<ItemInit>, "from" | "clientId" | "text" | "flags">

/**
 * The sender's own is there only if the receiver has it: in one transaction where both are of one SET, else the receiver's first. Repeated
 * after a crash between the two, it does what is missing.
 */
async function sendToUser(deps: Deps, request: SendRequest, sent: Sent, call: ServerCall): Promise<SendReplyInit> {
  const { uid, device, chat } = request
  const theirs = toItem(sent, { uid: chat, chat: uid, at: 0, needsFriend: true, device: 0 })
  const own = toItem(sent, { uid, chat, at: 0, needsFriend: false, device })
  const one = deps.mailbox.setOf(uid) === deps.mailbox.setOf(chat)
  const stored =
    chat === uid
      ? await appendOwn(deps, own, call)
      : await (one ? appendBoth : appendInTurn)(deps, { theirs, own }, call)
  deps.points.taken.user.inc()
  return toReply(stored)
}

/** Always all fields in one order: what is written by the thousand has one form. */
const toItem = (
  { from, clientId, text, flags }: Sent,
  { uid, chat, at, needsFriend, device }: Pick<Required<ItemInit>, "uid" | "chat" | "at" | "needsFriend" | "device">,
): ItemInit => ({ uid, from, clientId, chat, at, text, flags, needsFriend, device })

interface Copies {
  theirs: ItemInit
  own: ItemInit
}

async function appendBoth(deps: Deps, { theirs, own }: Copies, call: ServerCall): Promise<Result> {
  const results = await appendAll(deps, { items: [theirs, own], together: true }, call)
  for (const result of results) ensureStored(result, "send")
  return results[1] as Result
}

async function appendInTurn(deps: Deps, { theirs, own }: Copies, call: ServerCall): Promise<Result> {
  const first = await append(deps, { items: [theirs] }, call)
  ensureStored(first, "send")
  own.at = first.at
  return appendOwn(deps, own, call)
}

async function appendOwn(deps: Deps, own: ItemInit, call: ServerCall): Promise<Result> {
  const stored = await append(deps, { items: [own] }, call)
  ensureStored(stored, "send")
  return stored
}

/** Small groups: the sender's own and the work for all others in one transaction. Large ones: the group's own mailbox and the work of telling. */
async function sendToGroup(deps: Deps, request: SendRequest, sent: Sent, call: ServerCall): Promise<SendReplyInit> {
  const { uid, device, chat } = request
  const { members, large } = await membersOf(deps, uid, chat, call)
  if (large) {
    const early = await findEarly(deps, request, call)
    if (early !== null) return early
  }
  const job = { ...sent, gid: chat, kind: Kind.text, members, marker: large ? 1 : 0 }
  const item = large ? { ...sent, uid: chat, chat } : { ...sent, uid, chat, device }
  const stored = await append(deps, { items: [item], job: large ? { ...job, text: "" } : job }, call)
  ensureStored(stored, "send")
  deps.points.taken[large ? "large" : "group"].inc()
  return toReply(stored)
}

/** The same message, where it was taken while the group was small: it is with the members already. */
async function findEarly(
  { mailbox }: Deps,
  { uid, chat, clientId, text }: SendRequest,
  call: ServerCall,
): Promise<SendReplyInit | null> {
  const { found, item, seq } = await translate(
    mailbox.clientOf(uid).find({ uid, from: uid, clientId }, { under: call }),
  )
  if (!found) return null
  if (item.chat !== chat || (item.text !== text && item.text !== ""))
    throw messageError("same_id", "cannot send: another message was sent with this client id")
  return { seq, at: item.at }
}

const toReply = ({ seq, at }: Result): SendReplyInit => ({ seq, at })
