/** Text as SMS carry it: the GSM 7-bit alphabet (3GPP TS 23.038) where that has all of it, else UCS-2; and parts, where one is not enough. */

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
/** Two septets each. */
const EXTENDED = "\f^{}\\[~]|€"

const basic = new Set(BASIC)
const extended = new Set(EXTENDED)

/** What typography has and the alphabet has not, said with what it has. */
const PLAIN: Record<string, string> = {
  ...{ "–": "-", "—": "-", "‑": "-", "…": "...", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'" },
  ...{ "\u00a0": " ", "\u202f": " ", "\u2009": " ", "×": "x", "≥": ">=", "≤": "<=", "≠": "!=", "→": "->", "\t": " " },
}

export type Coding = "gsm7" | "ucs2"

/** Typography made plain where that lets the text go as GSM-7; else as it is. */
export function toSmsText(text: string): string {
  const plain = [...text].map((character) => PLAIN[character] ?? character).join("")
  return isGsm(plain) ? plain : text
}

const isGsm = (text: string): boolean => [...text].every((character) => basic.has(character) || extended.has(character))

export const codingOf = (text: string): Coding => (isGsm(text) ? "gsm7" : "ucs2")

const LIMITS = { gsm7: { one: 160, part: 153 }, ucs2: { one: 70, part: 67 } } as const

/** Septets or UTF-16 units. */
export function lengthOf(text: string, coding: Coding): number {
  if (coding === "ucs2") return text.length
  let septets = 0
  for (const character of text) septets += extended.has(character) ? 2 : 1
  return septets
}

/** Room of so many parts. */
export const roomOf = (coding: Coding, parts: number): number =>
  parts === 1 ? LIMITS[coding].one : LIMITS[coding].part * parts

/**
 * The text in parts, each short enough with its header; a character is never split.
 *
 * @returns at most 255, the most that a header can count
 */
export function splitParts(text: string): string[] {
  const coding = codingOf(text)
  const { one, part } = LIMITS[coding]
  if (lengthOf(text, coding) <= one) return [text]
  const parts: string[] = []
  let current = ""
  let used = 0
  for (const character of text) {
    const length = lengthOf(character, coding)
    if (used + length > part) {
      parts.push(current)
      current = ""
      used = 0
    }
    current += character
    used += length
  }
  return [...parts, current].slice(0, 255)
}

/** The header of a part of a long message: 8-bit reference, 3GPP TS 23.040 §9.2.3.24.1. */
export const toUdh = (reference: number, parts: number, part: number): Buffer =>
  Buffer.from([5, 0, 3, reference & 0xff, parts, part])
