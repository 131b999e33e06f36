import type { ErrorAnswer } from "@ossagent/wire"

/** An error table: code → HTTP status and what it means, in one sentence. `docs/errors.md` is written from it. */
export type ErrorTable = Readonly<Record<string, readonly [status: number, meaning: string]>>

/** Errors that every service can answer with. */
export const SHELL_ERRORS = {
  bad_request: [400, "The request does not have the stated form; the message says what and where."],
  unauthorized: [401, "No credential, or one that this service does not know."],
  forbidden: [403, "The credential is known but may not do this."],
  not_found: [404, "There is nothing at this address."],
  too_large: [413, "The body exceeds the limit that the message states."],
  too_many_requests: [429, "Come back after the seconds that Retry-After states."],
  internal: [500, "A fault of ours, logged with the request's id."],
  unavailable: [503, "Starting, stopping, or a dependency is away; try again."],
} as const satisfies ErrorTable

/** An error that a caller is told: `code` is a key of the service's table. Messages hold no secret. */
export class ServiceError extends Error {
  override readonly name = "ServiceError"
  readonly code: string
  readonly retryAfterSec: number | undefined
  /** Where in the request the fault is, as a path. */
  readonly where: string | undefined
  /** Further fields of the answer, for programs. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(
    code: string,
    message: string,
    more: { retryAfterSec?: number; where?: string; cause?: unknown; fields?: Record<string, unknown> } = {},
  ) {
    super(message, { cause: more.cause })
    this.code = code
    this.retryAfterSec = more.retryAfterSec
    this.where = more.where
    this.fields = more.fields ?? {}
  }
}

/** The answer to a failed request: a ServiceError as its table says, everything else as `internal`, without its text. */
export function toErrorAnswer(error: unknown, table: ErrorTable): { status: number; body: ErrorAnswer } {
  if (error instanceof ServiceError) {
    const { code, message, retryAfterSec, where, fields } = error
    const status = (table[code] ?? SHELL_ERRORS.internal)[0]
    return { status, body: { error: { code, message, retryAfterSec, where, ...fields } } }
  }
  const foreign = error as { statusCode?: number; code?: string; message?: string }
  if (foreign.statusCode === 413) return answer("too_large", "the body is larger than this address takes")
  if (foreign.statusCode !== undefined && foreign.statusCode >= 400 && foreign.statusCode < 500) {
    return answer("bad_request", foreign.message ?? "cannot read the request")
  }
  return answer("internal", "cannot answer: a fault of ours, logged with the request's id")
}

const answer = (code: keyof typeof SHELL_ERRORS, message: string): { status: number; body: ErrorAnswer } => ({
  status: SHELL_ERRORS[code][0],
  body: { error: { code, message } },
})
