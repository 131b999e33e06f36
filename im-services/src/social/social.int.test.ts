import {
  ContactCodec,
  ContactState,
  decodeMarker,
  decodePage,
  encodeContact,
  GroupCodec,
  Kind,
  LARGE_GROUP,
  ProfileCodec,
  Topic,
} from "@ossagent/im-client/protocol"
import { decode } from "@ossagent/svrkit/codec"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type AuthClient, createAuthClient } from "../auth/generated/auth.client.ts"
import { AUTH } from "../auth/generated/auth.table.ts"
import { connectStores } from "../datastore/connect.ts"
import { createMailboxRoute, type MailboxRoute } from "../mailbox/route.ts"
import { createMessageClient, type MessageClient } from "../message/generated/message.client.ts"
import { MESSAGE } from "../message/generated/message.table.ts"
import { type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"
import { createSocialClient, type SocialClient } from "./generated/social.client.ts"
import type { Group, Member } from "./generated/social.codec.ts"
import { openSocialStores } from "./generated/social.stores.ts"
import { SOCIAL } from "./generated/social.table.ts"

let im: RunningIm
let auth: AuthClient
let social: SocialClient
let message: MessageClient
let route: MailboxRoute
let names = 0
const STORES = { stores: ["a", "b", "c"].map((name) => ({ name, targets: [] })), storeTimeoutMs: 2_000 }

beforeAll(async () => {
  im = await startIm()
  auth = createAuthClient(im.channel(AUTH, []))
  social = createSocialClient(im.channel(SOCIAL, []))
  message = createMessageClient(im.channel(MESSAGE, []))
  route = createMailboxRoute(im, ["in:1", "memory:1"])
})
afterAll(() => im?.stop())

const newUser = async (): Promise<number> =>
  (await auth.register({ name: `person-${names++}`, password: "a long password" })).uid
const codeOf = (reply: Promise<unknown>): Promise<string> =>
  reply.then(
    () => "answered",
    (error: { code?: string }) => error.code ?? String(error),
  )

async function readState(uid: number, topic: number, subject: number) {
  const { changes } = await route.clientOf(uid).getChanges({ uid, topic, subjects: [subject] })
  return changes[0]
}
const contact = async (uid: number, peer: number): Promise<number> =>
  (await readState(uid, Topic.contact, peer))?.state ?? ContactState.none
const pair = async (uid: number, peer: number): Promise<[number, number]> => [
  await contact(uid, peer),
  await contact(peer, uid),
]
const put = (uid: number, peer: number, state: number) =>
  route.clientOf(uid).putChanges({ changes: [{ uid, topic: Topic.contact, subject: peer, state }] })

async function newFriends(count: number): Promise<number[]> {
  const [first, ...others] = await Promise.all(Array.from({ length: count }, newUser))
  for (const other of others) {
    await social.askFriend({ uid: first, peer: other })
    await social.acceptFriend({ uid: other, peer: first })
  }
  return [first as number, ...others]
}

const { none, asked, asking, friend, blocked } = ContactState

describe("friends", () => {
  it("are made by asking and accepting, both of which may be repeated", async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    for (let i = 0; i < 2; i++) await social.askFriend({ uid: ann, peer: bob, greeting: "it's me" })
    expect(await pair(ann, bob)).toEqual([asked, asking])
    const request = await readState(bob, Topic.contact, ann)
    expect(decode(ContactCodec, request?.value as Uint8Array)).toMatchObject({ uid: ann, greeting: "it's me" })
    for (let i = 0; i < 2; i++) await social.acceptFriend({ uid: bob, peer: ann })
    expect(await pair(ann, bob)).toEqual([friend, friend])
    await social.askFriend({ uid: ann, peer: bob })
    expect(await pair(ann, bob)).toEqual([friend, friend])
  })

  it("are made when both ask, one after the other or at the same time", async () => {
    const [ann, bob, cat] = [await newUser(), await newUser(), await newUser()]
    await social.askFriend({ uid: ann, peer: bob })
    await social.askFriend({ uid: bob, peer: ann })
    expect(await pair(ann, bob)).toEqual([friend, friend])
    const ask = (uid: number, peer: number) =>
      until("it is asked", async () => (await codeOf(social.askFriend({ uid, peer }))) === "answered")
    await Promise.all([ask(bob, cat), ask(cat, bob)])
    expect(await pair(bob, cat)).toEqual([friend, friend])
  })

  it("are not made with oneself, with nobody, or without having been asked", async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    expect(await codeOf(social.askFriend({ uid: ann, peer: ann }))).toBe("bad_request")
    expect(await codeOf(social.askFriend({ uid: ann, peer: 7 }))).toBe("no_such_user")
    expect(await codeOf(social.acceptFriend({ uid: ann, peer: bob }))).toBe("not_friends")
    await social.askFriend({ uid: ann, peer: bob })
    expect(await codeOf(social.acceptFriend({ uid: ann, peer: bob }))).toBe("not_friends")
    expect(await pair(ann, bob)).toEqual([asked, asking])
  })

  it("are not made with who has taken the request back", async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    await social.askFriend({ uid: ann, peer: bob })
    await put(ann, bob, none) // as a crash between the two writes of taking it back leaves it
    expect(await codeOf(social.acceptFriend({ uid: bob, peer: ann }))).toBe("not_friends")
    expect(await pair(ann, bob)).toEqual([none, none])
  })

  it.each([
    ["asking", asked, none, "askFriend", "ann", [asked, asking]],
    ["accepting", friend, asking, "acceptFriend", "bob", [friend, friend]],
    ["removing", none, friend, "removeFriend", "ann", [none, none]],
    ["both asking", asked, asked, "askFriend", "ann", [friend, friend]],
  ] as const)("of which a crash left one half are completed by the same call again: %s", async (...given) => {
    const [, mine, theirs, method, who, after] = given
    const [ann, bob] = [await newUser(), await newUser()]
    await put(ann, bob, mine)
    await put(bob, ann, theirs)
    await social[method](who === "ann" ? { uid: ann, peer: bob } : { uid: bob, peer: ann })
    expect(await pair(ann, bob)).toEqual(after)
  })

  it("end with a removal on either side, and a request is declined by one", async () => {
    const [ann, bob, cat] = (await newFriends(3)) as [number, number, number]
    await social.removeFriend({ uid: bob, peer: ann })
    expect(await pair(ann, bob)).toEqual([none, none])
    expect(await codeOf(message.send({ uid: ann, chat: bob, clientId: 1, text: "still there?" }))).toBe("not_friends")
    await social.askFriend({ uid: bob, peer: cat })
    await social.removeFriend({ uid: cat, peer: bob })
    expect(await pair(bob, cat)).toEqual([none, none])
  })

  it("who are blocked notice nothing but that nothing arrives, and are friends again when unblocked", async () => {
    const [ann, bob] = (await newFriends(2)) as [number, number]
    const send = (clientId: number) => codeOf(message.send({ uid: ann, chat: bob, clientId, text: "hello" }))
    expect(await send(1)).toBe("answered")
    await social.block({ uid: bob, peer: ann })
    expect(await pair(ann, bob)).toEqual([friend, blocked])
    expect(await send(2)).toBe("not_friends")
    expect(await codeOf(social.askFriend({ uid: ann, peer: bob }))).toBe("answered")
    expect(await pair(ann, bob)).toEqual([friend, blocked])
    await social.unblock({ uid: bob, peer: ann })
    expect(await send(2)).toBe("answered")
    for (const [uid, peer] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      await social.block({ uid, peer })
      await social.block({ uid, peer })
    }
    await social.unblock({ uid: bob, peer: ann })
    await social.unblock({ uid: ann, peer: bob })
    expect(await pair(ann, bob)).toEqual([friend, friend])
    await social.block({ uid: bob, peer: ann })
    await social.removeFriend({ uid: ann, peer: bob })
    await social.unblock({ uid: bob, peer: ann })
    expect(await pair(ann, bob)).toEqual([none, none])
    const stranger = await newUser()
    await social.block({ uid: bob, peer: stranger })
    expect(await codeOf(social.askFriend({ uid: stranger, peer: bob }))).toBe("answered")
    expect(await pair(stranger, bob)).toEqual([asked, blocked])
    await social.unblock({ uid: bob, peer: stranger })
    expect(await pair(stranger, bob)).toEqual([asked, none])
  })
})

