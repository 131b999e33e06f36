import { isGroup, Kind, RECALL_MS } from "@ossagent/im-client/protocol"
import type { ServerCall } from "@ossagent/svrkit/rpc"
import { type JobInit, type Result, Stored } from "../mailbox/generated/mailbox.codec.ts"
import type { RecallRequest, SendReplyInit } from "./generated/message.codec.ts"
import { type MessageHandlers, messageError } from "./generated/message.server.ts"
import { membersOf } from "./members.ts"
import { append, type Deps, ensureStored } from "./store.ts"

export function createRecall(deps: Deps): Pick<MessageHandlers, "recall"> {
  return {
    recall: async (request, call) => {
      const { clientId, messageId, chat } = request
      if (clientId === 0 || messageId === 0 || clientId === messageId)
        throw messageError("bad_request", "a recall needs a client id of its own and that of the message")
      return isGroup(chat) ? recallInGroup(deps, request, call) : recallFromUser(deps, request, call)
    },
  }
}

/**
 * The receiver's mailbox first: it says whether the message may still be recalled. The sender's own last, and not bound to the time, so that
 * a repeat completes it: its row tells the sender's devices that the recall is done, and none of them asks again.
 */
async function recallFromUser(
  deps: Deps,
  { uid, chat, clientId, messageId }: RecallRequest,
  call: ServerCall,
): Promise<SendReplyInit> {
  const recall = { from: uid, clientId, kind: Kind.recall, recallId: messageId }
  const first = { ...recall, uid: chat, chat: uid, notBefore: Date.now() - RECALL_MS }
  const theirs = await append(deps, { items: [first] }, call)
  ensureStored(theirs, "recall")
  if (chat === uid) return { seq: theirs.seq, at: theirs.at }
  const own = await append(deps, { items: [{ ...recall, uid, chat, at: theirs.at }] }, call)
  ensureStored(own, "recall")
  return { seq: own.seq, at: own.at }
}

async function recallInGroup(
  deps: Deps,
  { uid, chat, clientId, messageId }: RecallRequest,
  call: ServerCall,
): Promise<SendReplyInit> {
  const { members, large } = await membersOf(deps, uid, chat, call)
  const recall = { from: uid, clientId, kind: Kind.recall, recallId: messageId }
  const inMailboxOf = (owner: number, job: Pick<JobInit, "members" | "marker">): Promise<Result> => {
    const item = { ...recall, uid: owner, chat, notBefore: Date.now() - RECALL_MS }
    return append(deps, { items: [item], job: { ...recall, gid: chat, ...job } }, call)
  }
  const fromGroup = large ? await inMailboxOf(chat, { members, marker: 1 }) : null
  // What was written while the group was small lies in its members' mailboxes.
  const stored =
    fromGroup === null || fromGroup.outcome === Stored.noTarget
      ? await inMailboxOf(uid, { members: members.filter((member) => member !== uid), marker: 0 })
      : fromGroup
  ensureStored(stored, "recall")
  return { seq: stored.seq, at: stored.at }
}
