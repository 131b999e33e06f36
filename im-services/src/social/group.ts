import { LARGE_GROUP } from "@ossagent/im-client/protocol"
import type { Group, Member } from "./generated/social.codec.ts"
import { socialError } from "./generated/social.server.ts"

export const MOST_MEMBERS = 5_000
const MOST_NAME = 64

/** Throws `bad_request`. */
export function parseGroupName(text: string): string {
  const name = text.trim()
  if (name === "" || [...name].length > MOST_NAME)
    throw socialError("bad_request", `a group's name has 1 to ${MOST_NAME} characters`)
  return name
}

export const isIn = ({ members }: Group, uid: number): boolean => members.some((member) => member.uid === uid)

/** The group with these besides; null where all were in it. Throws `too_many_members`. */
export function withMembers(group: Group, more: readonly Member[]): Group | null {
  const fresh = more.filter(({ uid }) => !isIn(group, uid))
  if (fresh.length === 0) return null
  const members = [...group.members, ...fresh]
  if (members.length > MOST_MEMBERS) {
    throw socialError(
      "too_many_members",
      `a group has at most ${MOST_MEMBERS} members, it would have ${members.length}`,
    )
  }
  return { ...group, members, version: group.version + 1, large: group.large || members.length > LARGE_GROUP }
}

/** The group without this one; null where they were not in it. The oldest member follows an owner. */
export function withoutMember(group: Group, uid: number): Group | null {
  if (!isIn(group, uid)) return null
  const members = group.members.filter((member) => member.uid !== uid)
  const owner = group.owner === uid ? (members[0]?.uid ?? 0) : group.owner
  return { ...group, members, owner, version: group.version + 1 }
}
