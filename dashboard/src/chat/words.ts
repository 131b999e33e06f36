import { CHAT_ERRORS, ChatError, type ClientState } from "@ossagent/im-client"

/** What people are told, where the protocol's own sentence is not for them. */
const WORDS: Readonly<Record<string, string>> = {
  wrong_app_key: "The chat service does not know this installation’s app key. Ask who runs it.",
  wrong_password: "There is no user of this name, or the password is another one.",
  name_taken: "Somebody has this name already. Choose another.",
  bad_ticket: "The log-in kept in this browser is no longer valid. Log in again.",
  expired_ticket: "You were away for long. Log in again.",
  revoked_ticket: "This browser was logged out from another device. Log in again.",
  not_friends: "They have not accepted you as a friend, or take no messages from you.",
  no_such_user: "Nobody has this name.",
  no_such_group: "There is no such group, or you are not in it.",
  too_many_members: "The group would have more members than it may.",
  no_such_message: "It is not there any more.",
  too_late: "More than two minutes have passed.",
  too_large: "The text is too long: 16,384 bytes are the most.",
  slow_down: "Too many requests. Wait a moment.",
  unavailable: "A part of the chat service is away for a moment. Try again.",
  offline: "There is no connection now. Try again when it is back.",
  timeout: "No answer came in time. Try again.",
  no_address: "The chat service does not answer.",
  repeated: "You asked the same too often. Wait a while.",
  traffic: "This page used more of the network than it may. Wait a while.",
  throttled: "This page asked for more than it may, or its version does. The service keeps it off for a while.",
  feature_off: "The service has switched this off for now.",
}

/** Why something was not done, in a sentence. */
export function toWords(error: unknown): string {
  if (!(error instanceof ChatError)) return `A fault of this page: ${error instanceof Error ? error.message : error}`
  if (error.code === "bad_request") return toSentence(error.message)
  return wordsOf(error.code) ?? toSentence(error.message)
}

/** Of a code; undefined for what is none. */
export function wordsOf(code: string): string | undefined {
  const known: Readonly<Record<string, readonly [boolean, string]>> = CHAT_ERRORS
  return WORDS[code] ?? known[code]?.[1]
}

/** A refused request of the service is a half sentence. */
function toSentence(text: string): string {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}

/** What the connection does, for people; null: all is well. `now`: Unix ms. */
export function stateWords(state: ClientState, now: number): string | null {
  if (state.is === "connecting") return "Connecting …"
  if (state.is !== "waiting") return null
  const inSec = Math.max(1, Math.ceil((state.until - now) / 1_000))
  const again = inSec < 120 ? `Trying again in ${inSec} s.` : `Trying again in ${Math.ceil(inSec / 60)} min.`
  if (state.why === "offline" || state.why === "unavailable" || state.why === "no_address")
    return `Offline. What you write is kept and sent later. ${again}`
  return `Offline: ${wordsOf(state.why) ?? `the service says “${state.why}”.`} ${again}`
}

const NAME = /^[A-Za-z0-9._-]{2,32}$/

/** Why this is no name and password to register with; null: it is. */
export function faultOf({ name, password, again }: { name: string; password: string; again: string }): string | null {
  if (!NAME.test(name)) return "A name has 2 to 32 letters, digits, - . or _ and nothing else."
  const length = [...password.normalize("NFKC")].length
  if (length < 8) return `The password is too short: ${length} of at least 8 characters.`
  if (length > 128) return `The password is too long: ${length} of at most 128 characters.`
  return password === again ? null : "The two passwords differ."
}
