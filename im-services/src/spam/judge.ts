import { createHash } from "node:crypto"
import { BoundedMap } from "../bounded-map.ts"

/** What is kept: texts of late with how many chats they went to, and what each sender did of late. Some 30 MB when both are full. */
const MOST_TEXTS = 50_000
const MOST_SENDERS = 50_000
const WINDOW_MS = 60_000
/** Of the chats that a text went to; more do not change the judgement. */
const MOST_CHATS = 11
const SHORT_TEXT = 12
const SHORT_KEY = 80

/** From here on it is bad, within a minute. */
export const LIMITS = { chatsOfOneText: 10, links: 20, messages: 120, linksInOne: 8 } as const

export type Judgement = { bad: false; why: "" } | { bad: true; why: "same_text" | "many_links" | "too_fast" }

interface Sender {
  windowFrom: number
  messages: number
  links: number
}

interface Text {
  windowFrom: number
  /** The chat that it went to first; nearly every text goes to one alone. */
  chat: number
  others: Set<number> | null
}

/**
 * Judges by what came within a minute: one sender's text to many chats, links in numbers, more messages than a person writes. What is
 * forgotten, for there are too many senders or texts, counts as new.
 */
export function createJudge() {
  const senders = new BoundedMap<number, Sender>(MOST_SENDERS)
  const texts = new BoundedMap<string, Text>(MOST_TEXTS)

  const senderOf = (uid: number, now: number): Sender => {
    const known = senders.get(uid)
    const sender = known !== undefined && isWithin(known, now) ? known : { windowFrom: now, messages: 0, links: 0 }
    senders.set(uid, sender)
    return sender
  }
  /** Chats that this text of this sender went to; short ones, as people send many times a day, are not looked at. */
  const spread = (uid: number, chat: number, text: string, now: number): number => {
    const plain = normalise(text)
    if (plain.length < SHORT_TEXT) return 0
    const key = keyOf(`${uid} ${plain}`)
    const known = texts.get(key)
    const one: Text = known !== undefined && isWithin(known, now) ? known : { windowFrom: now, chat, others: null }
    texts.set(key, one)
    if (chat !== one.chat) {
      one.others ??= new Set()
      if (one.others.size < MOST_CHATS - 1) one.others.add(chat)
    }
    return 1 + (one.others?.size ?? 0)
  }

  return (uid: number, chat: number, text: string, now: number): Judgement => {
    const sender = senderOf(uid, now)
    const links = countLinks(text)
    sender.messages++
    sender.links += links
    if (spread(uid, chat, text, now) > LIMITS.chatsOfOneText) return { bad: true, why: "same_text" }
    if (links > LIMITS.linksInOne || sender.links > LIMITS.links) return { bad: true, why: "many_links" }
    if (sender.messages > LIMITS.messages) return { bad: true, why: "too_fast" }
    return { bad: false, why: "" }
  }
}

/** Of bounded length; a short text stands for itself, which costs a tenth of a hash. */
const keyOf = (text: string): string =>
  text.length <= SHORT_KEY ? text : createHash("sha1").update(text).digest("base64")

const isWithin = ({ windowFrom }: { windowFrom: number }, now: number): boolean =>
  now >= windowFrom && now - windowFrom < WINDOW_MS

/** Without case, spaces and digits, which are what senders vary. */
const normalise = (text: string): string => text.toLowerCase().replace(/[\s\d]+/g, "")

const countLinks = (text: string): number =>
  text.includes("/") || text.includes(".") ? (text.match(/https?:\/\/|www\./gi)?.length ?? 0) : 0
