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
        mailbox.clientOf(gid).sync({ uid: gid, device, key, mostBytes }, { under: call }),
      )
      return { page }
    },
    history: async ({ uid, chat, before, limit }, call) => {
      const large = isGroup(chat) && (await membersOf(deps, uid, chat, call)).large
      const owner = large ? chat : uid
      const { page } = await translate(
        mailbox.clientOf(owner).history({ uid: owner, chat, before, limit }, { under: call }),
      )
      return { page }
    },
  }
}
