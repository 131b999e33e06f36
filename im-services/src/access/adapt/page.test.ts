import {
  ContactState,
  createPage,
  decodeContact,
  decodePage,
  encodeContact,
  encodeGroup,
  encodeMarker,
  encodePage,
  encodeReadMark,
  FIRST_GROUP,
  Kind,
  type PageInit,
  Topic,
  toSyncKey,
} from "@ossagent/im-client/protocol"
import fc from "fast-check"
import { expect, it } from "vitest"
import { createAdapt } from "./adapt.ts"
import { type Reader, sendersOf, toOldPage } from "./page.ts"

const [ME, ANN, BOB, LUNCH] = [1, 2, 3, FIRST_GROUP + 5]
const NAMES: Record<number, string> = { [ANN]: "Ann", [BOB]: "Bob" }
const KEY = toSyncKey({ epoch: 1, seq: 9 })
const page = (more: PageInit) => decodePage(encodePage({ key: KEY, ...more }))
const nameOf = (uid: number): string => NAMES[uid] ?? `user ${uid}`
const old = (reader: Reader, more: PageInit) => toOldPage(page(more), reader, nameOf)

/** In the group: Ann, I, the server, Bob's recall; then Ann alone, and her recall. */
const TALK: PageInit = {
  talkers: [
    { chat: LUNCH, from: ANN },
    { chat: LUNCH, from: ME },
    { chat: LUNCH, from: 0 },
    { chat: LUNCH, from: BOB },
    { chat: ANN, from: 0 },
  ],
  seqs: [1, 1, 1, 1, 1, 1],
  talkerOf: [0, 1, 2, 3, 4, 4],
  ats: [0, 1, 1, 1, 1, 1],
  kinds: [Kind.text, Kind.text, Kind.notice, Kind.recall, Kind.text, Kind.recall],
  texts: ["where?", "here", "Bob left", "", "hi", ""],
  ownIds: [77],
  refs: [4, 5],
}

it("for generation 1 a group is somebody who tells who says what, and recalls and notices are texts", () => {
  const { texts, talkers, ownIds, ...rest } = old({ uid: ME, generation: 1 }, TALK)
  expect(texts).toEqual(["Ann: where?", "here", "Bob left", "Bob took a message back", "hi", "Ann took a message back"])
  expect(talkers?.map(({ chat, from }) => [chat, from])).toEqual([
    [LUNCH, 0],
    [LUNCH, ME],
    [LUNCH, 0],
    [LUNCH, 0],
    [ANN, 0],
  ])
  expect(ownIds).toEqual([77])
  expect(rest).not.toHaveProperty("kinds")
  expect(rest).not.toHaveProperty("refs")
})

it("for generation 2 a group is a group, and recalls and notices alone are texts", () => {
  const { texts, talkers } = old({ uid: ME, generation: 2 }, TALK)
  expect(texts).toEqual(["where?", "here", "Bob left", "Bob took a message back", "hi", "Ann took a message back"])
  expect(talkers?.map(({ from }) => from)).toEqual([ANN, ME, 0, BOB, 0])
})

it("what was taken back before it was read says so, and so does an own recall of another device", () => {
  const talkers = [
    { chat: LUNCH, from: ANN },
    { chat: LUNCH, from: ME },
  ]
  const more = { talkers, seqs: [1, 1], talkerOf: [0, 1], texts: ["", ""], kinds: [Kind.text, Kind.recall], refs: [0] }
  expect(old({ uid: ME, generation: 1 }, more).texts).toEqual(["Ann: (taken back)", "You took a message back"])
  expect(old({ uid: ME, generation: 2 }, more).texts).toEqual(["(taken back)", "You took a message back"])
})

it("a group that one is in is a friend of its name, one that was left is none, and markers are not told", () => {
  const group = encodeGroup({ gid: LUNCH, name: "lunch", members: [{ uid: ANN, name: "Ann" }] })
  const contact = { topic: Topic.contact, subject: ANN, state: ContactState.friend, value: encodeContact({ uid: ANN }) }
  const read = { topic: Topic.read, subject: LUNCH, state: 0, value: encodeReadMark({ seq: 3 }) }
  const changes = [
    { topic: Topic.group, subject: LUNCH, state: 1, value: group },
    { topic: Topic.group, subject: LUNCH + 1, state: 0, value: group },
    { topic: Topic.marker, subject: LUNCH, state: 0, value: encodeMarker({ seq: 3 }) },
    contact,
    read,
  ]
  const told = old({ uid: ME, generation: 1 }, { changes }).changes ?? []
  expect(told.map(({ topic, subject, state }) => [topic, subject, state])).toEqual([
    [Topic.contact, LUNCH, ContactState.friend],
    [Topic.contact, LUNCH + 1, ContactState.none],
    [Topic.contact, ANN, ContactState.friend],
    [Topic.read, LUNCH, 0],
  ])
  expect(decodeContact(told[0]?.value as Uint8Array)).toMatchObject({ uid: LUNCH, name: "lunch" })
  expect(old({ uid: ME, generation: 2 }, { changes }).changes).toHaveLength(5)
})

it("names are asked of those alone who stand in a text, once each; a name that is not known is a number", async () => {
  expect(sendersOf(page(TALK), { uid: ME, generation: 1 })).toEqual([ANN, BOB])
  expect(sendersOf(page(TALK), { uid: ME, generation: 2 })).toEqual([BOB, ANN])
  const adapt = createAdapt({ of: async (uids) => uids.map(() => "") })
  const bytes = await adapt(encodePage({ key: KEY, ...TALK }), { uid: ME, generation: 1 })
  expect(decodePage(bytes).texts[0]).toBe(`user ${ANN}: where?`)
  expect((await adapt(new Uint8Array(0), { uid: ME, generation: 1 })).length).toBe(0)
})

it("whatever stands in a page, its key, numbers, times and own ids stay, and every message is a text", () => {
  const talker = fc.record({ chat: fc.constantFrom(ANN, BOB, LUNCH), from: fc.constantFrom(0, ME, ANN, BOB) })
  const message = fc.record({
    ...{ talker: fc.nat(2), step: fc.integer({ min: 1, max: 9 }), kind: fc.nat(2), text: fc.string() },
  })
  const parts = fc.tuple(fc.array(talker, { minLength: 3, maxLength: 3 }), fc.array(message), fc.constantFrom(1, 2))
  fc.assert(
    fc.property(parts, ([talkers, all, generation]) => {
      const given = page({
        ...{ talkers, more: true, baseAt: 1_000, baseSeq: 7, ownIds: [1, 2, 3] },
        seqs: all.map(({ step }) => step),
        ats: all.map(({ step }) => step),
        talkerOf: all.map((one) => one.talker),
        kinds: all.map(({ kind }) => kind),
        texts: all.map(({ kind, text }) => (kind === Kind.notice ? `notice ${text}` : text)),
      })
      const told = { ...createPage(), ...toOldPage(given, { uid: ME, generation: generation as 1 | 2 }, nameOf) }
      for (const name of ["key", "more", "baseAt", "baseSeq", "seqs", "ats", "talkerOf", "ownIds"] as const)
        expect(told[name]).toEqual(given[name])
      expect(told.kinds).toEqual([])
      expect(told.texts).toHaveLength(all.length)
      expect(told.texts.every((text) => text !== "")).toBe(true)
      const isMine = ({ from }: { from?: number }) => from === ME
      expect(told.talkers.map(isMine), "who is me stays me").toEqual(given.talkers.map(isMine))
    }),
  )
})
