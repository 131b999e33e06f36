import { Kind } from "@ossagent/im-client/protocol"
import type { MailboxRoute } from "../mailbox/route.ts"
import type { Group } from "./generated/social.codec.ts"

/**
 * Says something in a group, for people: a message from the group itself, with the group's version as its client id, on the same way as
 * those of members. Rejects when it was not stored; then it is never said, for members know the state by `tell.ts`.
 */
export async function sayInGroup(
  route: MailboxRoute,
  { gid, version, members, large }: Group,
  text: string,
): Promise<void> {
  const uids = members.map(({ uid }) => uid)
  const first = large ? gid : uids[0]
  if (first === undefined) return
  const said = { from: gid, clientId: version, kind: Kind.notice, text }
  const others = large ? uids : uids.slice(1)
  const job = { ...said, gid, members: others, marker: large ? 1 : 0, text: large ? "" : text }
  await route.clientOf(first).append({ items: [{ ...said, uid: first, chat: gid }], job })
}
