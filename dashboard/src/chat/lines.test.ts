import { Kind, type Message, type Outgoing } from "@ossagent/im-client"
import { expect, test } from "vitest"
import { toLines } from "./lines.ts"

const NOON = Date.UTC(2026, 2, 3, 12)
const DAY_MS = 86_400_000
const message = (seq: number, more: Partial<Message> = {}): Message => ({
  ...{ chat: 7, seq, from: 7, mine: false, clientId: 0, at: NOON + seq, kind: Kind.text, text: `m${seq}`, flags: 0 },
  recalled: false,
  ...more,
})
const mine = (seq: number, clientId: number, more: Partial<Message> = {}): Message =>
  message(seq, { mine: true, from: 5, clientId, ...more })
const waiting = (clientId: number, more: Partial<Outgoing> = {}): Outgoing => ({
  ...{ clientId, chat: 7, text: `w${clientId}`, recalls: 0, queuedAt: NOON + 5_000, failed: "" },
  ...more,
})
const lines = (messages: Message[], outgoing: Outgoing[] = [], unreadAfter: number | null = null) =>
  toLines({ messages, outgoing, zone: "utc", now: NOON + 10_000, unreadAfter })
const textsOf = (all: ReturnType<typeof lines>) =>
  all.map((line) => (line.is === "said" || line.is === "day" ? line.text : line.is))

test("days stand between messages, by name where they are near", () => {
  const all = lines([message(1, { at: NOON - 3 * DAY_MS }), message(2, { at: NOON - DAY_MS }), message(3)])
  expect(textsOf(all)).toEqual(["Saturday 28 Feb", "m1", "Yesterday", "m2", "Today", "m3"])
  const [old] = lines([message(1, { at: Date.UTC(2024, 1, 29) })])
  expect(old).toMatchObject({ text: "Thursday 29 Feb 2024" })
})

test("what waits stands at the end, once, also when it came meanwhile, and under the same key", () => {
  const before = lines([message(1)], [waiting(11), waiting(12, { failed: "not_friends" })])
  expect(textsOf(before)).toEqual(["Today", "m1", "w11", "w12"])
  expect(before.slice(-2)).toMatchObject([{ state: "sending" }, { state: "failed", why: "not_friends" }])
  const after = lines([message(1), mine(2, 11, { text: "w11" })], [waiting(11)])
  expect(textsOf(after)).toEqual(["Today", "m1", "w11"])
  expect(after[2]?.key).toBe(before[2]?.key)
  expect(after[2]).toMatchObject({ state: "sent" })
})

test("the mark of what is unread stands before the first such message of others", () => {
  const all = lines([message(1), mine(2, 11), message(3), message(4)], [], 1)
  expect(textsOf(all)).toEqual(["Today", "m1", "m2", "unread", "m3", "m4"])
  expect(textsOf(lines([message(1)], [], 0))).toEqual(["Today", "unread", "m1"])
  expect(textsOf(lines([message(1)], [], 1))).toEqual(["Today", "m1"])
})

test("a message that is taken back shows that it is on its way, or was refused", () => {
  const [, sending] = lines([mine(1, 11)], [waiting(90, { recalls: 11, text: "" })])
  expect(sending).toMatchObject({ recall: { state: "sending", by: 90 } })
  const [, failed] = lines([mine(1, 11)], [waiting(90, { recalls: 11, text: "", failed: "too_late" })])
  expect(failed).toMatchObject({ recall: { state: "failed", why: "too_late" } })
  const [, done] = lines([mine(1, 11, { recalled: true, text: "" })], [waiting(90, { recalls: 11 })])
  expect(done).toMatchObject({ recalled: true, recall: null })
})

test("what one says in a row is one run; another person, a notice or five minutes end it", () => {
  const all = lines([
    message(1),
    message(2),
    message(3, { from: 8 }),
    message(4, { kind: Kind.notice, text: "eve left" }),
    message(5, { from: 8 }),
    message(6, { from: 8, at: NOON + 400_000 }),
  ])
  const runs = all.flatMap((line) => (line.is === "said" ? [[line.first, line.last]] : []))
  expect(runs).toEqual([
    [true, false],
    [false, true],
    [true, true],
    [true, true],
    [true, true],
  ])
})
