import { CHAT_ERRORS } from "./protocol/index.ts"

/** What the client refuses or cannot do by itself, besides the codes of chat.xml. */
export const CLIENT_ERRORS = {
  offline: [true, "There is no connection now."],
  timeout: [true, "No answer came in time."],
  no_address: [true, "No address of the service is known, or none answers."],
  repeated: [true, "The same request was made too often within an hour."],
  traffic: [true, "More bytes went over the network than this client may use."],
  refused_command: [false, "A command was not obeyed: it was not the service's, or not for this device and time."],
  stopped: [false, "The client was stopped."],
} as const satisfies Readonly<Record<string, readonly [retry: boolean, meaning: string]>>

/** Why something was not done. `code` is of chat.xml's errors or of `CLIENT_ERRORS`. */
export class ChatError extends Error {
  override readonly name = "ChatError"
  readonly code: string
  /** The same may be tried again. */
  readonly retry: boolean
  readonly retryAfterMs: number

  constructor(code: string, message: string, retryAfterMs = 0) {
    super(message)
    this.code = code
    const known: Readonly<Record<string, readonly [boolean, string]>> = { ...CHAT_ERRORS, ...CLIENT_ERRORS }
    this.retry = known[code]?.[0] ?? false
    this.retryAfterMs = retryAfterMs
  }
}

/** Codes after which a ticket is of no use. */
export const TICKET_ENDED: ReadonlySet<string> = new Set(["bad_ticket", "expired_ticket", "revoked_ticket"])
