import { expect, it } from "vitest"
import { Kind } from "../protocol/index.ts"
import type { Message } from "../store/store.ts"
import { parseCommandLine } from "./config.ts"
import { toWords } from "./find.ts"
import { toLine } from "./news.ts"
import { toPlain } from "./plain.ts"

const GROUP = 2 ** 40
const NOW = new Date(2026, 2, 4, 9, 41).getTime()
const names: Record<number, string> = { 7: "bob", [GROUP]: "lunch" }
const client = { nameOf: (of: number) => names[of] ?? `user ${of}` }
const message = (more: Partial<Message>): Message => ({
  ...{ chat: 7, seq: 1, from: 7, mine: false, clientId: 0, at: NOW, kind: Kind.text, text: "hi", flags: 0 },
  recalled: false,
  ...more,
})

it("what others write does not command the terminal", () => {
  expect(toPlain("a\u001b[2Jb\u0007\u009b1mc")).toBe("a\ufffd[2Jb\ufffd\ufffd1mc")
  expect(toPlain("abc\u202egnp.exe")).toBe("abc\ufffdgnp.exe")
  expect(toPlain("one\r\ntwo\tthree\rfour äö 漢 🙂")).toBe("one\ntwo\tthree\nfour äö 漢 🙂")
})

it("a line says when, where and who", () => {
  const line = (more: Partial<Message>) => toLine(client, message(more), NOW)
  expect(line({})).toBe("[09:41] bob: hi")
  expect(line({ text: "a\nb" })).toBe("[09:41] bob: a\n    b")
  expect(line({ mine: true, from: 5 })).toBe("[09:41] you to bob: hi")
  expect(line({ chat: GROUP })).toBe("[09:41] lunch | bob: hi")
  expect(line({ chat: GROUP, mine: true, from: 5 })).toBe("[09:41] lunch | you: hi")
  expect(line({ chat: GROUP, from: GROUP, kind: Kind.notice, text: "bob left" })).toBe("[09:41] lunch | * bob left")
  expect(line({ recalled: true, text: "" })).toBe("[09:41] bob: (taken back)")
  expect(line({ at: NOW - 86_400_000 })).toBe("[2026-03-03 09:41] bob: hi")
})

it("words in quotation marks are one", () => {
  expect(toWords('group "our lunch" bob  carol')).toEqual(["group", "our lunch", "bob", "carol"])
  expect(toWords('""')).toEqual([""])
  expect(toWords("  ")).toEqual([])
})

it("a command line that makes no sense is refused", () => {
  expect(parseCommandLine(["--name", "ada", "--register"])).toMatchObject({ name: "ada", register: true })
  expect(() => parseCommandLine(["--dispatch", "ftp://x"])).toThrow(/has to be http/)
  expect(() => parseCommandLine(["--password", "x"])).toThrow(/password/)
})
