import { decodePage, PageCodec } from "@ossagent/im-client/protocol"
import { encode } from "@ossagent/svrkit/codec"
import { type Reader, sendersOf, toOldPage } from "./page.ts"

/** Names of users in their order; empty where one is not known now. */
export interface NamesOf {
  of: (uids: readonly number[]) => Promise<string[]>
}

export type Adapt = (page: Uint8Array, reader: Reader) => Promise<Uint8Array>

/** Rewrites pages for clients that are older than what stands in them. Rejects with CodecError for bytes that are no page. */
export const createAdapt =
  (names: NamesOf): Adapt =>
  async (bytes, reader) => {
    if (bytes.length === 0) return bytes
    const page = decodePage(bytes)
    const uids = sendersOf(page, reader)
    const found = uids.length === 0 ? [] : await names.of(uids)
    const known = new Map(uids.map((uid, i) => [uid, found[i] || `user ${uid}`]))
    return encode(
      PageCodec,
      toOldPage(page, reader, (uid) => known.get(uid) ?? `user ${uid}`),
    )
  }
