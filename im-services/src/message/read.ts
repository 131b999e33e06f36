import { isGroup, ReadMarkCodec, Topic } from "@ossagent/im-client/protocol"
import { encode } from "@ossagent/svrkit/codec"
import type { MessageHandlers } from "./generated/message.server.ts"
import { membersOf } from "./members.ts"
import { type Deps, translate } from "./store.ts"

/** Reading: marks of how far, pages of large groups, older messages. */
export function createRead(deps: Deps): Pick<MessageHandlers, "read" | "syncGroup" | "history"> {
  const { mailbox } = deps
  return {
    read: async ({ uid, chat, seq }, call) => {
      const change = {
        uid,
        topic: Topic.read,
        subject: chat,
        value: encode(ReadMarkCodec, { seq }),
        rising: true,
        order: seq,
      }
      await translate(mailbox.clientOf(uid).putChanges({ changes: [change] }, { under: call }))
      return {}
    },
    syncGroup: async ({ uid, device, gid, key, mostBytes }, call) => {
      await membersOf(deps, uid, gid, call)
      const { page } = await translate(
        mailbox.clientOf(gid).sync({ uid: gid, device, key, mostBytes, reader: uid }, { under: call }),
      )
      return { page }
    },
    history: async ({ uid, chat, before, limit }, call) => {
      const look = (owner: number) => {
        const asked = { uid: owner, chat, before, limit, reader: uid }
        return translate(mailbox.clientOf(owner).history(asked, { under: call }))
      }
      const large = isGroup(chat) && (await membersOf(deps, uid, chat, call)).large
      const found = large ? await look(chat) : null
      // What was written while the group was small lies in its members' mailboxes.
      return { page: (found === null || found.messages === 0 ? await look(uid) : found).page }
    },
  }
}
