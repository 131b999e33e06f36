/** Whom the alarm account writes to: persons who accepted it as a friend, and the on-call group that it makes and invites them to. */
import { ContactState } from "@ossagent/im-client/node"
import { ChannelError } from "../channel/channel.ts"
import { type ImAccount, toImError } from "./account.ts"

export interface Circle {
  /** Name of the on-call group. */
  group: string
  /** Names in the IM of those who belong to it, and whose replies count. */
  members: readonly string[]
}

export interface People {
  uidOf: (name: string) => Promise<number>
  /** The group's number, made when it is not there, with everybody in it who accepted. */
  groupOf: (circle: Circle) => Promise<number>
  /** Takes requests of members, and asks those who were not asked yet. */
  meet: (circle: Circle) => Promise<void>
}

const MOST_NAMES = 1_000
const GREETING = "OssAgent: alarms"

export function createPeople({ client }: ImAccount): People {
  const uids = new Map<string, number>()
  const find = async (name: string): Promise<number> => {
    const known = uids.get(name)
    if (known !== undefined) return known
    const { uid } = await client.findUser(name)
    if (uids.size >= MOST_NAMES) uids.clear()
    uids.set(name, uid)
    return uid
  }
  const stateOf = (uid: number): number => client.contacts().find((one) => one.uid === uid)?.state ?? ContactState.none
  /** Whether it is a friend by now; else it is asked. */
  const befriend = async (uid: number): Promise<boolean> => {
    const state = stateOf(uid)
    if (state === ContactState.friend) return true
    if (state === ContactState.asking) {
      await client.acceptFriend(uid)
      return true
    }
    if (state === ContactState.none) await client.askFriend(uid, GREETING)
    return false
  }
  const friendsAmong = async (names: readonly string[]): Promise<number[]> => {
    const found: number[] = []
    for (const name of names) {
      const uid = await find(name).catch(() => null) // nobody has this name, or not yet
      if (uid !== null && (await befriend(uid).catch(() => false))) found.push(uid)
    }
    return found
  }
  const findGroup = ({ group }: Circle) =>
    client
      .groups()
      .filter(({ name, owner }) => name === group && owner === client.account?.uid)
      .sort((a, b) => a.gid - b.gid)[0] // of two that were made at the same time the first counts
  return {
    uidOf: async (name) => {
      try {
        const uid = await find(name)
        if (await befriend(uid)) return uid
      } catch (error) {
        throw toImError(error)
      }
      throw new ChannelError(`cannot write to ${name} in the IM: the alarm account was not accepted as a friend yet`, {
        retry: false,
      })
    },
    groupOf: async (circle) => {
      try {
        const friends = await friendsAmong(circle.members)
        const known = findGroup(circle)
        if (friends.length === 0 && !known) throw nobody(circle)
        if (!known) return (await client.createGroup(circle.group, friends)).gid
        const missing = friends.filter((uid) => !known.members.some((member) => member.uid === uid))
        if (missing.length > 0) await client.invite(known.gid, missing)
        if (known.members.length + missing.length < 2) throw nobody(circle)
        return known.gid
      } catch (error) {
        throw toImError(error)
      }
    },
    meet: async ({ members }) => {
      await friendsAmong(members)
    },
  }
}

const nobody = ({ group }: Circle): ChannelError =>
  new ChannelError(
    `cannot write to the group ${group} in the IM: nobody has accepted the alarm account as a friend yet`,
    { retry: false },
  )
