import { type ChatClient, type ChatSummary, ContactState, isGroup, type Outgoing } from "@ossagent/im-client"

/** A line of the list of conversations. */
export interface Row {
  chat: number
  name: string
  /** What was said last; empty where nothing was. */
  preview: string
  /** Unix ms; 0 where nothing was said. */
  at: number
  unread: number
  /** Something waits to go out, or was refused. */
  state: "quiet" | "sending" | "failed"
}

type Known = Pick<ChatClient, "chats" | "contacts" | "groups" | "outgoing" | "nameOf"> & {
  account: { uid: number } | null
}

/** All conversations there are, and friends and groups with whom nothing was said yet: the newest first, then by name. */
export function toRows(client: Known): Row[] {
  const summaries = new Map(client.chats().map((one) => [one.chat, one]))
  const outgoing = new Map<number, Outgoing[]>()
  for (const one of client.outgoing()) outgoing.set(one.chat, [...(outgoing.get(one.chat) ?? []), one])
  const chats = new Set<number>([...outgoing.keys()])
  for (const { chat, lastSeq, lastAt } of summaries.values()) if (lastSeq > 0 || lastAt > 0) chats.add(chat)
  for (const { uid, state } of client.contacts()) if (state === ContactState.friend) chats.add(uid)
  for (const { gid } of client.groups()) chats.add(gid)
  return [...chats]
    .map((chat) => toRow(client, { chat, summary: summaries.get(chat), waiting: outgoing.get(chat) ?? [] }))
    .sort((a, b) => b.at - a.at || a.name.localeCompare(b.name))
}

interface Parts {
  chat: number
  summary: ChatSummary | undefined
  waiting: readonly Outgoing[]
}

function toRow(client: Known, { chat, summary, waiting }: Parts): Row {
  const newest = waiting.filter(({ recalls }) => recalls === 0).at(-1)
  const failed = waiting.some((one) => one.failed !== "")
  return {
    chat,
    name: client.nameOf(chat),
    preview: newest === undefined ? previewOf(client, summary) : `You: ${newest.text}`,
    at: Math.max(summary?.lastAt ?? 0, newest?.queuedAt ?? 0),
    unread: summary?.unread ?? 0,
    state: failed ? "failed" : waiting.length > 0 ? "sending" : "quiet",
  }
}

function previewOf(client: Known, summary: ChatSummary | undefined): string {
  if (summary === undefined || summary.lastAt === 0) return ""
  const { chat, lastFrom, lastText } = summary
  if (lastText === "") return "A message was taken back"
  if (lastFrom === client.account?.uid) return `You: ${lastText}`
  return isGroup(chat) && lastFrom !== chat ? `${client.nameOf(lastFrom)}: ${lastText}` : lastText
}

/** Messages that were not read, in all conversations. */
export const unreadIn = (rows: readonly Row[]): number => rows.reduce((sum, { unread }) => sum + unread, 0)
