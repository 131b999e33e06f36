import { ChatError, CLIENT_ERRORS } from "../error.ts"
import { CHAT_ERRORS, ContactState } from "../protocol/index.ts"
import { toPlain } from "./plain.ts"

const MEANINGS: Readonly<Record<string, readonly [boolean, string]>> = { ...CHAT_ERRORS, ...CLIENT_ERRORS }

/** What a code means, in a sentence. */
export const meaningOf = (code: string): string => MEANINGS[code]?.[1] ?? toPlain(code)

/** Why something was not done. */
export function toReason(error: unknown): string {
  if (!(error instanceof ChatError)) return error instanceof Error ? error.message : String(error)
  return error.code === "bad_request" ? toPlain(error.message) : meaningOf(error.code)
}

const STATES: Readonly<Record<number, string>> = {
  [ContactState.asked]: "asked, no answer yet",
  [ContactState.asking]: "wants to be your friend",
  [ContactState.friend]: "friend",
  [ContactState.blocked]: "blocked",
}

export const stateOf = ({ state }: { state: number }): string => STATES[state] ?? "no friend"

/** `09:41`, with the day where it is another one. */
export function formatTime(at: number, now: number): string {
  const [date, today] = [new Date(at), new Date(now)]
  const time = date.toTimeString().slice(0, 5)
  if (date.toDateString() === today.toDateString()) return time
  const pad = (part: number): string => String(part).padStart(2, "0")
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${time}`
}
