import type { Clock } from "../clock.ts"
import type { Backoff } from "../connect/backoff.ts"
import type { Connection } from "../connect/connection.ts"
import { ChatError } from "../error.ts"
import type { State } from "../inbox/state.ts"
import { CHAT_METHODS, Kind } from "../protocol/index.ts"
import { type Commit, type Message, type Outgoing, type Store, toEmptyChat, type Update } from "../store/store.ts"

/** Messages that wait to go out; a further one is refused. */
export const MOST_OUTGOING = 1_000

export interface OutboxParts {
  store: Store
  state: State
  clock: Clock
  backoff: Backoff
  me: () => number
  /** Stores an update, follows it and tells of it. */
  commit: Commit
}

/**
 * Sends what waits, one message of a chat after the other, until it is acknowledged or refused for good. The same client id goes along each
 * time: whatever was lost on the way, a message is stored once.
 */
export class Outbox {
  private readonly parts: OutboxParts
  private connection: Connection | null = null
  private readonly busy = new Set<number>()
  private stopRetry = (): void => undefined

  constructor(parts: OutboxParts) {
    this.parts = parts
  }

  /** There is a connection, or (null) none any more. */
  use(connection: Connection | null): void {
    this.connection = connection
    this.stopRetry()
    if (connection !== null) this.pump()
  }

  async add(outgoing: Outgoing): Promise<void> {
    if (this.parts.state.outgoing.size >= MOST_OUTGOING)
      throw new ChatError("slow_down", `cannot take a message: ${MOST_OUTGOING} wait to go out`)
    await this.parts.commit(() => ({ outgoing: [outgoing] }))
    this.pump()
  }

  private pump(): void {
    const { connection } = this
    if (connection === null) return
    for (const one of this.parts.state.outgoing.values()) {
      if (one.failed !== "" || this.busy.has(one.chat)) continue
      this.busy.add(one.chat)
      void this.send(connection, one)
    }
  }

  /** Never rejects. */
  private async send(connection: Connection, one: Outgoing): Promise<void> {
    const { backoff } = this.parts
    try {
      const reply = await (one.recalls === 0 ? this.say(connection, one) : this.takeBack(connection, one))
      await this.sent(one, reply)
      backoff.reset()
      this.busy.delete(one.chat)
      this.pump()
    } catch (error) {
      this.busy.delete(one.chat)
      await this.refused(one, error)
    }
  }

  private say(connection: Connection, { chat, clientId, text }: Outgoing): Promise<{ seq: number; at: number }> {
    return connection.ask(CHAT_METHODS.send, { chat, clientId, text, sentAt: this.parts.clock.now() })
  }

  private takeBack(
    connection: Connection,
    { chat, clientId, recalls }: Outgoing,
  ): Promise<{ seq: number; at: number }> {
    return connection.ask(CHAT_METHODS.recall, { chat, clientId, messageId: recalls })
  }

  /** The message is stored under its number; when it comes with a page, it is the same. What a recall does comes with a page. */
  private sent(one: Outgoing, { seq, at }: { seq: number; at: number }): Promise<void> {
    const { commit, state } = this.parts
    if (one.recalls !== 0) return commit(() => ({ sent: [one.clientId] }))
    return commit((): Update => {
      const { chat, clientId, text } = one
      const from = this.parts.me()
      const message: Message = {
        ...{ chat, seq, from, mine: true, clientId, at, text },
        ...{ kind: Kind.text, flags: 0, recalled: false },
      }
      const known = state.chats.get(chat) ?? toEmptyChat(chat)
      const last = { ...known, lastSeq: seq, lastAt: at, lastFrom: from, lastText: text }
      return { sent: [clientId], messages: [message], chats: seq > known.lastSeq ? [last] : [] }
    })
  }

  private async refused(one: Outgoing, error: unknown): Promise<void> {
    const { commit, clock, backoff } = this.parts
    const final = error instanceof ChatError && !error.retry
    if (final) {
      await commit(() => ({ outgoing: [{ ...one, failed: error.code }] })).catch(() => undefined)
      this.pump()
    } else if (this.connection !== null && !this.connection.closed) {
      this.stopRetry()
      const leastMs = error instanceof ChatError ? error.retryAfterMs : 0
      this.stopRetry = clock.after(backoff.next(leastMs), () => this.pump())
    }
  }
}
