import {
  ContactState,
  isGroup,
  Kind,
  type Page,
  PageCodec,
  Topic,
  toSyncKey,
  trySyncKey,
} from "@ossagent/im-client/protocol"
import { decode } from "@ossagent/svrkit/codec"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { createAppendRequest, createChangeItem, createItem, type ItemInit, Stored } from "./generated/mailbox.codec.ts"
import { openPool } from "./open.ts"
import { isBehind, readOlder, readPage } from "./sync.ts"
import { type OpenSet, openSet } from "./testing.ts"

let postgres: RunningPostgres
const open: OpenSet[] = []
let sets = 0

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop()
})
afterAll(() => postgres.stop())

async function openFresh(): Promise<OpenSet> {
  const one = await openSet(postgres.url, sets++)
  open.push(one)
  return one
}

const ANN = 100_000_001
const BOB = 100_000_002
const NONE = new Uint8Array(0)

const item = (init: ItemInit) => ({ ...createItem(), ...init }) as ReturnType<typeof createItem>
const appendTo = async ({ set }: OpenSet, ...items: ItemInit[]) =>
  set.append({ ...createAppendRequest(), items: items.map(item) })
const hello = (clientId: number, more: ItemInit = {}): ItemInit => ({
  ...{ uid: BOB, from: ANN, chat: ANN, clientId, text: `text ${clientId}` },
  ...more,
})
async function pageOf({ set }: OpenSet, uid: number, key: Uint8Array = NONE, mostBytes = 0): Promise<Page> {
  const { page } = await readPage(set, uid, { key, mostBytes })
  return decode(PageCodec, page ?? NONE)
}
/** All pages from a key on, as a client reads them. */
async function syncAll(one: OpenSet, uid: number, key: Uint8Array = NONE, mostBytes = 0) {
  const texts: string[] = []
  const changes: Page["changes"] = []
  for (;;) {
    const page = await pageOf(one, uid, key, mostBytes)
    texts.push(...page.texts)
    changes.push(...page.changes)
    if (page.key.length > 0) key = page.key
    if (!page.more) return { texts, changes, key }
  }
}
const befriend = ({ set }: OpenSet, uid: number, peer: number, state: number = ContactState.friend) =>
  set.putChanges([
    { ...createChangeItem(), uid, topic: Topic.contact, subject: peer, state, value: new Uint8Array([1]) },
  ])

test("a message is read once, in order, by a device without a key and by one that knows what came before", async () => {
  const one = await openFresh()
  await appendTo(one, hello(1), hello(2))
  const first = await syncAll(one, BOB)
  expect(first.texts).toEqual(["text 1", "text 2"])
  await appendTo(one, hello(3))
  expect((await syncAll(one, BOB, first.key)).texts).toEqual(["text 3"])
  expect(await isBehind(one.set, BOB, first.key)).toBe(true)
  const { key } = await syncAll(one, BOB, first.key)
  expect(await isBehind(one.set, BOB, key)).toBe(false)
  expect((await readPage(one.set, BOB, { key, mostBytes: 0 })).page ?? NONE).toHaveLength(0)
})

test("sent twice with one id it is stored once and answers the same; another text with that id is refused", async () => {
  const one = await openFresh()
  const [[first], [again], [other]] = await Promise.all([
    appendTo(one, hello(7)),
    appendTo(one, hello(7)),
    appendTo(one, hello(7, { text: "something else" })),
  ])
  expect(first).toMatchObject({ outcome: Stored.stored })
  expect(again).toEqual({ ...first, outcome: Stored.repeated })
  expect(other).toMatchObject({ outcome: Stored.sameId })
  await one.restart()
  expect(await appendTo(one, hello(7))).toEqual([{ ...first, outcome: Stored.repeated }])
  expect((await syncAll(one, BOB)).texts).toEqual(["text 7"])
})

