import { cutWords } from "../text/cut.ts"
import { codingOf, lengthOf, roomOf, toSmsText } from "./gsm.ts"

/** With less room than this a single part says too little, and a second one is worth its price. */
const LEAST_ROOM = { gsm7: 70, ucs2: 24 } as const

/**
 * A text that fits as few parts as it is well said in: what stands before the link is cut at words, the link stays whole and last.
 *
 * @param link the text's end, where it has one
 * @param maxParts what it costs at most
 */
export function fitSms(text: string, link: string, maxParts: number): string {
  const whole = toSmsText(text.replace(/\s+/g, " ").trim())
  const tail = link !== "" && whole.endsWith(link) ? link : ""
  const head = whole.slice(0, whole.length - tail.length).trim()
  const coding = codingOf(whole)
  const measure = (some: string): number => lengthOf(coding === "gsm7" ? some.replace("…", "...") : some, coding)
  if (measure(whole) <= roomOf(coding, 1)) return whole
  for (let parts = 1; parts <= maxParts; parts++) {
    // a character of two units may not fit a part's end
    const room = roomOf(coding, parts) - (parts - 1) - (tail === "" ? 0 : measure(tail) + 1)
    if (room < LEAST_ROOM[coding] && parts < maxParts) continue
    if (room <= 0) return cutWords(head, roomOf(coding, parts), measure).replace("…", coding === "gsm7" ? "..." : "…")
    const cut = cutWords(head, room, measure)
    const said = coding === "gsm7" ? cut.replace("…", "...") : cut
    return tail === "" ? said : `${said} ${tail}`
  }
  return whole
}

/** "+86138****8000": enough to tell two people apart. */
export const maskNumber = (number: string): string =>
  number.length < 8 ? "****" : `${number.slice(0, -8)}****${number.slice(-4)}`
