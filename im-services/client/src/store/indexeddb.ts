import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb"
import {
  type Account,
  type ChatSummary,
  type ContactEntry,
  type GroupEntry,
  type GroupPlace,
  type Message,
  MOST_UNREAD,
  type Outgoing,
  type Saved,
  type Store,
  type Update,
} from "./store.ts"

interface Schema extends DBSchema {
  facts: { key: string; value: unknown }
  messages: { key: [number, number]; value: Message }
  chats: { key: number; value: ChatSummary }
  contacts: { key: number; value: ContactEntry }
  groups: { key: number; value: GroupEntry }
  places: { key: number; value: GroupPlace }
  outgoing: { key: number; value: Outgoing }
}

const TABLES = ["facts", "messages", "chats", "contacts", "groups", "places", "outgoing"] as const
const KEPT_AT_RESTART: ReadonlySet<string> = new Set(["facts", "outgoing"])
const MOST = Number.MAX_SAFE_INTEGER
type Writing = IDBPTransaction<Schema, typeof TABLES, "readwrite">

/** In the browser's IndexedDB, under a name for each user of the page. */
export class IndexedDbStore implements Store {
  private readonly name: string
  private opened: Promise<IDBPDatabase<Schema>> | null = null

  constructor(name: string) {
    this.name = name
  }

  async open(): Promise<Saved> {
    const db = await this.db()
    const tx = db.transaction(TABLES)
    const [account, key, profile, chats, contacts, groups, places, outgoing] = await Promise.all([
      tx.objectStore("facts").get("account"),
      tx.objectStore("facts").get("key"),
      tx.objectStore("facts").get("profile"),
      tx.objectStore("chats").getAll(),
      tx.objectStore("contacts").getAll(),
      tx.objectStore("groups").getAll(),
      tx.objectStore("places").getAll(),
      tx.objectStore("outgoing").getAll(),
    ])
    return {
      account: (account as Account | undefined) ?? null,
      key: (key as Uint8Array | undefined) ?? new Uint8Array(0),
      profile: (profile as Saved["profile"] | undefined) ?? { name: "", about: "" },
      ...{ chats, contacts, groups, places },
      outgoing: outgoing.sort((a, b) => a.queuedAt - b.queuedAt),
    }
  }

  async setAccount(account: Account | null): Promise<void> {
    await (await this.db()).put("facts", account, "account")
  }

  async apply(update: Update): Promise<void> {
    const tx = (await this.db()).transaction(TABLES, "readwrite", { durability: "strict" })
    try {
      await write(tx, update)
      await tx.done
    } catch (error) {
      tx.done.catch(() => undefined)
      throw error
    }
  }

  async messages(chat: number, before: number, limit: number): Promise<Message[]> {
    const found: Message[] = []
    const range = IDBKeyRange.bound([chat, 0], [chat, before], false, true)
    const tx = (await this.db()).transaction("messages")
    let cursor = await tx.store.openCursor(range, "prev")
    while (cursor !== null && found.length < limit) {
      found.push(cursor.value)
      cursor = await cursor.continue()
    }
    return found
  }

  async unread(chat: number, after: number): Promise<number> {
    const range = IDBKeyRange.bound([chat, after], [chat, MOST], true)
    const newer = await (await this.db()).getAll("messages", range, MOST_UNREAD)
    return newer.filter(({ mine, recalled }) => !mine && !recalled).length
  }

  async oldest(chat: number): Promise<number> {
    const range = IDBKeyRange.bound([chat, 0], [chat, MOST])
    return (await (await this.db()).getAll("messages", range, 1))[0]?.seq ?? 0
  }

  async clear(): Promise<void> {
    const tx = (await this.db()).transaction(TABLES, "readwrite")
    for (const table of TABLES) void tx.objectStore(table).clear()
    await tx.done
  }

  async close(): Promise<void> {
    ;(await this.opened)?.close()
    this.opened = null
  }

  private db(): Promise<IDBPDatabase<Schema>> {
    this.opened ??= openDB<Schema>(this.name, 1, {
      upgrade: (db) => {
        db.createObjectStore("facts")
        db.createObjectStore("messages", { keyPath: ["chat", "seq"] })
        db.createObjectStore("chats", { keyPath: "chat" })
        db.createObjectStore("contacts", { keyPath: "uid" })
        db.createObjectStore("groups", { keyPath: "gid" })
        db.createObjectStore("places", { keyPath: "gid" })
        db.createObjectStore("outgoing", { keyPath: "clientId" })
      },
    })
    return this.opened
  }
}

/** The transaction ends by itself after its last request. */
async function write(tx: Writing, update: Update): Promise<void> {
  const facts = tx.objectStore("facts")
  const messages = tx.objectStore("messages")
  const all: Promise<unknown>[] = []
  const push = (...requests: Promise<unknown>[]): void => void all.push(...requests)
  if (update.restart) {
    for (const table of TABLES) if (!KEPT_AT_RESTART.has(table)) push(tx.objectStore(table).clear())
    push(facts.delete("key"), facts.delete("profile"))
  }
  for (const chat of update.emptied ?? []) push(messages.delete(IDBKeyRange.bound([chat, 0], [chat, MOST])))
  if (update.key !== undefined) push(facts.put(update.key, "key"))
  if (update.profile !== undefined) push(facts.put(update.profile, "profile"))
  for (const one of update.chats ?? []) push(tx.objectStore("chats").put(one))
  const contacts = tx.objectStore("contacts")
  for (const one of update.contacts ?? []) push(one.state === 0 ? contacts.delete(one.uid) : contacts.put(one))
  for (const one of update.groups ?? []) push(tx.objectStore("groups").put(one))
  for (const one of update.places ?? []) push(tx.objectStore("places").put(one))
  for (const one of update.outgoing ?? []) push(tx.objectStore("outgoing").put(one))
  for (const clientId of update.sent ?? []) push(tx.objectStore("outgoing").delete(clientId))
  await Promise.all([...all, ...(update.messages ?? []).map((one) => putMessage(tx, one))])
  // Reads and writes of one message must not come between those of its recall.
  await Promise.all((update.recalls ?? []).map(({ chat, seq }) => recall(tx, chat, seq)))
}

async function putMessage(tx: Writing, message: Message): Promise<void> {
  const messages = tx.objectStore("messages")
  const known = await messages.get([message.chat, message.seq])
  await messages.put(known?.recalled ? { ...message, text: "", recalled: true } : message)
}

async function recall(tx: Writing, chat: number, seq: number): Promise<void> {
  const messages = tx.objectStore("messages")
  const known = await messages.get([chat, seq])
  if (known !== undefined) await messages.put({ ...known, text: "", recalled: true })
}
