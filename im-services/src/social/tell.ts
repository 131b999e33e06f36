import { GroupCodec, Topic } from "@ossagent/im-client/protocol"
import { encode } from "@ossagent/svrkit/codec"
import type { ChangeItemInit } from "../mailbox/generated/mailbox.codec.ts"
import type { MailboxRoute } from "../mailbox/route.ts"
import type { Group } from "./generated/social.codec.ts"
import { translate } from "./translate.ts"

const MOST_CHANGES = 500
const MOST_BYTES = 512 * 1024
const IN = 1
const OUT = 0

/**
 * Tells members of their group's state, and who is gone that they are; what a mailbox has of a higher or the same version stays. Rejects
 * when some were not told; to tell again does no harm.
 */
export async function tellMembers(route: MailboxRoute, group: Group, gone: readonly number[]): Promise<void> {
  const bySet = new Map<number, ChangeItemInit[]>()
  for (const change of toChanges(group, gone)) {
    const set = route.setOf(change.uid as number)
    bySet.set(set, [...(bySet.get(set) ?? []), change])
  }
  const told = [...bySet].map(async ([set, changes]) => {
    for (const piece of toPieces(changes)) await translate(route.clientOfSet(set).putChanges({ changes: piece }))
  })
  const failed = (await Promise.allSettled(told)).find((result) => result.status === "rejected")
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason
}

function toChanges(group: Group, gone: readonly number[]): ChangeItemInit[] {
  const { gid, name, owner, version, members, large } = group
  const shown = { gid, name, owner, version, count: members.length }
  const change = { topic: Topic.group, subject: gid, rising: true, order: version }
  const inside = { ...change, state: IN, value: encode(GroupCodec, { ...shown, members: large ? [] : members }) }
  const outside = { ...change, state: OUT, value: encode(GroupCodec, { ...shown, members: [] }) }
  const there = new Set(members.map(({ uid }) => uid))
  return [
    ...members.map(({ uid }) => ({ ...inside, uid })),
    ...gone.filter((uid) => !there.has(uid)).map((uid) => ({ ...outside, uid })),
  ]
}

function* toPieces(changes: readonly ChangeItemInit[]): Generator<ChangeItemInit[]> {
  const bytes = Math.max(1, ...changes.map(({ value }) => value?.length ?? 0)) + 32
  const size = Math.max(1, Math.min(MOST_CHANGES, Math.floor(MOST_BYTES / bytes)))
  for (let at = 0; at < changes.length; at += size) yield changes.slice(at, at + size)
}