test("what was stored is a repeat also when its sender is no friend any more", async () => {
  const one = await openFresh()
  await befriend(one, BOB, ANN)
  const [first] = await appendTo(one, hello(8, { needsFriend: true }))
  await befriend(one, BOB, ANN, ContactState.blocked)
  expect(await appendTo(one, hello(8, { needsFriend: true }), hello(9, { needsFriend: true }))).toMatchObject([
    { ...first, outcome: Stored.repeated },
    { outcome: Stored.notFriends },
  ])
  expect((await syncAll(one, BOB)).texts).toEqual(["text 8"])
})

test("pages are cut at the bytes asked for, and together hold everything once, from memory and from the store", async () => {
  const one = await openFresh()
  const { key } = await syncAll(one, BOB)
  const ids = Array.from({ length: 90 }, (_, i) => i + 1)
  for (const id of ids) await appendTo(one, hello(id))
  const wanted = ids.map((id) => `text ${id}`)
  expect((await syncAll(one, BOB, key, 300)).texts).toEqual(wanted)
  await one.restart()
  expect((await syncAll(one, BOB, key, 300)).texts).toEqual(wanted)
})

test("more messages than memory keeps of one user are all read, in order", async () => {
  const one = await openFresh()
  const { key } = await syncAll(one, BOB)
  const ids = Array.from({ length: 1_000 }, (_, i) => i + 1)
  await Promise.all(ids.map((id) => appendTo(one, hello(id))))
  expect((await syncAll(one, BOB, key)).texts).toEqual(ids.map((id) => `text ${id}`))
})

test("a device without a key is given the newest 200 and told that there are older ones, which history has", async () => {
  const one = await openFresh()
  const ids = Array.from({ length: 260 }, (_, i) => i + 1)
  await appendTo(one, ...ids.map((id) => hello(id)))
  const page = await pageOf(one, BOB)
  expect(page).toMatchObject({ restart: true, older: true, more: true })
  const { texts } = await syncAll(one, BOB, page.key)
  expect(texts).toEqual(ids.slice(-200).map((id) => `text ${id}`))
  const oldest = (trySyncKey(page.key)?.seq ?? 0) + 1
  const history = async (before: number) =>
    decode(PageCodec, (await readOlder(one.set, BOB, { chat: ANN, before, limit: 40 })).page as Uint8Array)
  expect(await history(oldest)).toMatchObject({ more: true, texts: ids.slice(20, 60).map((id) => `text ${id}`) })
  expect(await history(oldest - 40)).toMatchObject({ more: false, texts: ids.slice(0, 20).map((id) => `text ${id}`) })
})

test("only a friend's message is taken where that is asked for, and a block counts from its answer on", async () => {
  const one = await openFresh()
  const asked = () => appendTo(one, hello(Math.floor(Math.random() * 2 ** 40), { needsFriend: true }))
  expect(await asked()).toMatchObject([{ outcome: Stored.notFriends }])
  await befriend(one, BOB, ANN)
  expect(await asked()).toMatchObject([{ outcome: Stored.stored }])
  await befriend(one, BOB, ANN, ContactState.blocked)
  expect(await asked()).toMatchObject([{ outcome: Stored.notFriends }])
  await one.restart()
  expect(await asked()).toMatchObject([{ outcome: Stored.notFriends }])
})

test("a change replaces the state before it, under its condition, and rising ones never fall", async () => {
  const one = await openFresh()
  const change = (init: object) =>
    one.set.putChanges([{ ...createChangeItem(), uid: BOB, topic: Topic.contact, subject: ANN, ...init }])
  expect(await change({ state: 1, ifStates: [0] })).toMatchObject([{ outcome: Stored.stored }])
  expect(await change({ state: 1, ifStates: [0] })).toMatchObject([{ outcome: Stored.changed }])
  expect(await change({ state: 1 })).toMatchObject([{ outcome: Stored.repeated }])
  expect(await change({ state: 3, ifStates: [1, 2] })).toMatchObject([{ outcome: Stored.stored }])
  expect((await syncAll(one, BOB)).changes).toMatchObject([{ topic: Topic.contact, subject: ANN, state: 3 }])
  const read = (order: number) => change({ topic: Topic.read, rising: true, order, value: new Uint8Array([order]) })
  await read(5)
  expect(await read(4)).toMatchObject([{ outcome: Stored.repeated }])
  expect((await syncAll(one, BOB)).changes.at(-1)?.value).toEqual(new Uint8Array([5]))
})

