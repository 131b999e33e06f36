import { Kind, type PageInit, toSyncKey } from "@ossagent/im-client/protocol"
import { type Change, type Entry, isChange, type Message } from "./recent.ts"

const DEFAULT_BYTES = 65_536
const MOST_BYTES = 262_144
/** A page has at least one entry, however large it is. */
const ENTRY_BYTES = 12

export const toPageBytes = (asked: number): number => Math.min(asked === 0 ? DEFAULT_BYTES : asked, MOST_BYTES)

/** The first entries that fit into so many bytes. */
export function cut(entries: readonly Entry[], mostBytes: number): Entry[] {
  let bytes = 0
  const end = entries.findIndex((entry, i) => {
    bytes += ENTRY_BYTES + (isChange(entry) ? entry.value.length : entry.text.length * 2)
    return i > 0 && bytes > mostBytes
  })
  return end === -1 ? [...entries] : entries.slice(0, end)
}

export interface PageFacts {
  /** Who reads it. */
  uid: number
  epoch: number
  /** The number that the asker has; what is in the page counts from it. */
  base: number
  /** Number of the next key. */
  seq: number
  more: boolean
}

/** Messages in columns, changes as they are; see Page in chat.xml. */
export function toPage(entries: readonly Entry[], { uid, epoch, base, seq, more }: PageFacts): PageInit {
  const messages = entries.filter((entry): entry is Message => !isChange(entry))
  const page: PageInit = { key: toSyncKey({ epoch, seq }), more }
  const changes = entries.filter(isChange)
  if (changes.length > 0)
    page.changes = changes.map(({ topic, subject, state, value }: Change) => ({ topic, subject, state, value }))
  if (messages.length > 0) addMessages(page, messages, { uid, base })
  return page
}

function addMessages(page: PageInit, messages: readonly Message[], { uid, base }: { uid: number; base: number }): void {
  const first = messages[0] as Message
  page.baseAt = first.at
  page.seqs = messages.map((message, i) => message.seq - (i === 0 ? base : (messages[i - 1] as Message).seq))
  page.ats = column(messages, (message, i) => (i === 0 ? 0 : message.at - (messages[i - 1] as Message).at))
  page.texts = messages.map(({ text }) => text)
  page.kinds = column(messages, ({ kind }) => kind)
  page.flags = column(messages, ({ flags }) => flags)
  const own = messages.filter(({ from }) => from === uid)
  page.ownIds = own.map(({ clientId }) => clientId)
  page.refs = messages.filter(({ kind }) => kind === Kind.recall).map(({ ref }) => ref)
  addTalkers(page, messages)
}

/** Empty when all are zero. */
function column(messages: readonly Message[], of: (message: Message, i: number) => number): number[] {
  const values = messages.map(of)
  return values.every((value) => value === 0) ? [] : values
}

function addTalkers(page: PageInit, messages: readonly Message[]): void {
  if (messages.length === 1) {
    const { chat, from } = messages[0] as Message
    page.talkers = [{ chat, from: from === chat ? 0 : from }]
    return
  }
  const talkers: { chat: number; from: number }[] = []
  const index = new Map<number, Map<number, number>>()
  const talkerOf = messages.map(({ chat, from }) => {
    const ofChat = index.get(chat) ?? new Map<number, number>()
    if (ofChat.size === 0) index.set(chat, ofChat)
    const known = ofChat.get(from)
    if (known !== undefined) return known
    ofChat.set(from, talkers.length)
    return talkers.push({ chat, from: from === chat ? 0 : from }) - 1
  })
  page.talkers = talkers
  page.talkerOf = talkers.length === 1 ? [] : talkerOf
}
