import { Kind, type Page, trySyncKey } from "../protocol/index.ts"
import type { Message } from "../store/store.ts"

/** What the messages of a page say. */
export interface PageMessages {
  messages: Message[]
  /** Taken back. */
  recalls: { chat: number; seq: number }[]
  /** Client ids of own messages and recalls: they have arrived. */
  ownIds: number[]
}

/**
 * The messages of a page, from its columns. `key`: what the page was asked with, from which its numbers count where it states no other.
 * Throws Error for columns that do not fit together.
 */
export function readMessages(page: Page, { key, me }: { key: Uint8Array; me: number }): PageMessages {
  const base = page.baseSeq > 0 || page.restart ? page.baseSeq : (trySyncKey(key)?.seq ?? 0)
  const found: PageMessages = { messages: [], recalls: [], ownIds: page.ownIds }
  let [seq, at, own, ref] = [base, page.baseAt, 0, 0]
  for (const [i, step] of page.seqs.entries()) {
    seq += step
    at += page.ats[i] ?? 0
    const talker = page.talkers[page.talkerOf[i] ?? 0]
    if (talker === undefined) throw new Error(`cannot read a page: message ${i} has no talker`)
    const { chat } = talker
    const from = talker.from === 0 ? chat : talker.from
    const kind = page.kinds[i] ?? Kind.text
    const mine = from === me
    const clientId = mine ? (page.ownIds[own++] ?? 0) : 0
    if (kind === Kind.recall) {
      const target = page.refs[ref++] ?? 0
      if (target > 0) found.recalls.push({ chat, seq: target })
      continue
    }
    const [text, flags] = [page.texts[i] ?? "", page.flags[i] ?? 0]
    found.messages.push({ chat, seq, from, mine, clientId, at, kind, text, flags, recalled: false })
  }
  return found
}
