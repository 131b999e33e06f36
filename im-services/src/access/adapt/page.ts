import {
  type Change,
  type ChangeInit,
  ContactCodec,
  ContactState,
  decodeGroup,
  isGroup,
  Kind,
  type Page,
  type PageInit,
  Topic,
} from "@ossagent/im-client/protocol"
import { encode } from "@ossagent/svrkit/codec"
import type { Generation } from "./generation.ts"

export interface Reader {
  /** Whose mailbox it is. */
  uid: number
  generation: Generation
}

/** A message of a page, as far as it is looked at here. */
interface Said {
  chat: number
  from: number
  kind: number
  text: string
}

const IN_GROUP = 1
const TAKEN_BACK = "(taken back)"

/** Users whose names the rewritten page needs. */
export function sendersOf(page: Page, { uid, generation }: Reader): number[] {
  const isNamed = ({ chat, from, kind }: Said): boolean =>
    from !== uid && (kind === Kind.recall || (generation === 1 && isGroup(chat) && from !== chat))
  return [
    ...new Set(
      readSaid(page)
        .filter(isNamed)
        .map(({ from }) => from),
    ),
  ]
}

/**
 * A page as an old client can show it. Recalls and notices are texts; for generation 1 groups are contacts, and who speaks in them stands in the
 * text. Numbers and times stay, so its key means what it meant. What it could do nothing with (markers of large groups) is left out.
 */
export function toOldPage(page: Page, reader: Reader, nameOf: (uid: number) => string): PageInit {
  const texts = readSaid(page).map((said) => toText(said, reader, nameOf))
  const { refs: _refs, kinds: _kinds, ...rest } = page
  if (reader.generation > 1) return { ...rest, texts }
  const talkers = page.talkers.map(({ chat, from }) => ({
    chat,
    from: isGroup(chat) && from !== reader.uid ? 0 : from,
  }))
  return { ...rest, texts, talkers, changes: page.changes.flatMap(toOldChange) }
}

function readSaid({ seqs, talkers, talkerOf, kinds, texts }: Page): Said[] {
  return seqs.map((_, i) => {
    const { chat = 0, from = 0 } = talkers[talkerOf[i] ?? 0] ?? {}
    return { chat, from: from || chat, kind: kinds[i] ?? Kind.text, text: texts[i] ?? "" }
  })
}

function toText(
  { chat, from, kind, text }: Said,
  { uid, generation }: Reader,
  nameOf: (uid: number) => string,
): string {
  if (kind === Kind.recall) return `${from === uid ? "You" : nameOf(from)} took a message back`
  if (kind === Kind.notice) return text
  // nobody can say nothing: it was taken back before it was read
  const said = text === "" ? TAKEN_BACK : text
  return generation === 1 && isGroup(chat) && from !== uid && from !== chat ? `${nameOf(from)}: ${said}` : said
}

function toOldChange(change: Change): ChangeInit[] {
  const { topic, subject, state, value } = change
  if (topic === Topic.marker) return []
  if (topic !== Topic.group) return [change]
  const { name } = decodeGroup(value)
  return [
    {
      topic: Topic.contact,
      subject,
      state: state === IN_GROUP ? ContactState.friend : ContactState.none,
      value: encode(ContactCodec, { uid: subject, name }),
    },
  ]
}
