import type { Clock } from "../clock.ts"
import type { Backoff } from "../connect/backoff.ts"
import type { Connection } from "../connect/connection.ts"
import { ChatError } from "../error.ts"
import type { State } from "../inbox/state.ts"
import { toGroupUpdate, toUpdate } from "../inbox/update.ts"
import { CHAT_METHODS, type Page, trySyncKey } from "../protocol/index.ts"
import type { Commit, Store } from "../store/store.ts"

export interface SyncParts {
  store: Store
  state: State
  clock: Clock
  backoff: Backoff
  me: () => number
  commit: Commit
  trouble: (error: unknown) => void
}

/**
 * Fetches what is new: one request at a time, its key taken only together with the page it came with. Asked meanwhile, it goes round once
 * more; what fails is tried again while the connection lasts.
 */
export class SyncLoop {
  private readonly parts: SyncParts
  private connection: Connection | null = null
  private running = false
  private again = false
  private stopRetry = (): void => undefined

  constructor(parts: SyncParts) {
    this.parts = parts
  }

  use(connection: Connection | null): void {
    this.connection = connection
    this.stopRetry()
  }

  /** Something is new, or may be. Never rejects. */
  async run(): Promise<void> {
    this.again = true
    if (this.running) return
    this.running = true
    try {
      while (this.again && this.connection !== null) {
        this.again = false
        await this.mailbox(this.connection)
        await this.groups(this.connection)
      }
      this.parts.backoff.reset()
    } catch (error) {
      this.later(error)
    } finally {
      this.running = false
    }
  }

  private async mailbox(connection: Connection): Promise<void> {
    const { state, commit } = this.parts
    for (let more = true; more; ) {
      const { key } = state
      const page = await connection.ask(CHAT_METHODS.sync, { key })
      await commit(() => toUpdate(page, { ...this.parts, me: this.parts.me() }))
      more = page.more
      if (more && isSame(key, state.key)) throw noProgress(page)
    }
  }

  /** Large groups, of which a marker told that there is more than is here. */
  private async groups(connection: Connection): Promise<void> {
    const { state, commit } = this.parts
    for (const { gid, newest } of [...state.places.values()]) {
      if (state.groups.get(gid)?.member === false) continue
      for (;;) {
        const key = state.places.get(gid)?.key ?? new Uint8Array(0)
        if ((trySyncKey(key)?.seq ?? 0) >= newest) break
        const page = await connection.ask(CHAT_METHODS.syncGroup, { gid, key })
        await commit(() => toGroupUpdate(page, gid, { ...this.parts, me: this.parts.me() }))
        if (isSame(key, state.places.get(gid)?.key ?? key)) break
      }
    }
  }

  private later(error: unknown): void {
    const { clock, backoff, trouble } = this.parts
    if (this.connection === null || this.connection.closed) return
    trouble(error)
    const leastMs = error instanceof ChatError ? error.retryAfterMs : 0
    this.stopRetry()
    this.stopRetry = clock.after(backoff.next(leastMs), () => void this.run())
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

const noProgress = (page: Page): ChatError =>
  new ChatError("unavailable", `cannot go on: the service says that more is there and gives the same key (${page.key})`)
