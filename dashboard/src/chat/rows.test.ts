import type { ChatSummary } from "@ossagent/im-client"
import { expect, test } from "vitest"
import { toRows, unreadIn } from "./rows.ts"

const GROUP = 2 ** 40
const chat = (of: number, lastAt: number, more: Partial<ChatSummary> = {}): ChatSummary => ({
  ...{ chat: of, lastSeq: lastAt, lastAt, lastFrom: of, lastText: `from ${of}`, unread: 1, readSeq: 0 },
  ...more,
})
const NAMES: Record<number, string> = { 7: "bob", 8: "carol", 9: "dave", [GROUP]: "lunch", 5: "ada" }
const client = (chats: ChatSummary[], outgoing: ReturnType<Parameters<typeof toRows>[0]["outgoing"]> = []) => ({
  account: { uid: 5 },
  chats: () => chats,
  contacts: () => [
    { uid: 7, name: "bob", greeting: "", state: 3 },
    { uid: 8, name: "carol", greeting: "", state: 3 },
    { uid: 9, name: "dave", greeting: "", state: 2 },
  ],
  groups: () => [{ gid: GROUP, name: "lunch", owner: 5, members: [], version: 1, count: 3, member: true }],
  outgoing: () => outgoing,
  nameOf: (of: number) => NAMES[of] ?? `user ${of}`,
})

test("the newest conversation stands first; friends and groups without one follow by name, who only asks does not", () => {
  const rows = toRows(client([chat(8, 200)]))
  expect(rows.map(({ name, at, unread }) => [name, at, unread])).toEqual([
    ["carol", 200, 1],
    ["bob", 0, 0],
    ["lunch", 0, 0],
  ])
  expect(unreadIn(rows)).toBe(1)
})

test("the last words say who said them", () => {
  const [group] = toRows(client([chat(GROUP, 9, { lastFrom: 7, lastText: "where?" })]))
  expect(group?.preview).toBe("bob: where?")
  expect(toRows(client([chat(7, 9, { lastFrom: 5, lastText: "hi" })]))[0]?.preview).toBe("You: hi")
  expect(toRows(client([chat(GROUP, 9, { lastText: "ada made the group" })]))[0]?.preview).toBe("ada made the group")
  expect(toRows(client([chat(7, 9, { lastText: "" })]))[0]?.preview).toBe("A message was taken back")
})

test("what waits to go out counts as the newest, and shows when it was refused", () => {
  const waiting = { clientId: 1, chat: 7, text: "soon", recalls: 0, queuedAt: 300, failed: "" }
  const [first] = toRows(client([chat(8, 200)], [waiting]))
  expect(first).toMatchObject({ name: "bob", preview: "You: soon", at: 300, state: "sending" })
  const [failed] = toRows(client([chat(8, 200)], [{ ...waiting, failed: "not_friends" }]))
  expect(failed).toMatchObject({ state: "failed" })
})