describe("profiles", () => {
  it("are there from the beginning, can be changed, and are found by name", async () => {
    const ann = await newUser()
    const { name } = await auth.getUser({ uid: ann })
    await social.welcome({ uid: ann })
    await social.setProfile({ uid: ann, about: "likes tea" })
    await social.welcome({ uid: ann })
    const row = await readState(ann, Topic.profile, ann)
    expect(decode(ProfileCodec, row?.value as Uint8Array)).toMatchObject({ uid: ann, name, about: "likes tea" })
    const found = await social.findUser({ uid: 1, name: name.toUpperCase() })
    expect(found).toMatchObject({ uid: ann, name, about: "likes tea" })
    expect(await codeOf(social.setProfile({ uid: ann, about: "x".repeat(501) }))).toBe("bad_request")
    expect(await codeOf(social.findUser({ name: "nobody-at-all" }))).toBe("no_such_user")
  })
})

const groupOf = async (uid: number, gid: number) => {
  const row = await readState(uid, Topic.group, gid)
  return row && { state: row.state, ...decode(GroupCodec, row.value) }
}

/** What somebody has of a chat, oldest first. */
async function messagesOf(uid: number, chat: number) {
  const { page } = await route.clientOf(uid).history({ uid, chat, limit: 200 })
  const { texts, kinds } = decodePage(page)
  return texts.map((text, i) => ({ text, kind: kinds[i] ?? 0 }))
}

