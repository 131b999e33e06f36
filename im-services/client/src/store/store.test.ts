import "fake-indexeddb/auto"
import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { FileStore } from "./file.ts"
import { IndexedDbStore } from "./indexeddb.ts"
import { MemoryStore } from "./memory.ts"
import { type Message, type Store, toEmptyChat } from "./store.ts"

const dirs: string[] = []
afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))))
async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "im-client-"))
  dirs.push(dir)
  return dir
}

let count = 0
const message = (chat: number, seq: number, more: Partial<Message> = {}): Message => ({
  ...{ chat, seq, from: chat, mine: false, clientId: 0, at: seq, kind: 0, text: `m${seq}`, flags: 0, recalled: false },
  ...more,
})
const account = { uid: 5, device: 1, name: "ada", ticket: Uint8Array.of(1, 2, 255), expiresAt: 9 }

/** A store, and the same one opened anew. */
const STORES: [string, () => Promise<{ first: Store; again: (() => Store) | null }>][] = [
  ["in memory", async () => ({ first: new MemoryStore(), again: null })],
  [
    "in IndexedDB",
    async () => {
      const name = `chat ${count++}`
      return { first: new IndexedDbStore(name), again: () => new IndexedDbStore(name) }
    },
  ],
  [
    "in a file",
    async () => {
      const dir = await newDir()
      return { first: new FileStore(dir), again: () => new FileStore(dir) }
    },
  ],
]

describe.each(STORES)("%s", (_name, open) => {
  it("a page, its key and what it ends of what goes out are kept together, and are there again", async () => {
    const { first, again } = await open()
    await first.open()
    await first.setAccount(account)
    const outgoing = { clientId: 7, chat: 9, text: "hi", recalls: 0, queuedAt: 1, failed: "" }
    await first.apply({ outgoing: [outgoing, { ...outgoing, clientId: 8 }] })
    await first.apply({
      key: Uint8Array.of(1, 7),
      sent: [7],
      messages: [message(9, 3), message(9, 1), message(9, 2)],
      chats: [{ ...toEmptyChat(9), lastSeq: 3, unread: 3 }],
      contacts: [{ uid: 9, name: "bob", greeting: "", state: 3 }],
      groups: [
        { gid: 2 ** 40, name: "g", owner: 5, members: [{ uid: 5, name: "ada" }], version: 1, count: 1, member: true },
      ],
      places: [{ gid: 2 ** 40, key: Uint8Array.of(2), newest: 4 }],
      profile: { name: "ada", about: "x" },
    })
    const expected = {
      account,
      key: Uint8Array.of(1, 7),
      profile: { name: "ada", about: "x" },
      chats: [{ chat: 9, lastSeq: 3, unread: 3 }],
      contacts: [{ uid: 9, name: "bob" }],
      groups: [{ gid: 2 ** 40, members: [{ uid: 5, name: "ada" }] }],
      places: [{ newest: 4 }],
      outgoing: [{ clientId: 8 }],
    }
    expect(await first.open()).toMatchObject(expected)
    await first.close()
    if (again === null) return
    const second = again()
    expect(await second.open()).toMatchObject(expected)
    expect((await second.messages(9, 3, 10)).map(({ seq }) => seq)).toEqual([2, 1])
    await second.close()
  })

  it("messages are found by their numbers, each once, the newest first", async () => {
    const { first } = await open()
    await first.open()
    await first.apply({ messages: [5, 1, 3, 9].map((seq) => message(2, seq)) })
    await first.apply({ messages: [message(2, 3, { text: "again" }), message(3, 4), message(2, 7, { mine: true })] })
    expect((await first.messages(2, 9, 3)).map(({ seq, text }) => [seq, text])).toEqual([
      [7, "m7"],
      [5, "m5"],
      [3, "again"],
    ])
    expect(await first.unread(2, 3)).toBe(2)
    expect(await first.oldest(2)).toBe(1)
    expect(await first.oldest(99)).toBe(0)
    await first.close()
  })

  it("what was taken back stays so, also when the message comes once more", async () => {
    const { first } = await open()
    await first.open()
    await first.apply({ messages: [message(2, 5)], recalls: [{ chat: 2, seq: 5 }] })
    await first.apply({ messages: [message(2, 5)], recalls: [{ chat: 2, seq: 77 }] })
    expect(await first.messages(2, 10, 10)).toMatchObject([{ seq: 5, text: "", recalled: true }])
    await first.close()
  })

  it("a new beginning puts away what came, and keeps who it is and what goes out", async () => {
    const { first } = await open()
    await first.open()
    await first.setAccount(account)
    const outgoing = { clientId: 7, chat: 9, text: "hi", recalls: 0, queuedAt: 1, failed: "" }
    const chats = [toEmptyChat(2), toEmptyChat(3)]
    await first.apply({ key: Uint8Array.of(1), messages: [message(2, 5), message(3, 1)], chats, outgoing: [outgoing] })
    await first.apply({ restart: true, key: Uint8Array.of(2), messages: [message(2, 1)], chats: [toEmptyChat(2)] })
    expect(await first.open()).toMatchObject({
      account,
      key: Uint8Array.of(2),
      chats: [{ chat: 2 }],
      outgoing: [outgoing],
    })
    expect((await first.messages(2, 10, 10)).map(({ seq }) => seq)).toEqual([1])
    expect(await first.messages(3, 10, 10)).toEqual([])
    await first.clear()
    expect(await first.open()).toMatchObject({ account: null, chats: [], outgoing: [] })
    await first.close()
  })
})

describe("a store in a file", () => {
  it("leaves out a line that was not finished, and goes on after it", async () => {
    const dir = await newDir()
    const first = new FileStore(dir)
    await first.open()
    await first.apply({ key: Uint8Array.of(1), messages: [message(2, 1)] })
    await first.close()
    await appendFile(join(dir, "chat.log"), '{"update":{"key":{"$byt')
    const second = new FileStore(dir)
    expect((await second.open()).key).toEqual(Uint8Array.of(1))
    await second.apply({ key: Uint8Array.of(2) })
    await second.close()
    const third = new FileStore(dir)
    expect((await third.open()).key).toEqual(Uint8Array.of(2))
    await third.close()
  })

  it("is readable by its owner alone", async () => {
    const dir = join(await newDir(), "inside")
    const store = new FileStore(dir)
    await store.open()
    expect((await stat(join(dir, "chat.log"))).mode & 0o777).toBe(0o600)
    expect((await stat(dir)).mode & 0o777).toBe(0o700)
    await store.close()
  })

  it("is written anew when it has grown, and holds the same", async () => {
    const dir = await newDir()
    const store = new FileStore(dir)
    await store.open()
    const text = "x".repeat(100_000)
    for (let i = 0; i < 50; i++) await store.apply({ key: Uint8Array.of(i), messages: [message(2, 1, { text })] })
    await store.close()
    expect((await readFile(join(dir, "chat.log"))).length).toBeLessThan(2_000_000)
    const again = new FileStore(dir)
    expect((await again.open()).key).toEqual(Uint8Array.of(49))
    expect((await again.messages(2, 10, 10)).length).toBe(1)
    await again.close()
  })
})
