import { expect, it } from "vitest"
import {
  decodePage,
  encodeContact,
  encodeGroup,
  encodeMarker,
  encodePage,
  encodeReadMark,
  Kind,
  type PageInit,
  Topic,
  toSyncKey,
} from "../protocol/index.ts"
import { MemoryStore } from "../store/memory.ts"
import { State } from "./state.ts"
import { toGroupUpdate, toUpdate } from "./update.ts"

const ME = 5
const page = (init: PageInit) => decodePage(encodePage(init))
const change = (topic: number, subject: number, state: number, value: Uint8Array) => ({ topic, subject, state, value })

/** A client's memory and store at a key. */
async function start(seq: number) {
  const store = new MemoryStore()
  const state = new State({ ...(await store.open()), key: toSyncKey({ epoch: 1, seq }) })
  const take = async (init: PageInit) => {
    const update = await toUpdate(page(init), { state, store, me: ME })
    await store.apply(update)
    state.take(update)
    return update
  }
  return { store, state, take }
}

it("columns become messages: numbers from the key on, times from the first, talkers by index", async () => {
  const { store, state, take } = await start(100)
  await take({
    key: toSyncKey({ epoch: 1, seq: 104 }),
    baseAt: 1_000,
    talkers: [{ chat: 9 }, { chat: 9, from: ME }, { chat: 2 ** 40, from: 7 }],
    seqs: [1, 1, 2],
    talkerOf: [0, 1, 2],
    ats: [0, 5, -2],
    texts: ["a", "b", "c"],
    ownIds: [77],
  })
  expect(await store.messages(9, 1_000, 10)).toMatchObject([
    { seq: 102, from: ME, mine: true, clientId: 77, at: 1_005, text: "b" },
    { seq: 101, from: 9, mine: false, at: 1_000, text: "a" },
  ])
  expect(await store.messages(2 ** 40, 1_000, 10)).toMatchObject([{ seq: 104, from: 7, at: 1_003, text: "c" }])
  expect(state.chats.get(9)).toMatchObject({ lastSeq: 102, lastText: "b", unread: 1 })
  expect(state.chats.get(2 ** 40)).toMatchObject({ unread: 1 })
  expect(state.key).toEqual(toSyncKey({ epoch: 1, seq: 104 }))
})

it("a page without a key leaves the key as it is", async () => {
  const { state, take } = await start(100)
  await take({})
  expect(state.key).toEqual(toSyncKey({ epoch: 1, seq: 100 }))
})

it("an own message that came back ends its waiting, and what stands before it is unread still", async () => {
  const { state, take } = await start(100)
  state.take({ outgoing: [{ clientId: 77, chat: 9, text: "b", recalls: 0, queuedAt: 1, failed: "" }] })
  state.take({ chats: [{ chat: 9, lastSeq: 102, lastAt: 9, lastFrom: ME, lastText: "b", unread: 0, readSeq: 0 }] })
  const talkers = [{ chat: 9 }, { chat: 9, from: ME }]
  await take({
    key: toSyncKey({ epoch: 1, seq: 102 }),
    talkers,
    seqs: [1, 1],
    talkerOf: [0, 1],
    texts: ["a", "b"],
    ownIds: [77],
  })
  expect(state.outgoing.size).toBe(0)
  expect(state.chats.get(9)).toMatchObject({ lastSeq: 102, lastText: "b", unread: 1 })
})

it("a recall takes the text of its message, and is none itself", async () => {
  const { store, state, take } = await start(0)
  await take({ key: toSyncKey({ epoch: 1, seq: 1 }), talkers: [{ chat: 9 }], seqs: [1], texts: ["oops"] })
  const recall = { talkers: [{ chat: 9 }], seqs: [1], kinds: [Kind.recall], texts: [""], refs: [1] }
  await take({ key: toSyncKey({ epoch: 1, seq: 2 }), ...recall })
  expect(await store.messages(9, 10, 10)).toMatchObject([{ seq: 1, text: "", recalled: true }])
  expect(state.chats.get(9)).toMatchObject({ lastSeq: 1, lastText: "" })
})