describe("groups", () => {
  it("are told to their members, with a notice, from the making to the last one's leaving", async () => {
    const [ann, bob, cat, dan] = (await newFriends(4)) as [number, number, number, number]
    const { gid } = await social.createGroup({ uid: ann, name: " Tea ", members: [bob, cat, bob, ann] })
    for (const uid of [ann, bob, cat]) {
      expect(await groupOf(uid, gid)).toMatchObject({ state: 1, name: "Tea", owner: ann, count: 3, version: 1 })
    }
    expect((await groupOf(bob, gid))?.members.map(({ uid }) => uid)).toEqual([ann, bob, cat])
    await social.invite({ uid: ann, gid, members: [dan, bob] })
    expect(await groupOf(dan, gid)).toMatchObject({ state: 1, count: 4, version: 2 })
    const said = await until("bob has both notices", async () => {
      const all = await messagesOf(bob, gid)
      return all.length === 2 ? all : null
    })
    expect(said.every(({ kind }) => kind === Kind.notice)).toBe(true)
    await social.leaveGroup({ uid: ann, gid })
    await social.leaveGroup({ uid: ann, gid })
    expect(await groupOf(ann, gid)).toMatchObject({ state: 0 })
    expect(await groupOf(cat, gid)).toMatchObject({ state: 1, owner: bob, count: 3 })
    expect(await codeOf(social.getGroup({ uid: ann, gid }))).toBe("no_such_group")
    for (const uid of [bob, cat, dan]) await social.leaveGroup({ uid, gid })
    expect(await codeOf(social.getGroup({ uid: 0, gid }))).toBe("no_such_group")
    expect(await codeOf(social.getGroup({ uid: 0, gid: gid + 99 }))).toBe("no_such_group")
  })

  it("take friends alone, by members alone", async () => {
    const [ann, bob] = (await newFriends(2)) as [number, number]
    const stranger = await newUser()
    expect(await codeOf(social.createGroup({ uid: ann, name: "No", members: [bob, stranger] }))).toBe("not_friends")
    const { gid } = await social.createGroup({ uid: ann, name: "Alone", members: [] })
    expect(await codeOf(social.invite({ uid: bob, gid, members: [ann] }))).toBe("no_such_group")
    await social.block({ uid: bob, peer: ann })
    expect(await codeOf(social.invite({ uid: ann, gid, members: [bob] }))).toBe("not_friends")
    expect(await codeOf(social.createGroup({ uid: ann, name: "  ", members: [] }))).toBe("bad_request")
  })

  it("changed by many at once lose no change", async () => {
    const [ann, ...others] = (await newFriends(7)) as [number, ...number[]]
    const { gid } = await social.createGroup({ uid: ann, name: "Busy", members: others.slice(0, 3) })
    await Promise.all([
      ...others.slice(3).map((uid) => social.invite({ uid: ann, gid, members: [uid] })),
      ...others.slice(0, 2).map((uid) => social.leaveGroup({ uid, gid })),
    ])
    const { members, version } = await social.getGroup({ uid: ann, gid })
    expect(members.map(({ uid }) => uid).sort()).toEqual([ann, ...others.slice(2)].sort())
    expect(version).toBe(6)
    for (const uid of [ann, ...others.slice(2)]) expect(await groupOf(uid, gid)).toMatchObject({ state: 1, version })
  })

  it("take each message to each member once, in order, as long as they are in it", async () => {
    const [ann, bob, cat] = (await newFriends(3)) as [number, number, number]
    const { gid } = await social.createGroup({ uid: ann, name: "Talk", members: [bob, cat] })
    const LONG = "a text that is longer than what stands in each row by itself"
    for (let i = 1; i <= 20; i++) await message.send({ uid: ann, chat: gid, clientId: i, text: `${LONG} ${i}` })
    await message.send({ uid: ann, chat: gid, clientId: 20, text: `${LONG} 20` })
    await message.recall({ uid: ann, chat: gid, clientId: 21, messageId: 3 })
    const expected = Array.from({ length: 20 }, (_, i) => (i === 2 ? "" : `${LONG} ${i + 1}`))
    for (const uid of [bob, cat]) {
      const got = await until("all came", async () => {
        const all = (await messagesOf(uid, gid)).filter(({ kind }) => kind !== Kind.notice)
        return all.length >= 21 ? all : null
      })
      expect(got.filter(({ kind }) => kind === Kind.text).map(({ text }) => text)).toEqual(expected)
      expect(got.at(-1)?.kind).toBe(Kind.recall)
    }
  })
})

