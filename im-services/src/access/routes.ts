/**
 * Requests of clients, mapped to calls of services: one line each. Fields are named one by one, and never handed on as they came: what
 * this program does not know of a request must not become a field of a service's request.
 */
import { CHAT_METHODS as CHAT, type DevicesReplyInit, type GroupInit, isGroup } from "@ossagent/im-client/protocol"
import type { Group } from "../social/generated/social.codec.ts"
import { PLAY_ROUTES } from "./play-routes.ts"
import { type Asker, type Backends, nothing, of, page, type Route, type Run } from "./route.ts"

const toGroup = ({ gid, name, owner, members, version }: Group): GroupInit => ({
  gid,
  name,
  owner,
  members: members.map((member) => ({ uid: member.uid, name: member.name })),
  version,
  count: members.length,
})

export const ROUTES: ReadonlyMap<number, Route> = new Map<number, Route>([
  [
    CHAT.send.number,
    of(CHAT.send, (to, who, { chat, clientId, text, sentAt }) => {
      const { uid, device, options } = who
      who.sent(sentAt)
      who.said(chat, text)
      return to.message.send({ uid, device, chat, clientId, text, sentAt }, options)
    }),
  ],
  [
    CHAT.recall.number,
    of(CHAT.recall, (to, { uid, options }, { chat, clientId, messageId }) =>
      to.message.recall({ uid, chat, clientId, messageId }, options),
    ),
  ],
  [
    CHAT.read.number,
    of(CHAT.read, (to, { uid, options }, { chat, seq }) => nothing(to.message.read({ uid, chat, seq }, options))),
  ],
  [
    CHAT.syncGroup.number,
    page(CHAT.syncGroup, (to, { uid, device, options }, { gid, key, mostBytes }) =>
      to.message.syncGroup({ uid, device, gid, key, mostBytes }, options),
    ),
  ],
  [
    CHAT.history.number,
    page(CHAT.history, (to, { uid, options }, { chat, before, limit }) =>
      to.message.history({ uid, chat, before, limit }, options),
    ),
  ],
  [
    CHAT.findUser.number,
    of(CHAT.findUser, async (to, { uid, options }, { name }) => {
      const found = await to.social.findUser({ uid, name }, options)
      return { uid: found.uid, name: found.name, about: found.about }
    }),
  ],
  friend("askFriend"),
  friend("acceptFriend"),
  friend("removeFriend"),
  friend("block"),
  friend("unblock"),
  [
    CHAT.createGroup.number,
    of(CHAT.createGroup, async (to, { uid, options }, { name, members }) =>
      toGroup(await to.social.createGroup({ uid, name, members }, options)),
    ),
  ],
  [
    CHAT.getGroup.number,
    of(CHAT.getGroup, async (to, { uid, options }, { gid }) =>
      toGroup(await to.social.getGroup({ uid, gid }, options)),
    ),
  ],
  [
    CHAT.invite.number,
    of(CHAT.invite, async (to, { uid, options }, { gid, members }) =>
      toGroup(await to.social.invite({ uid, gid, members }, options)),
    ),
  ],
  [
    CHAT.leaveGroup.number,
    of(CHAT.leaveGroup, (to, { uid, options }, { gid }) => nothing(to.social.leaveGroup({ uid, gid }, options))),
  ],
  [
    CHAT.setProfile.number,
    of(CHAT.setProfile, (to, { uid, options }, { about }) => nothing(to.social.setProfile({ uid, about }, options))),
  ],
  [CHAT.devices.number, of(CHAT.devices, listDevices)],
  [
    CHAT.revoke.number,
    of(CHAT.revoke, (to, { uid, options }, { device }) => nothing(to.auth.revoke({ uid, device }, options))),
  ],
  ...PLAY_ROUTES,
  [
    CHAT.unregister.number,
    of(CHAT.unregister, async (to, { uid, options }, { password }) => {
      await to.auth.unregister({ uid, password }, options)
      await to.mailbox.clientOf(uid).clear({ uid }, options)
      return {}
    }),
  ],
])

function friend(name: "askFriend" | "acceptFriend" | "removeFriend" | "block" | "unblock"): [number, Route] {
  const run: Run<{ uid: number; greeting: string }, Record<never, never>> = (to, { uid, options }, request) =>
    name === "removeFriend" && isGroup(request.uid)
      ? nothing(to.social.leaveGroup({ uid, gid: request.uid }, options)) // a client for which a group is a contact
      : nothing(to.social[name]({ uid, peer: request.uid, greeting: request.greeting }, options))
  return [CHAT[name].number, of(CHAT[name], run)]
}

async function listDevices(to: Backends, { uid, device, options }: Asker): Promise<DevicesReplyInit> {
  const { devices } = await to.auth.listDevices({ uid }, options)
  return {
    devices: devices.map((one) => ({
      device: one.device,
      name: one.name,
      version: one.version,
      seenAt: one.seenAt,
      current: one.device === device,
    })),
  }
}
