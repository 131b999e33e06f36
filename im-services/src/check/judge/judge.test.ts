import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Attempt, Device, Fault, History, Kept, Row, SeenPage, Stored } from "./history.ts"
import { RECALLED } from "./history.ts"
import { judge } from "./judge.ts"

const [ANN, BOB, CAT] = [101, 102, 103]
const TEA = 2 ** 40

/** A history as it should be: both write to each other and in a group, one message is recalled, two devices each read in steps. */
function toGood(steps: readonly number[] = [3]): History {
  const users = [ANN, BOB, CAT].map((uid): Stored => ({ uid, rows: [], states: [] }))
  const history: History = { users, devices: [], attempts: [], stays: [], blocks: [] }
  for (const uid of [ANN, BOB]) {
    history.stays.push({ gid: TEA, uid, joinBegunAt: 0, joinedAt: 1, leaveBegunAt: Infinity, leftAt: Infinity })
    const state = { topic: 3, subject: TEA, state: 1, value: "AQ==" }
    for (const user of users) if (user.uid === uid) user.states.push({ seq: 10, ...state })
  }
  let now = 10
  let id = 0
  const write = (uid: number, chat: number, to: readonly number[], recalls = 0): void => {
    const clientId = ++id
    const text = recalls === 0 ? `text ${clientId}` : ""
    for (const owner of [uid, ...to]) {
      const user = users.find((one) => one.uid === owner) as Stored
      const target = user.rows.find((row) => row.from === uid && row.clientId === recalls)
      const seq = 20 + user.rows.length * 3
      const row = {
        seq,
        from: uid,
        clientId,
        chat: chat === TEA || owner === uid ? chat : uid,
        kind: 0,
        flags: 0,
        ref: 0,
        text,
      }
      user.rows.push(target === undefined ? row : { ...row, kind: 1, ref: target.seq })
      if (target !== undefined) Object.assign(target, { flags: RECALLED, text: "" })
    }
    const seq = users.find((one) => one.uid === uid)?.rows.at(-1)?.seq as number
    history.attempts.push({
      uid,
      chat,
      clientId,
      text,
      recalls,
      begunAt: now,
      endedAt: now + 5,
      outcome: "acked",
      code: "",
      once: true,
      seq,
    })
    now += 10
  }
  for (let i = 0; i < 4; i++) {
    write(ANN, BOB, [BOB])
    write(BOB, ANN, [ANN])
    write(ANN, TEA, [BOB])
    write(BOB, TEA, [ANN])
  }
  write(ANN, BOB, [BOB], 1)
  for (const user of users) for (const name of ["phone", "web"]) history.devices.push(read(user, name, steps))
  return history
}

/** A device that began without a key and read some entries at a time. */
function read({ uid, rows, states }: Stored, name: string, steps: readonly number[]): Device {
  const entries = [...states, ...rows].sort((a, b) => a.seq - b.seq)
  const pages: SeenPage[] = [{ asked: null, seq: 0, restart: true, rows: [], states: [] }]
  for (let at = 0, turn = 0; at < entries.length; turn++) {
    const some = entries.slice(at, at + (steps[turn % steps.length] as number))
    pages.push({
      ...{ asked: pages.at(-1)?.seq ?? 0, seq: some.at(-1)?.seq as number, restart: false },
      rows: some.flatMap((entry) => {
        if (!("from" in entry)) return []
        const { clientId, ...row } = entry
        return [{ ...row, ownId: row.from === uid ? clientId : null }]
      }),
      states: some.flatMap((entry) => ("from" in entry ? [] : [{ ...entry, seq: undefined }])) as never,
    })
    at += some.length
  }
  const kept = rows.filter(({ kind }) => kind === 0).map(({ chat, seq, text }) => ({ chat, seq, text }))
  return { uid, name, pages, kept }
}

const kinds = (history: History): string[] => [...new Set(judge(history).map(({ kind }) => kind))].sort()
const user = (history: History, uid: number): Stored => history.users.find((one) => one.uid === uid) as Stored
const rowOf = (history: History, uid: number, clientId: number): Row =>
  user(history, uid).rows.find((row) => row.clientId === clientId) as Row
const device = (history: History): Device => history.devices[0] as Device
const page = (history: History, i: number): SeenPage => device(history).pages[i] as SeenPage
const keptOf = (history: History, i: number): Kept => device(history).kept[i] as Kept
const refuse = (one: Attempt, code: string): void => void Object.assign(one, { outcome: "refused", code })
const attempt = (history: History, clientId: number): Attempt =>
  history.attempts.find((one) => one.clientId === clientId) as Attempt

describe("the judge of histories", () => {
  it("finds nothing in one that is as it should be, however it is read", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (steps) => {
        expect(judge(toGood(steps))).toEqual([])
      }),
    )
  })

  it("does not ask for what was never acknowledged, but takes it", () => {
    const history = toGood()
    const unknown = { ...attempt(history, 2), clientId: 99, text: "text 99", outcome: "unknown" as const, seq: 0 }
    history.attempts.push(unknown)
    expect(judge(history)).toEqual([])
  })
})

