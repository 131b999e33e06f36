import type { ChatSummary, ContactEntry, GroupEntry, GroupPlace, Outgoing, Saved, Update } from "../store/store.ts"

/** What a client knows, without the messages themselves: as the store has it, in memory. */
export class State {
  key: Uint8Array
  profile: Saved["profile"]
  readonly chats = new Map<number, ChatSummary>()
  readonly contacts = new Map<number, ContactEntry>()
  readonly groups = new Map<number, GroupEntry>()
  readonly places = new Map<number, GroupPlace>()
  readonly outgoing = new Map<number, Outgoing>()

  constructor(saved: Saved) {
    this.key = saved.key
    this.profile = saved.profile
    this.take(saved)
  }

  /** Follows what the store has taken. */
  take(update: Omit<Update, "messages" | "recalls">): void {
    if (update.restart) {
      this.key = new Uint8Array(0)
      for (const map of [this.chats, this.contacts, this.groups, this.places]) map.clear()
    }
    if (update.key !== undefined) this.key = update.key
    if (update.profile !== undefined) this.profile = update.profile
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
}
