import type { ChatClient } from "../client.ts"
import { ContactState, isGroup, Kind } from "../protocol/index.ts"
import type { Message, Outgoing, Update } from "../store/store.ts"
import { toPlain } from "./plain.ts"
import type { Screen } from "./screen.ts"
import { formatTime, meaningOf } from "./words.ts"

/** Own messages of this run, which stand on the screen as they were typed; the first are forgotten. */
const MOST_TYPED = 2_000

/** `[09:41] lunch | bob: where?` */
export function toLine(client: Pick<ChatClient, "nameOf">, message: Message, now: number): string {
  const { chat, from, mine, text, kind, recalled, at } = message
  const name = (of: number): string => toPlain(client.nameOf(of))
  const where = isGroup(chat) ? `${name(chat)} | ` : ""
  const who = mine ? (isGroup(chat) ? "you" : `you to ${name(chat)}`) : name(from)
  const said = recalled ? "(taken back)" : toPlain(text).replaceAll("\n", "\n    ")
  return `[${formatTime(at, now)}] ${where}${kind === Kind.notice ? `* ${said}` : `${who}: ${said}`}`
}

/** Prints what comes: messages, requests, refusals. What is printed is read. */
export class News {
  private readonly screen: Screen
  private readonly typed = new Set<number>()
  private client: ChatClient | null = null

  constructor(screen: Screen) {
    this.screen = screen
  }

  /** Begins with what came and was not printed before, by an earlier run. */
  async begin(client: ChatClient): Promise<void> {
    this.client = client
    for (const { clientId } of client.outgoing()) this.wasTyped(clientId)
    for (const { uid, state, greeting } of client.contacts())
      if (state === ContactState.asking) this.request(uid, greeting)
    for (const { chat, unread } of client.chats().reverse()) if (unread > 0) await this.unread(chat, unread)
  }

  wasTyped(clientId: number): void {
    this.typed.add(clientId)
    for (const oldest of this.typed) {
      if (this.typed.size <= MOST_TYPED) break
      this.typed.delete(oldest)
    }
  }

  take(update: Update): void {
    const { client } = this
    // the first page of a new log-in is what was said long ago: the numbers of what is unread are told
    if (client === null || update.older) return
    if (update.restart) return void this.summary(client)
    for (const { uid, state, greeting } of update.contacts ?? []) this.contact(uid, state, greeting)
    for (const one of update.messages ?? []) this.message(client, one)
    for (const recall of update.recalls ?? []) void this.recall(client, recall)
    for (const one of update.outgoing ?? []) if (one.failed !== "") this.refusal(client, one)
    const chats = new Set(update.messages?.filter(({ mine }) => !mine).map(({ chat }) => chat))
    for (const chat of chats) void client.markRead(chat)
  }

  private message(client: ChatClient, message: Message): void {
    if (message.mine && this.typed.has(message.clientId)) return
    this.screen.print(toLine(client, message, Date.now()))
  }

  private contact(uid: number, state: number, greeting: string): void {
    const name = toPlain((this.client as ChatClient).nameOf(uid))
    if (state === ContactState.asking) this.request(uid, greeting)
    else if (state === ContactState.friend) this.screen.print(`* ${name} is your friend: /to ${name}`)
  }

  private request(uid: number, greeting: string): void {
    const name = toPlain((this.client as ChatClient).nameOf(uid))
    const said = greeting === "" ? "" : ` “${toPlain(greeting)}”`
    this.screen.print(`* ${name} wants to be your friend.${said} /accept ${name}, /decline ${name} or /block ${name}`)
  }

  private async recall(client: ChatClient, { chat, seq }: { chat: number; seq: number }): Promise<void> {
    const [message] = await client.messages(chat, seq + 1, 1)
    if (message?.seq !== seq) return
    const who = message.mine ? "you" : toPlain(client.nameOf(message.from))
    const where = isGroup(chat) ? `${toPlain(client.nameOf(chat))} | ` : ""
    this.screen.print(`* ${where}${who} took a message of ${formatTime(message.at, Date.now())} back`)
  }

  private refusal(client: ChatClient, { chat, text, failed, recalls }: Outgoing): void {
    const what = recalls === 0 ? `not sent to ${toPlain(client.nameOf(chat))}: “${toPlain(text)}”` : "not taken back"
    this.screen.print(`! ${what}: ${meaningOf(failed)} /retry or /discard`)
  }

  private async unread(chat: number, count: number): Promise<void> {
    const client = this.client as ChatClient
    const others = (await client.messages(chat, undefined, count * 2 + 20)).filter(({ mine }) => !mine)
    for (const message of others.slice(0, count).reverse()) this.screen.print(toLine(client, message, Date.now()))
    await client.markRead(chat)
  }

  private summary(client: ChatClient): void {
    const unread = client.chats().filter((one) => one.unread > 0)
    for (const { chat, unread: count } of unread)
      this.screen.print(
        `* ${toPlain(client.nameOf(chat))}: ${count} unread, /to ${toPlain(client.nameOf(chat))} shows them`,
      )
    for (const { uid, state, greeting } of client.contacts())
      if (state === ContactState.asking) this.request(uid, greeting)
  }
}
