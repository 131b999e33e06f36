import { Kind, type Message, type Outgoing } from "@ossagent/im-client"
import { formatDay, type Zone } from "../time/clock.ts"

/** What a conversation shows, from the top. */
export type Line =
  | { is: "day"; key: string; text: string }
  | { is: "unread"; key: string }
  | { is: "notice"; key: string; text: string; at: number }
  | ({ is: "said"; key: string } & Said)

export interface Said {
  from: number
  mine: boolean
  text: string
  at: number
  recalled: boolean
  /** First and last of what one person said in a row. */
  first: boolean
  last: boolean
  /** `sending` and `failed` are not at the service. */
  state: "came" | "sent" | "sending" | "failed"
  /** Code of the refusal. */
  why: string
  clientId: number
  /** It is to be taken back: on its way, or (`failed`) refused; `by`: client id of that. */
  recall: { state: "sending" | "failed"; by: number; why: string } | null
}

interface Given {
  /** Oldest first. */
  messages: readonly Message[]
  /** Of this chat, in the order of their writing. */
  outgoing: readonly Outgoing[]
  zone: Zone
  now: number
  /** The first message of others above this number has a mark before it; null: none has. */
  unreadAfter: number | null
}

/** One who goes on talking within so long talks in one run. */
const RUN_MS = 300_000

export function toLines({ messages, outgoing, zone, now, unreadAfter }: Given): Line[] {
  const here = new Set(messages.filter(({ mine }) => mine).map(({ clientId }) => clientId))
  const recalls = new Map(outgoing.filter(({ recalls }) => recalls !== 0).map((one) => [one.recalls, one]))
  const waiting = outgoing.filter(({ recalls, clientId }) => recalls === 0 && !here.has(clientId))
  const lines: Line[] = []
  let day = ""
  let marked = unreadAfter === null
  const put = (line: Line, at: number, first = false): void => {
    const text = formatDay(at, now, zone)
    if (text !== day) lines.push({ is: "day", key: `d${line.key}`, text })
    day = text
    if (first) lines.push({ is: "unread", key: "unread" })
    lines.push(line)
  }
  for (const message of messages) {
    const first = !marked && !message.mine && message.seq > (unreadAfter ?? 0)
    marked ||= first
    const key = message.mine && message.clientId > 0 ? `c${message.clientId}` : `s${message.seq}`
    if (message.kind === Kind.notice) put({ is: "notice", key, text: message.text, at: message.at }, message.at, first)
    else put({ is: "said", key, ...toSaid(message, recalls.get(message.clientId)) }, message.at, first)
  }
  for (const one of waiting) put({ is: "said", key: `c${one.clientId}`, ...toWaiting(one) }, one.queuedAt)
  return withRuns(lines)
}

function toSaid(message: Message, recall: Outgoing | undefined): Said {
  const { from, mine, text, at, recalled, clientId } = message
  return {
    ...{ from, mine, text, at, recalled, clientId, first: true, last: true, why: "" },
    state: mine ? "sent" : "came",
    recall:
      mine && recall !== undefined && !recalled
        ? { state: recall.failed === "" ? "sending" : "failed", by: recall.clientId, why: recall.failed }
        : null,
  }
}

function toWaiting({ text, queuedAt, failed, clientId }: Outgoing): Said {
  return {
    ...{ from: 0, mine: true, text, at: queuedAt, recalled: false, first: true, last: true, clientId, recall: null },
    ...{ state: failed === "" ? "sending" : "failed", why: failed },
  }
}

function withRuns(lines: Line[]): Line[] {
  const goesOn = (a: Line | undefined, b: Line | undefined): boolean =>
    a?.is === "said" && b?.is === "said" && a.mine === b.mine && (a.mine || a.from === b.from) && b.at - a.at < RUN_MS
  return lines.map((line, i) =>
    line.is === "said" ? { ...line, first: !goesOn(lines[i - 1], line), last: !goesOn(line, lines[i + 1]) } : line,
  )
}