describe("a crash between a group's change and the telling", () => {
  it("delays the telling: who is in it and who has left hear of it later", async () => {
    const [ann, bob, cat] = (await newFriends(3)) as [number, number, number]
    const { gid } = await social.createGroup({ uid: ann, name: "Crash", members: [cat] })
    const stores = openSocialStores(connectStores({ rpc: im as never, config: STORES }))
    const stored = await stores.groups.get(gid)
    const before = stored?.value as Group
    const members = [before.members[0] as Member, { uid: bob, name: "bob" }]
    await stores.untold.put(gid % 16, { list: [{ gid, token: 1, gone: [cat], at: Date.now() - 60_000 }] })
    await stores.groups.put(gid, { ...before, members, version: 2 }, stored?.version)
    await until("bob hears of it", async () => (await groupOf(bob, gid))?.version === 2)
    await until("cat hears of it", async () => (await groupOf(cat, gid))?.state === 0)
    await until("nothing is left untold", async () => (await stores.untold.get(gid % 16))?.value.list.length === 0)
  })
})

/** Friends who have mailboxes and no accounts: hundreds of passwords would take their time. */
async function addFriends(uid: number, count: number): Promise<number[]> {
  const others = Array.from({ length: count }, (_, i) => 900_000_000 + i)
  const row = (owner: number, peer: number) => ({
    ...{ uid: owner, topic: Topic.contact, subject: peer, state: friend },
    value: encodeContact({ uid: peer, name: `user ${peer}` }),
  })
  const bySet = [0, 1].map((set) =>
    others.filter((other) => route.setOf(other) === set).map((other) => row(other, uid)),
  )
  await Promise.all([
    route.clientOf(uid).putChanges({ changes: others.map((other) => row(uid, other)) }),
    ...bySet.map((changes, set) => route.clientOfSet(set).putChanges({ changes })),
  ])
  return others
}

describe("large groups", () => {
  it("give their members a number that rises, and their messages when asked", async () => {
    const ann = await newUser()
    const members = await addFriends(ann, LARGE_GROUP)
    const bob = members.at(-1) as number
    const { gid, large } = await social.createGroup({ uid: ann, name: "All", members })
    expect(large).toBe(true)
    expect(await groupOf(bob, gid)).toMatchObject({ state: 1, count: LARGE_GROUP + 1, members: [] })
    for (let i = 1; i <= 5; i++) await message.send({ uid: ann, chat: gid, clientId: i, text: `news ${i}` })
    const { seq } = await message.send({ uid: ann, chat: gid, clientId: 6, text: "the last" })
    await until("bob is told of the newest", async () => {
      const marker = await readState(bob, Topic.marker, gid)
      return marker !== undefined && decodeMarker(marker.value).seq === seq
    })
    const first = decodePage((await message.syncGroup({ uid: bob, gid })).page)
    const rest = decodePage((await message.syncGroup({ uid: bob, gid, key: first.key })).page)
    const texts = [...first.texts, ...rest.texts]
    expect(texts.slice(-6)).toEqual(["news 1", "news 2", "news 3", "news 4", "news 5", "the last"])
    await social.leaveGroup({ uid: ann, gid })
    expect((await social.getGroup({ uid: bob, gid })).large).toBe(true)
  })
})
