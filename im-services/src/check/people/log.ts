import { MemoryStore, type Update } from "@ossagent/im-client"
import { Kind, type Page, trySyncKey } from "@ossagent/im-client/protocol"
import type { Device, SeenPage, SeenRow } from "../judge/history.ts"

/** The store of a device that is watched: a page counts as read when the client stores it with its key. */
export class WatchedStore extends MemoryStore {
  private readonly device: Device
  private readonly came = new Map<string, SeenPage>()
  private readonly onPage: (page: SeenPage) => void

  constructor(device: Device, onPage: (page: SeenPage) => void) {
    super()
    this.device = device
    this.onPage = onPage
  }

  /** A page came over the wire; whether the client takes it is seen in `apply`. */
  see(askedKey: Uint8Array, page: Page): void {
    if (page.key.length > 0) this.came.set(toName(page.key), toSeenPage(this.device.uid, askedKey, page))
  }

  override async apply(update: Update): Promise<void> {
    await super.apply(update)
    if (update.key === undefined) return
    const page = this.came.get(toName(update.key))
    this.came.clear()
    if (page === undefined) return
    this.device.pages.push(page)
    this.onPage(page)
  }
}

const toName = (key: Uint8Array): string => Buffer.from(key).toString("hex")

/** A page's columns as rows. */
export function toSeenPage(uid: number, askedKey: Uint8Array, page: Page): SeenPage {
  const asked = trySyncKey(askedKey)?.seq ?? null
  const { changes, restart } = page
  return {
    ...{ asked: restart ? null : asked, seq: trySyncKey(page.key)?.seq ?? 0, restart },
    rows: toRows(uid, page.baseSeq === 0 && !restart ? (asked ?? 0) : page.baseSeq, page),
    states: changes.map(({ topic, subject, state, value }) => {
      return { topic, subject, state, value: Buffer.from(value).toString("base64") }
    }),
  }
}

function toRows(uid: number, base: number, page: Page): SeenRow[] {
  let seq = base
  let own = 0
  let recall = 0
  return page.seqs.map((step, i): SeenRow => {
    seq += step
    const { chat = 0, from = 0 } = page.talkers[page.talkerOf[i] ?? 0] ?? {}
    const kind = page.kinds[i] ?? 0
    const who = from === 0 ? chat : from
    return {
      ...{ seq, from: who, chat, kind, flags: page.flags[i] ?? 0, text: page.texts[i] ?? "" },
      ref: kind === Kind.recall ? (page.refs[recall++] ?? 0) : 0,
      ownId: who === uid ? (page.ownIds[own++] ?? 0) : null,
    }
  })
}