test("a recall takes the text away for those who come later, names the message for those who have it, and has its time", async () => {
  const one = await openFresh()
  await appendTo(one, hello(1), hello(2))
  const { key } = await syncAll(one, BOB)
  const recall = hello(50, { kind: Kind.recall, recallId: 1, text: "" })
  expect(await appendTo(one, { ...recall, notBefore: Date.now() + 1_000 })).toMatchObject([{ outcome: Stored.tooLate }])
  expect(await appendTo(one, recall)).toMatchObject([{ outcome: Stored.stored }])
  expect(await appendTo(one, { ...recall, notBefore: Date.now() + 1_000 })).toMatchObject([
    { outcome: Stored.repeated },
  ])
  const inAnotherChat = { ...recall, clientId: 52, chat: 2 ** 40 }
  expect(await appendTo(one, inAnotherChat)).toMatchObject([{ outcome: Stored.noTarget }])
  expect(await appendTo(one, hello(51, { kind: Kind.recall, recallId: 99, text: "" }))).toMatchObject([
    { outcome: Stored.noTarget },
  ])
  const later = await pageOf(one, BOB, key)
  expect(later.kinds).toEqual([Kind.recall])
  for (const _ of [1, 2]) {
    const page = await pageOf(one, BOB, toSyncKey({ epoch: one.set.owned().epoch, seq: 0 }))
    expect(page.texts).toEqual(["", "text 2", ""])
    expect(page.refs).toEqual([page.seqs[0]])
    await one.restart()
  }
})

test("a text for many members is stored once, and read by each", async () => {
  const one = await openFresh()
  const gid = 2 ** 40 + 1
  expect(isGroup(gid)).toBe(true)
  const key = new Uint8Array([1, 2, 3])
  const uids = [BOB, BOB + 2, BOB + 4]
  const items = uids.map((uid) => item({ uid, from: ANN, chat: gid, clientId: 1, body: key }))
  const request = { ...createAppendRequest(), items, bodies: [{ key, text: 'to "all" \\ of you' }] }
  expect(await one.set.append(request)).toHaveLength(3)
  expect(await one.set.append(request)).toMatchObject(uids.map(() => ({ outcome: Stored.repeated })))
  for (const _ of [1, 2]) {
    for (const uid of uids) expect((await syncAll(one, uid)).texts).toEqual(['to "all" \\ of you'])
    await one.restart()
  }
})