it("what was read on another device is counted anew, in the store and in the page", async () => {
  const { state, take } = await start(0)
  const talkers = [{ chat: 9 }]
  await take({ key: toSyncKey({ epoch: 1, seq: 3 }), talkers, seqs: [1, 1, 1], texts: ["a", "b", "c"] })
  expect(state.chats.get(9)?.unread).toBe(3)
  const changes = [change(Topic.read, 9, 0, encodeReadMark({ seq: 2 }))]
  await take({ key: toSyncKey({ epoch: 1, seq: 5 }), talkers, seqs: [1], texts: ["d"], changes })
  expect(state.chats.get(9)).toMatchObject({ unread: 2, readSeq: 2 })
})

it("contacts and groups follow their newest state", async () => {
  const { state, take } = await start(0)
  const group = encodeGroup({
    gid: 2 ** 40,
    name: "g",
    owner: 9,
    members: [{ uid: 9, name: "bob" }],
    version: 2,
    count: 1,
  })
  const bob = change(Topic.contact, 9, 2, encodeContact({ uid: 9, name: "bob", greeting: "hi" }))
  await take({ key: toSyncKey({ epoch: 1, seq: 2 }), changes: [bob, change(Topic.group, 2 ** 40, 1, group)] })
  expect(state.contacts.get(9)).toEqual({ uid: 9, name: "bob", greeting: "hi", state: 2 })
  expect(state.groups.get(2 ** 40)).toMatchObject({ name: "g", member: true, members: [{ uid: 9, name: "bob" }] })
  const gone = [change(Topic.contact, 9, 0, new Uint8Array(0)), change(Topic.group, 2 ** 40, 0, new Uint8Array(0))]
  await take({ key: toSyncKey({ epoch: 1, seq: 4 }), changes: gone })
  expect(state.contacts.size).toBe(0)
  expect(state.groups.get(2 ** 40)).toMatchObject({ name: "g", member: false })
})

it("a store of another epoch begins anew: what there was is put away", async () => {
  const { store, state, take } = await start(100)
  await take({ key: toSyncKey({ epoch: 1, seq: 101 }), talkers: [{ chat: 9 }], seqs: [1], texts: ["old"] })
  const key = toSyncKey({ epoch: 2, seq: 40 })
  await take({ restart: true, key, talkers: [{ chat: 8 }], seqs: [40], texts: ["new"] })
  expect([...state.chats.keys()]).toEqual([8])
  expect(await store.messages(8, 1_000, 10)).toMatchObject([{ seq: 40, text: "new" }])
  expect(await store.messages(9, 1_000, 10)).toEqual([])
})

it("a large group is read from its own mailbox, from where its marker stands", async () => {
  const gid = 2 ** 40 + 1
  const { store, state, take } = await start(0)
  await take({
    key: toSyncKey({ epoch: 1, seq: 1 }),
    changes: [change(Topic.marker, gid, 0, encodeMarker({ seq: 12 }))],
  })
  expect(state.places.get(gid)).toMatchObject({ newest: 12 })
  const key = toSyncKey({ epoch: 1, seq: 12 })
  const first = page({
    restart: true,
    baseSeq: 10,
    key,
    talkers: [{ chat: gid, from: 7 }],
    seqs: [1, 1],
    texts: ["a", "b"],
  })
  const update = toGroupUpdate(first, gid, { state, store, me: ME })
  await store.apply(update)
  state.take(update)
  expect((await store.messages(gid, 100, 10)).map(({ seq, text }) => [seq, text])).toEqual([
    [12, "b"],
    [11, "a"],
  ])
  expect(state.places.get(gid)).toEqual({ gid, key, newest: 12 })
})

it("a page whose columns do not fit together is refused, and its key with it", async () => {
  const { state, take } = await start(100)
  await expect(take({ key: toSyncKey({ epoch: 1, seq: 101 }), seqs: [1], texts: ["x"] })).rejects.toThrow("no talker")
  expect(state.key).toEqual(toSyncKey({ epoch: 1, seq: 100 }))
})
