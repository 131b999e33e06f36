/**
 * Groups: who is in them stands in the store `groups`, changed by condition. What their members have of it is told after each change:
 * `untold` holds the change from before it is made until it is told, so that a crash between only delays it.
 */
import { randomInt } from "node:crypto"
import { ContactState, FIRST_GROUP } from "@ossagent/im-client/protocol"
import { RpcError, type ServerCall } from "@ossagent/svrkit/rpc"
import type { Stored } from "@ossagent/svrkit/store"
import type { Log } from "../loop/every.ts"
import type { MailboxRoute } from "../mailbox/route.ts"
import { createBlocks } from "../number/blocks.ts"
import type { Contacts } from "./contacts.ts"
import { createGroup, type Group, type Member, type Untold } from "./generated/social.codec.ts"
import { socialError } from "./generated/social.server.ts"
import type { SocialStores } from "./generated/social.stores.ts"
import { isIn, MOST_MEMBERS, parseGroupName, withMembers, withoutMember } from "./group.ts"
import type { NameOf } from "./names.ts"
import { sayInGroup } from "./notice.ts"
import { tellMembers } from "./tell.ts"
import type { UntoldGroups } from "./untold.ts"

const MOST_TRIES = 20
const GIDS_AT_ONCE = 100
const ASKED_AT_ONCE = 32
/** An entry of another process is told again when it is as old as this: longer than any change takes. */
const STALE_MS = 15_000

interface Parts {
  stores: Pick<SocialStores, "groups" | "counters">
  untold: UntoldGroups
  route: MailboxRoute
  contacts: Contacts
  nameOf: NameOf
  log: Log
  now: () => number
}

/** Nothing was changed; of a store that did not answer it is not known. */
const isRefusal = (error: unknown): boolean =>
  error instanceof RpcError && (error.code === "no_such_group" || error.code === "too_many_members")