test("readers that read all the time never skip a number, whatever is written meanwhile", async () => {
  const one = await openFresh()
  const start = (await syncAll(one, BOB)).key
  let writing = true
  const read = async (): Promise<string[]> => {
    const texts: string[] = []
    let key = start
    for (let last = false; ; ) {
      const found = await syncAll(one, BOB, key, 500)
      texts.push(...found.texts)
      key = found.key
      if (last) return texts
      last = !writing
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const readers = [read(), read(), read()]
  for (let round = 0; round < 40; round++)
    await Promise.all(Array.from({ length: 25 }, (_, i) => appendTo(one, hello(round * 25 + i + 1))))
  writing = false
  const all = (await syncAll(one, BOB, start)).texts
  expect(new Set(all).size).toBe(1_000)
  for (const texts of await Promise.all(readers)) expect(texts).toEqual(all)
})

test("an owner that was deposed writes nothing more, and its successor's numbers stand", async () => {
  const one = await openFresh()
  await appendTo(one, hello(1))
  const client = await one.set.pool.connect()
  await client.query("UPDATE owner SET term = term + 1, run = 'another', beat_at = clock_timestamp()")
  client.release()
  await expect(appendTo(one, hello(2))).rejects.toMatchObject({ code: "unavailable", retry: true })
  await one.serving()
  expect(await appendTo(one, hello(2))).toMatchObject([{ outcome: Stored.stored }])
  expect((await syncAll(one, BOB)).texts).toEqual(["text 1", "text 2"])
})

test("numbers that fall are refused, and nothing is written with them", async () => {
  const one = await openFresh()
  const [first] = await appendTo(one, hello(1))
  one.numbers.set(BOB, 0)
  await expect(appendTo(one, hello(2))).rejects.toMatchObject({ code: "unavailable" })
  one.numbers.set(BOB, (first?.seq ?? 0) + 5)
  expect(await appendTo(one, hello(2))).toMatchObject([{ outcome: Stored.stored, seq: (first?.seq ?? 0) + 6 }])
})

test("a key of another epoch, or ahead of a store that was put back, begins anew", async () => {
  const one = await openFresh()
  await appendTo(one, hello(1))
  const { epoch } = one.set.owned()
  for (const key of [
    { epoch: epoch + 1, seq: 1 },
    { epoch, seq: 10_000_000 },
  ])
    expect(await pageOf(one, BOB, toSyncKey(key))).toMatchObject({ restart: true })
})

test("keys of earlier owners are known, but not where their store was copied under another owner or into another cluster", async () => {
  const one = await openFresh()
  await appendTo(one, hello(1))
  const { key } = await syncAll(one, BOB)
  const ownerSays = async (what: string): Promise<void> => {
    await one.set.pool.query(what)
    await one.restart()
  }
  await one.restart()
  expect(await isBehind(one.set, BOB, key)).toBe(false)
  await ownerSays("UPDATE owner SET cluster = 'another'")
  expect(await pageOf(one, BOB, key)).toMatchObject({ restart: true })
  const later = (await syncAll(one, BOB)).key
  await ownerSays("DELETE FROM epoch")
  expect(await pageOf(one, BOB, later)).toMatchObject({ restart: true })
})

test("an owner that stands still within a transaction is followed by another one", async () => {
  const set = sets++
  const first = await openSet(postgres.url, set)
  await first.stop()
  const pool = openPool({ url: postgres.url, set, run: "still", onFault: () => {} })
  const still = await pool.connect()
  await still.query("UPDATE owner SET run = 'still', beat_at = now() - interval '1 minute'")
  await still.query("BEGIN")
  await still.query("SELECT term FROM owner FOR SHARE")
  open.push(await openSet(postgres.url, set))
  await expect(still.query("COMMIT")).rejects.toThrow()
  still.release(true)
  await pool.end()
})

test("items of one append that go together are all stored or none, and a repeat finds all", async () => {
  const one = await openFresh()
  const both = [hello(1, { needsFriend: true }), { ...hello(1), uid: ANN, chat: BOB }].map(item)
  const append = () => one.set.append({ ...createAppendRequest(), items: both, together: true })
  expect((await append()).map(({ outcome }) => outcome)).toEqual([Stored.notFriends, Stored.notFriends])
  expect((await syncAll(one, ANN)).texts).toEqual([])
  const change = { uid: BOB, topic: Topic.contact, subject: ANN, state: ContactState.friend }
  await one.set.putChanges([{ ...createChangeItem(), ...change }])
  const first = await append()
  expect(first.map(({ outcome }) => outcome)).toEqual([Stored.stored, Stored.stored])
  expect(first[0]?.at).toBe(first[1]?.at)
  expect(await append()).toEqual(first.map((result) => ({ ...result, outcome: Stored.repeated })))
  expect((await syncAll(one, ANN)).texts).toEqual(["text 1"])
  expect((await syncAll(one, BOB)).texts).toEqual(["text 1"])
})
