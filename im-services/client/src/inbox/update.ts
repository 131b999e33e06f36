import {
  type Change,
  decodeContact,
  decodeGroup,
  decodeMarker,
  decodeProfile,
  decodeReadMark,
  type Page,
  Topic,
} from "../protocol/index.ts"
import { type ChatSummary, type Message, type Store, toEmptyChat, type Update } from "../store/store.ts"
import { readMessages } from "./messages.ts"
import type { State } from "./state.ts"

interface Parts {
  state: State
  store: Pick<Store, "unread">
  me: number
}

/** What a page of the own mailbox changes. Throws for a page that cannot be read: its key is then not taken. */
export async function toUpdate(page: Page, { state, store, me }: Parts): Promise<Update> {
  const update: Update = page.key.length > 0 ? { key: page.key } : {}
  if (page.restart) update.restart = true
  const { messages, recalls, ownIds } = readMessages(page, { key: state.key, me })
  if (messages.length > 0) update.messages = messages
  if (recalls.length > 0) update.recalls = recalls
  const arrived = ownIds.filter((clientId) => state.outgoing.has(clientId))
  if (arrived.length > 0) update.sent = arrived
  const chats = new ChatEdits(page.restart ? new Map() : state.chats)
  for (const message of messages) chats.add(message)
  for (const { chat, seq } of recalls) chats.recall(chat, seq)
  for (const change of page.changes) await takeChange(change, { update, chats, store, state, messages })
  const edited = chats.edited()
  if (edited.length > 0) update.chats = edited
  return update
}

/** What a page of a large group's mailbox changes. */
export function toGroupUpdate(page: Page, gid: number, { state, me }: Parts): Update {
  const place = state.places.get(gid) ?? { gid, key: new Uint8Array(0), newest: 0 }
  const { messages, recalls, ownIds } = readMessages(page, { key: place.key, me })
  const chats = new ChatEdits(state.chats)
  // Without a key it is the first page of a group that was small before: what is here was written then.
  const anew = page.restart && place.key.length > 0
  if (anew) chats.empty(gid)
  for (const message of messages) chats.add({ ...message, chat: gid })
  for (const { seq } of recalls) chats.recall(gid, seq)
  return {
    ...(anew ? { emptied: [gid] } : {}),
    messages: messages.map((message) => ({ ...message, chat: gid })),
    recalls: recalls.map(({ seq }) => ({ chat: gid, seq })),
    chats: chats.edited(),
    places: [page.key.length > 0 ? { ...place, key: page.key } : place],
    sent: ownIds.filter((clientId) => state.outgoing.has(clientId)),
  }
}

interface ChangeParts {
  update: Update
  chats: ChatEdits
  store: Pick<Store, "unread">
  state: State
  messages: readonly Message[]
}

async function takeChange({ topic, subject, state, value }: Change, parts: ChangeParts): Promise<void> {
  const { update, chats } = parts
  if (topic === Topic.profile) {
    const { name, about } = decodeProfile(value)
    update.profile = { name, about }
  } else if (topic === Topic.contact) {
    const { name, greeting } = decodeContact(value)
    update.contacts ??= []
    update.contacts.push({ uid: subject, name, greeting, state })
  } else if (topic === Topic.group) {
    const { name, owner, members, version, count } = decodeGroup(value)
    const known = parts.state.groups.get(subject)
    update.groups ??= []
    const list = members.map((member) => ({ uid: member.uid, name: member.name }))
    const gone = { ...(known ?? { gid: subject, name, owner, members: [], version, count }), member: false }
    update.groups.push(state === 1 ? { gid: subject, name, owner, members: list, version, count, member: true } : gone)
  } else if (topic === Topic.read) {
    await takeReadMark(subject, decodeReadMark(value).seq, parts)
  } else if (topic === Topic.marker) {
    const place = parts.state.places.get(subject) ?? { gid: subject, key: new Uint8Array(0) }
    update.places ??= []
    update.places.push({ ...place, newest: decodeMarker(value).seq })
  } else chats.unknown++
}

/** What was read on another device is read here: the rest is counted anew, in the store and in the page that is not in it yet. */
async function takeReadMark(chat: number, seq: number, { chats, store, update, messages }: ChangeParts): Promise<void> {
  const known = chats.get(chat)
  if (seq <= known.readSeq) return
  const inPage = messages.filter((one) => one.chat === chat && !one.mine && one.seq > seq).length
  const inStore = update.restart ? 0 : await store.unread(chat, seq)
  chats.set({ ...known, readSeq: seq, unread: inPage + inStore })
}

/** Chats as they will be, and which of them changed. */
class ChatEdits {
  /** Changes of topics that this client does not know. */
  unknown = 0
  private readonly before: ReadonlyMap<number, ChatSummary>
  private readonly after = new Map<number, ChatSummary>()

  constructor(before: ReadonlyMap<number, ChatSummary>) {
    this.before = before
  }

  get(chat: number): ChatSummary {
    return this.after.get(chat) ?? this.before.get(chat) ?? toEmptyChat(chat)
  }

  set(chat: ChatSummary): void {
    this.after.set(chat.chat, chat)
  }

  empty(chat: number): void {
    this.set({ ...this.get(chat), lastSeq: 0, unread: 0 })
  }

  /** A message of a page is new, but may stand before an own one that was stored when it was sent. */
  add({ chat, seq, at, from, mine, text }: Message): void {
    const known = this.get(chat)
    const unread = mine || seq <= known.readSeq ? known.unread : known.unread + 1
    if (seq > known.lastSeq) this.set({ ...known, lastSeq: seq, lastAt: at, lastFrom: from, lastText: text, unread })
    else if (unread !== known.unread) this.set({ ...known, unread })
  }

  recall(chat: number, seq: number): void {
    const known = this.get(chat)
    if (seq === known.lastSeq) this.set({ ...known, lastText: "" })
  }

  edited(): ChatSummary[] {
    return [...this.after.values()]
  }
}