/** One fault each, planted into a good history, and what it must be found as (among others, where it breaks several promises). */
const PLANTED: readonly [string, Fault["kind"], (history: History) => void][] = [
  ["a message that did not arrive", "lost", (h) => user(h, BOB).rows.splice(4, 1)],
  ["a message that the sender does not have", "lost", (h) => user(h, ANN).rows.splice(0, 1)],
  ["a message to a group that a member did not get", "lost", (h) => void user(h, BOB).rows.splice(2, 1)],
  ["a number answered that is not the stored one", "lost", (h) => (attempt(h, 5).seq += 1)],
  ["another text than was written", "lost", (h) => (rowOf(h, BOB, 5).text = "another")],
  ["a recall that did not arrive", "lost", (h) => user(h, BOB).rows.splice(-1, 1)],
  ["a recalled message that can still be read", "lost", (h) => (rowOf(h, BOB, 1).flags = 0)],
  ["a recall of another message", "lost", (h) => (rowOf(h, BOB, 17).ref = 23)],
  [
    "a message stored twice under one client id",
    "twice",
    (h) => user(h, BOB).rows.push({ ...rowOf(h, BOB, 5), seq: 999 }),
  ],
  [
    "a message stored twice under two client ids",
    "twice",
    (h) => user(h, BOB).rows.push({ ...rowOf(h, BOB, 5), seq: 999, clientId: 98 }),
  ],
  ["a message that a device was given twice", "twice", (h) => page(h, 3).rows.push(...page(h, 2).rows)],
  [
    "two messages of one sender the wrong way round",
    "order",
    (h) => {
      const [first, second] = [rowOf(h, BOB, 5), rowOf(h, BOB, 9)]
      const { seq } = first
      first.seq = second.seq
      second.seq = seq
    },
  ],
  ["a number that a reader's page passes over", "skipped", (h) => page(h, 3).rows.shift()],
  ["a page that a reader never got", "skipped", (h) => device(h).pages.splice(2, 1)],
  ["a state that a reader's page passes over", "skipped", (h) => page(h, 1).states.shift()],
  [
    "a device with another state than is stored",
    "disagree",
    (h) => Object.assign(page(h, 1).states[0] as object, { state: 0 }),
  ],
  ["a device that never came to the newest number", "disagree", (h) => device(h).pages.pop()],
  [
    "a device with another message at a number",
    "disagree",
    (h) => Object.assign(page(h, 3).rows[0] as object, { text: "x" }),
  ],
  ["a device that does not keep what it was given", "disagree", (h) => device(h).kept.pop()],
  ["a device that keeps a text that was taken back", "disagree", (h) => (keptOf(h, 0).text = "text 1")],
  ["a device that keeps a message twice", "disagree", (h) => device(h).kept.push({ ...keptOf(h, 1), seq: 999 })],
  ["a message that was refused to a friend", "refused", (h) => refuse(attempt(h, 5), "not_friends")],
  ["a message that was refused to a member of its group", "refused", (h) => refuse(attempt(h, 7), "no_such_group")],
  ["a recall that was refused", "refused", (h) => refuse(attempt(h, 17), "no_such_message")],
  ["a key that falls", "falls", (h) => (page(h, 3).seq -= 20)],
  ["a device that is told to begin anew", "falls", (h) => (page(h, 4).restart = true)],
  ["rows of a page in the wrong order", "falls", (h) => page(h, 3).rows.reverse()],
  ["an answer below an earlier one", "falls", (h) => (attempt(h, 9).seq = 20)],
  ["a message that nobody wrote", "invented", (h) => h.attempts.splice(3, 1)],
  ["a message that was refused", "invented", (h) => (attempt(h, 5).outcome = "refused")],
  [
    "a message to somebody who blocks its sender",
    "invented",
    (h) => h.blocks.push({ by: BOB, peer: ANN, begunAt: 1, doneAt: 2, endBegunAt: Infinity, endedAt: Infinity }),
  ],
  [
    "a message that was refused after the block's end",
    "refused",
    (h) => {
      h.blocks.push({ by: BOB, peer: ANN, begunAt: 1, doneAt: 2, endBegunAt: 3, endedAt: 4 })
      refuse(attempt(h, 5), "not_friends")
    },
  ],
  ["a message in the mailbox of a third", "invented", (h) => user(h, CAT).rows.push(rowOf(h, BOB, 5))],
  ["a message to a group at somebody who is not in it", "invented", (h) => user(h, CAT).rows.push(rowOf(h, BOB, 3))],
  [
    "a message to a group at somebody who had left",
    "invented",
    (h) => void Object.assign(h.stays[1] as object, { leaveBegunAt: 2, leftAt: 3 }),
  ],
]

describe("the judge of histories finds", () => {
  it.each(PLANTED)("%s", (_, kind, plant) => {
    const history = toGood()
    plant(history)
    expect(kinds(history)).toContain(kind)
  })
})
