import { PageCodec, type PageInit, trySyncKey } from "@ossagent/im-client/protocol"
import { encode } from "@ossagent/svrkit/codec"
import type { PageReplyInit } from "./generated/mailbox.codec.ts"
import { cut, toPage, toPageBytes } from "./page.ts"
import { readEntries, readHistory, readStart } from "./read.ts"
import { type Entry, entriesAfter, isChange, type Recent } from "./recent.ts"
import type { MailboxSet } from "./set.ts"

const MOST_HISTORY = 200

/** What is new for a user since a key; the present state when the key is none, of an unknown epoch, or ahead of a store that was put back. */
export async function readPage(
  set: MailboxSet,
  uid: number,
  { key, mostBytes, reader = 0 }: { key: Uint8Array; mostBytes: number; reader?: number },
): Promise<PageReplyInit> {
  const { epoch, known: epochs } = set.owned()
  const recent = await set.latest.recentOf(uid)
  const { latest } = recent
  const known = trySyncKey(key)
  if (known === null || !epochs.has(known.epoch) || known.seq > latest) return readFirstPage(set, uid, latest)
  if (known.seq === latest) return { seq: latest }
  const { entries, more, stored } = await readAfter(set, uid, recent, known.seq)
  const fitting = cut(entries, toPageBytes(mostBytes))
  const rest = more || fitting.length < entries.length
  const seq = rest ? ((fitting.at(-1) as Entry | undefined)?.seq ?? latest) : latest
  const page = toPage(fitting, { uid: reader || uid, epoch, base: known.seq, seq, more: rest })
  return { ...toReply(page, fitting, seq), stored }
}

async function readAfter(set: MailboxSet, uid: number, recent: Recent, after: number) {
  if (after >= recent.floor) return { entries: entriesAfter(recent.entries, after), more: false, stored: false }
  return { ...(await readEntries(set.pool, uid, { after, upTo: recent.latest })), stored: true }
}

async function readFirstPage(set: MailboxSet, uid: number, latest: number): Promise<PageReplyInit> {
  const { epoch } = set.owned()
  const { floor, changes, older } = await readStart(set.pool, uid, latest)
  const page = toPage(changes, { uid, epoch, base: 0, seq: floor, more: floor < latest })
  return { ...toReply({ ...page, restart: true, older }, changes, floor), stored: true }
}

/** Messages of a chat before a number, oldest first; the page has no key. */
export async function readOlder(
  set: MailboxSet,
  uid: number,
  { chat, before, limit, reader = 0 }: { chat: number; before: number; limit: number; reader?: number },
): Promise<PageReplyInit> {
  const { epoch } = set.owned()
  const most = Math.min(limit === 0 ? 50 : limit, MOST_HISTORY)
  const upTo = before === 0 ? Number.MAX_SAFE_INTEGER : before
  const messages = await readHistory(set.pool, uid, { chat, before: upTo, limit: most + 1 })
  const shown = messages.slice(-most)
  const base = shown[0]?.seq ?? 0
  const page = toPage(shown, { uid: reader || uid, epoch, base, seq: 0, more: messages.length > most })
  return toReply({ ...page, key: new Uint8Array(0), baseSeq: base }, shown, 0)
}

function toReply(page: PageInit, entries: readonly Entry[], seq: number): PageReplyInit {
  const messages = entries.filter((entry) => !isChange(entry))
  const oldestAt = messages.reduce(
    (oldest, entry) => Math.min(oldest, isChange(entry) ? oldest : entry.at),
    Number.MAX_SAFE_INTEGER,
  )
  return {
    page: encode(PageCodec, page),
    messages: messages.length,
    oldestAt: messages.length === 0 ? 0 : oldestAt,
    seq,
  }
}

/** Whether somebody with this key has something to fetch. */
export async function isBehind(set: MailboxSet, uid: number, key: Uint8Array): Promise<boolean> {
  const known = trySyncKey(key)
  const { latest } = await set.latest.recentOf(uid)
  return known === null || !set.owned().known.has(known.epoch) || known.seq !== latest
}
