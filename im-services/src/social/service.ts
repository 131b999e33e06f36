/**
 * social: who knows whom. `friends` and `profile` are rows in users' mailboxes, `groups` a store of its own whose state is told to members'
 * mailboxes. Called by access for clients, by message for the members of a group.
 */
import { defineRpcService, type ServiceContext } from "@ossagent/svrkit"
import { connectStores } from "../datastore/connect.ts"
import { startEvery } from "../loop/every.ts"
import { createMailboxRoute } from "../mailbox/route.ts"
import { CONFIG } from "./config.ts"
import { createContacts } from "./contacts.ts"
import { createFriends, parsePair } from "./friends.ts"
import type { FriendRequest } from "./generated/social.codec.ts"
import { socialNeeds } from "./generated/social.needs.ts"
import { type SocialHandlers, serveSocial } from "./generated/social.server.ts"
import { openSocialStores } from "./generated/social.stores.ts"
import { createGroups } from "./groups.ts"
import { createNames } from "./names.ts"
import { createProfiles } from "./profile.ts"
import { createUntoldList } from "./untold.ts"

const TELL_MS = 5_000

export const social = defineRpcService({ name: "social", partOf: "im", config: CONFIG, start })

function start(context: ServiceContext<typeof CONFIG>): void {
  const { rpc, config, log, onStop } = context
  const stores = openSocialStores(connectStores(context))
  const route = createMailboxRoute(rpc, config.mailboxes)
  const auth = socialNeeds.auth(rpc, config.auth)
  const nameOf = createNames(auth)
  const contacts = createContacts(route, nameOf)
  const untold = createUntoldList(stores.untold)
  const groups = createGroups({ stores, untold, route, contacts, nameOf, log, now: Date.now })
  const tell = startEvery({ name: "untold groups", everyMs: TELL_MS, log }, groups.tellUntold)
  onStop(tell.stop)
  serveSocial(rpc, toHandlers(createFriends(contacts), createProfiles(route, auth, nameOf), groups))
}

function toHandlers(
  friends: ReturnType<typeof createFriends>,
  profiles: ReturnType<typeof createProfiles>,
  groups: ReturnType<typeof createGroups>,
): SocialHandlers {
  const done = async (work: Promise<void>): Promise<Record<never, never>> => {
    await work
    return {}
  }
  const pair = ({ uid, peer }: FriendRequest) => parsePair(uid, peer)
  return {
    findUser: ({ name }, call) => profiles.find(name, call),
    askFriend: (request, call) => done(friends.ask(pair(request), request.greeting, call)),
    acceptFriend: (request, call) => done(friends.accept(pair(request), call)),
    removeFriend: (request, call) => done(friends.remove(pair(request), call)),
    block: (request, call) => done(friends.block(pair(request), call)),
    unblock: (request, call) => done(friends.unblock(pair(request), call)),
    setProfile: (request, call) => done(profiles.set(request, call)),
    welcome: (request, call) => done(profiles.welcome(request, call)),
    createGroup: ({ uid, name, members }, call) => groups.create(uid, name, members, call),
    invite: ({ uid, gid, members }, call) => groups.invite(uid, gid, members, call),
    leaveGroup: ({ uid, gid }, call) => done(groups.leave(uid, gid, call)),
    getGroup: ({ uid, gid }) => groups.get(uid, gid),
  }
}
