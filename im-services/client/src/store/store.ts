/** What a client keeps: everything that came, and what is to go out. One store for one user of one device. */

export interface Account {
  uid: number
  device: number
  name: string
  /** Empty: log in again. */
  ticket: Uint8Array
  /** Unix ms. */
  expiresAt: number
  /** What commands of the service are signed with; missing or empty: asked for with the next Hello. */
  commandKey?: Uint8Array
  /** Of the newest command that was obeyed. */
  commandNumber?: number
}

export interface Message {
  /** The other user, or the group. */
  chat: number
  /** In the own mailbox; in the group's where it is large. */
  seq: number
  from: number
  /** From this user. */
  mine: boolean
  /** Of own messages, to recall them; else 0. */
  clientId: number
  /** Unix ms. */
  at: number
  kind: number
  text: string
  flags: number
  /** Taken back: the text is gone. */
  recalled: boolean
}

/** A chat as a list shows it. */
export interface ChatSummary {
  chat: number
  lastSeq: number
  lastAt: number
  lastFrom: number
  lastText: string
  unread: number
  readSeq: number
}

export const toEmptyChat = (chat: number): ChatSummary => ({
  ...{ chat, lastSeq: 0, lastAt: 0, lastFrom: 0, lastText: "", unread: 0, readSeq: 0 },
})

export interface ContactEntry {
  uid: number
  name: string
  greeting: string
  /** ContactState. */
  state: number
}

export interface GroupEntry {
  gid: number
  name: string
  owner: number
  members: { uid: number; name: string }[]
  version: number
  count: number
  /** This user is in it. */
  member: boolean
}

/** Of a large group: what of it is here, and what there is. */
export interface GroupPlace {
  gid: number
  key: Uint8Array
  newest: number
}

/** A message, or a recall, on its way out. */
export interface Outgoing {
  clientId: number
  chat: number
  text: string
  /** Of a recall: client id of the message, which this user wrote; else 0. */
  recalls: number
  /** Unix ms. */
  queuedAt: number
  /** Why it was refused for good; empty while it is tried. */
  failed: string
}

/** Everything that changes together, in one transaction: a page with its key, or a sent message with the end of its sending. */
export interface Update {
  /** First of all: puts everything away but the account and what goes out. */
  restart?: boolean
  /** Puts these chats' messages away first. */
  emptied?: number[]
  key?: Uint8Array
  profile?: { name: string; about: string }
  messages?: Message[]
  recalls?: { chat: number; seq: number }[]
  /** The messages are not new: somebody looked back. */
  older?: boolean
  chats?: ChatSummary[]
  contacts?: ContactEntry[]
  groups?: GroupEntry[]
  places?: GroupPlace[]
  outgoing?: Outgoing[]
  /** Client ids of what need not go out any more. */
  sent?: number[]
}

/** All but the messages, read once at the start. */
export interface Saved {
  account: Account | null
  key: Uint8Array
  profile: { name: string; about: string }
  chats: ChatSummary[]
  contacts: ContactEntry[]
  groups: GroupEntry[]
  places: GroupPlace[]
  outgoing: Outgoing[]
}

export interface Store {
  open(): Promise<Saved>
  setAccount(account: Account | null): Promise<void>
  /** All of it or nothing, and kept when it resolves. */
  apply(update: Update): Promise<void>
  /** Newest first, below the number `before`. */
  messages(chat: number, before: number, limit: number): Promise<Message[]>
  /** Messages of others above a number; counts to 1,000. */
  unread(chat: number, after: number): Promise<number>
  /** The lowest number that is here; 0: none is. */
  oldest(chat: number): Promise<number>
  /** Everything is gone afterwards, the account too. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** How updates are made: one after the other, each from the state that the one before has left. */
export type Commit = (build: () => Update | Promise<Update>) => Promise<void>

export const MOST_UNREAD = 1_000
