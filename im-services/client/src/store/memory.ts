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

/** Messages kept of one chat; older ones are at the service. */
const MOST_MESSAGES = 5_000
const NO_BYTES = new Uint8Array(0)

/** Everything in memory; also what a store that writes elsewhere reads from. */
export class MemoryStore implements Store {
  private account: Account | null = null
  private key = NO_BYTES as Uint8Array
  private profile = { name: "", about: "" }
  /** By chat, in the order of their numbers. */
  private readonly byChat = new Map<number, Message[]>()
  private readonly chats = new Map<number, ChatSummary>()
  private readonly contacts = new Map<number, ContactEntry>()
  private readonly groups = new Map<number, GroupEntry>()
  private readonly places = new Map<number, GroupPlace>()
  private readonly outgoing = new Map<number, Outgoing>()

  async open(): Promise<Saved> {
    return this.saved()
  }

  saved(): Saved {
    const { account, key, profile } = this
    return {
      account,
      key,
      profile,
      chats: [...this.chats.values()],
      contacts: [...this.contacts.values()],
      groups: [...this.groups.values()],
      places: [...this.places.values()],
      outgoing: [...this.outgoing.values()],
    }
  }

  all(): Message[] {
    return [...this.byChat.values()].flat()
  }

  async setAccount(account: Account | null): Promise<void> {
    this.takeAccount(account)
  }

  takeAccount(account: Account | null): void {
    this.account = account
  }

  async apply(update: Update): Promise<void> {
    this.take(update)
  }

  take(update: Update): void {
    if (update.restart) this.restart()
    for (const chat of update.emptied ?? []) this.byChat.delete(chat)
    if (update.key !== undefined) this.key = update.key
    if (update.profile !== undefined) this.profile = update.profile
    for (const message of update.messages ?? []) this.put(message)
    for (const { chat, seq } of update.recalls ?? []) this.recall(chat, seq)
    for (const one of update.chats ?? []) this.chats.set(one.chat, one)
    for (const one of update.contacts ?? []) {
      if (one.state === 0) this.contacts.delete(one.uid)
      else this.contacts.set(one.uid, one)
    }
    for (const one of update.groups ?? []) this.groups.set(one.gid, one)
    for (const one of update.places ?? []) this.places.set(one.gid, one)
    for (const one of update.outgoing ?? []) this.outgoing.set(one.clientId, one)
    for (const clientId of update.sent ?? []) this.outgoing.delete(clientId)
  }

  async messages(chat: number, before: number, limit: number): Promise<Message[]> {
    const all = this.byChat.get(chat) ?? []
    const end = placeOf(all, before)
    return all.slice(Math.max(0, end - limit), end).reverse()
  }

  async unread(chat: number, after: number): Promise<number> {
    const all = this.byChat.get(chat) ?? []
    const others = all.slice(placeOf(all, after + 1)).filter(({ mine, recalled }) => !mine && !recalled)
    return Math.min(MOST_UNREAD, others.length)
  }

  async oldest(chat: number): Promise<number> {
    return this.byChat.get(chat)?.[0]?.seq ?? 0
  }

  async clear(): Promise<void> {
    this.takeAccount(null)
    this.restart()
    this.outgoing.clear()
  }

  async close(): Promise<void> {}

  private restart(): void {
    this.key = NO_BYTES
    this.profile = { name: "", about: "" }
    for (const map of [this.byChat, this.chats, this.contacts, this.groups, this.places]) map.clear()
  }

  private put(message: Message): void {
    let all = this.byChat.get(message.chat)
    if (all === undefined) {
      all = []
      this.byChat.set(message.chat, all)
    }
    const at = placeOf(all, message.seq)
    const same = all[at]?.seq === message.seq
    all.splice(at, same ? 1 : 0, same && all[at]?.recalled ? { ...message, text: "", recalled: true } : message)
    if (all.length > MOST_MESSAGES) all.shift()
  }

  private recall(chat: number, seq: number): void {
    const all = this.byChat.get(chat) ?? []
    const at = placeOf(all, seq)
    const found = all[at]
    if (found?.seq === seq) all[at] = { ...found, text: "", recalled: true }
  }
}

/** Index of the first message with at least this number. */
function placeOf(all: readonly Message[], seq: number): number {
  let [low, high] = [0, all.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((all[middle] as Message).seq < seq) low = middle + 1
    else high = middle
  }
  return low
}
