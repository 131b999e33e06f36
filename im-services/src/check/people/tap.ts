import type { Link, LinkEvents, Transport } from "@ossagent/im-client"
import {
  CHAT_METHODS as CHAT,
  decodeFailure,
  type Frame,
  FrameReader,
  type Page,
  PageCodec,
  REFUSED,
  REPLY,
  RecallRequestCodec,
  SendReplyCodec,
  SendRequestCodec,
  SyncRequestCodec,
} from "@ossagent/im-client/protocol"
import { decode } from "@ossagent/svrkit/codec"

export interface TapEvents {
  /** A message or recall goes out, for the first time or again. */
  asked: (clientId: number) => void
  acked: (clientId: number, seq: number) => void
  refused: (clientId: number, code: string) => void
  page: (askedKey: Uint8Array, page: Page) => void
}

type Open = { clientId: number } | { key: Uint8Array }
const MOST_FRAME_BYTES = 1024 * 1024

/** A transport that shows what goes over it: requests to send and to sync, and what they are answered. */
export function tap(transport: Transport, events: TapEvents): Transport {
  return {
    ...transport,
    connect: async (address, inner, signal) => {
      const open = new Map<number, Open>()
      const outer: LinkEvents = {
        closed: inner.closed,
        frame: (frame, size) => {
          seeAnswer(frame, open, events)
          inner.frame(frame, size)
        },
      }
      const link = await transport.connect(address, outer, signal)
      const reader = new FrameReader(MOST_FRAME_BYTES)
      const send: Link["send"] = (bytes) => {
        reader.push(bytes, (frame) => {
          seeRequest(frame, open, events)
          return true
        })
        link.send(bytes)
      }
      return { send, close: () => link.close() }
    },
  }
}

function seeRequest({ op, id, body }: Frame, open: Map<number, Open>, events: TapEvents): void {
  if (op === CHAT.sync.number) open.set(id, { key: decode(SyncRequestCodec, body).key.slice() })
  const codec = op === CHAT.send.number ? SendRequestCodec : op === CHAT.recall.number ? RecallRequestCodec : null
  if (codec === null) return
  const { clientId } = decode<{ clientId: number }, unknown>(codec, body)
  open.set(id, { clientId })
  events.asked(clientId)
}

function seeAnswer({ op, id, body }: Frame, open: Map<number, Open>, events: TapEvents): void {
  const request = open.get(id)
  if (request === undefined || (op !== REPLY && op !== REFUSED)) return
  open.delete(id)
  if ("key" in request) {
    if (op === REPLY) events.page(request.key, decode(PageCodec, body.slice()))
  } else if (op === REPLY) events.acked(request.clientId, decode(SendReplyCodec, body).seq)
  else events.refused(request.clientId, decodeFailure(body).code)
}