export function createGroups({ stores, untold, route, contacts, nameOf, log, now }: Parts) {
  const { groups, counters } = stores
  const newGid = createBlocks(counters, { name: "groups", first: FIRST_GROUP, size: GIDS_AT_ONCE })
  const nobody = (gid: number) => socialError("no_such_group", `there is no group ${gid}, or you are not in it`)

  const read = async (gid: number): Promise<Stored<Group>> => {
    const stored = await groups.get(gid)
    if (stored === null || stored.value.members.length === 0) throw nobody(gid)
    return stored
  }

  /** Among friends of both sides' making: who is no friend any more cannot be drawn into a group. */
  const friendsOf = async (uid: number, peers: readonly number[], call: ServerCall): Promise<Member[]> => {
    const others = [...new Set(peers)].filter((peer) => peer !== uid)
    if (others.length > MOST_MEMBERS)
      throw socialError("too_many_members", `a group has at most ${MOST_MEMBERS} members`)
    const friends: Member[] = []
    for (let at = 0; at < others.length; at += ASKED_AT_ONCE) {
      const some = others.slice(at, at + ASKED_AT_ONCE)
      const [mine, theirs] = await Promise.all([
        contacts.having(uid, some, ContactState.friend, call),
        Promise.all(some.map((peer) => contacts.state(peer, uid, call))),
      ])
      const missing = some.find((peer, i) => theirs[i] !== ContactState.friend || !mine.some((one) => one.uid === peer))
      if (missing !== undefined) throw socialError("not_friends", `user ${missing} is no friend of yours`)
      friends.push(...mine.map((one) => ({ uid: one.uid, name: one.name })))
    }
    return friends
  }

  /** Changes a group and tells of it. `edit` answers null where nothing is to be changed. */
  const change = async (
    entry: Pick<Untold, "gid" | "gone">,
    edit: () => Promise<Group | null>,
    say: (group: Group) => string,
  ): Promise<Group | null> => {
    const untoldEntry = { ...entry, token: randomInt(2 ** 48 - 1), at: now() }
    await untold.enter(untoldEntry)
    const changed = await edit().catch(async (error: unknown) => {
      if (isRefusal(error)) await putAway(untoldEntry)
      throw error
    })
    if (changed === null) await putAway(untoldEntry)
    else await tellAll(changed, untoldEntry, say)
    return changed
  }

  /** What fails here is done by `tellUntold`, or costs no more than a look there. */
  const tellAll = async (group: Group, entry: Untold, say: (group: Group) => string): Promise<void> => {
    try {
      await tellMembers(route, group, entry.gone)
      await sayInGroup(route, group, say(group))
      await putAway(entry)
    } catch (error) {
      log.warn({ gid: group.gid, err: error }, "a group's members are not all told: told again in a moment")
    }
  }
  const putAway = (entry: Untold): Promise<void> =>
    untold.putAway(entry).catch((error: unknown) => log.warn({ gid: entry.gid, err: error }, "an entry stays"))

  /** By condition, again while others are faster. */
  const update = async (gid: number, edit: (group: Group) => Group | null): Promise<Group | null> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const stored = await read(gid)
      const next = edit(stored.value)
      if (next === null || (await groups.put(gid, next, stored.version)) !== null) return next
    }
    throw socialError("unavailable", `group ${gid} changes too often at this moment`, { retryAfterMs: 100 })
  }

  const create = async (uid: number, text: string, members: readonly number[], call: ServerCall): Promise<Group> => {
    const name = parseGroupName(text)
    const [own, others] = await Promise.all([nameOf(uid, call), friendsOf(uid, members, call)])
    const gid = await newGid()
    const empty = { ...createGroup(), gid, name, owner: uid, createdAt: now() }
    const group = withMembers(empty, [{ uid, name: own }, ...others]) as Group
    const made = async (): Promise<Group> => {
      await groups.put(gid, group, 0)
      return group
    }
    await change({ gid, gone: [] }, made, () => `${own} made the group ${name}`)
    return group
  }

  const invite = async (uid: number, gid: number, members: readonly number[], call: ServerCall): Promise<Group> => {
    const { value: group } = await read(gid)
    if (!isIn(group, uid)) throw nobody(gid)
    const fresh = members.filter((peer) => !isIn(group, peer))
    if (fresh.length === 0) return group
    const [own, friends] = await Promise.all([nameOf(uid, call), friendsOf(uid, fresh, call)])
    const edit = (newest: Group): Group | null => {
      if (!isIn(newest, uid)) throw nobody(gid)
      return withMembers(newest, friends)
    }
    const names = friends.map(({ name }) => name)
    const said = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ")
    const changed = await change(
      { gid, gone: [] },
      () => update(gid, edit),
      () => `${own} invited ${said}`,
    )
    return changed ?? (await read(gid)).value
  }

  /** Who is not in it has left. */
  const leave = async (uid: number, gid: number, call: ServerCall): Promise<void> => {
    const stored = await groups.get(gid)
    if (stored === null) throw nobody(gid)
    if (!isIn(stored.value, uid)) return
    const own = await nameOf(uid, call)
    const edit = (group: Group): Group | null => withoutMember(group, uid)
    await change(
      { gid, gone: [uid] },
      () => update(gid, edit),
      () => `${own} left`,
    )
  }

  /** `uid` 0: a service asks. */
  const get = async (uid: number, gid: number): Promise<Group> => {
    const { value } = await read(gid)
    if (uid !== 0 && !isIn(value, uid)) throw nobody(gid)
    return value
  }

  /** Tells what was left untold, by this process or another one. */
  const tellUntold = async (): Promise<void> => {
    const stale = (await untold.all()).filter(({ at }) => now() - at > STALE_MS)
    for (const entry of stale) {
      const stored = await groups.get(entry.gid)
      if (stored !== null) await tellMembers(route, stored.value, entry.gone)
      await untold.putAway(entry)
    }
  }
  return { create, invite, leave, get, tellUntold }
}
