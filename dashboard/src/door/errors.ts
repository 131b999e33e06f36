import type { ErrorAnswer } from "@ossagent/wire"

/** Code → HTTP status and what it means, in one sentence. */
const ERRORS = {
  bad_request: [400, "The request does not have the stated form; the message says what and where."],
  unauthorized: [401, "Nobody is logged in, or the session has ended."],
  forbidden: [403, "The role does not allow this, or the request comes from another site."],
  not_found: [404, "There is nothing at this address."],
  too_large: [413, "The body is larger than this address takes."],
  too_many_requests: [429, "Come back later."],
  internal: [500, "A fault of ours, in the log."],
  collector_away: [502, "The collector does not answer."],
  alerting_away: [502, "The alerting service does not answer."],
  guard_away: [502, "Guard does not answer."],
  guard_unset: [404, "This installation's dashboard knows of no guard."],
} as const satisfies Record<string, readonly [status: number, meaning: string]>

export type ErrorCode = keyof typeof ERRORS

/** An error that the browser is told. Messages hold no secret. */
export class DoorError extends Error {
  override readonly name = "DoorError"
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** The answer to a failed request; what is not a DoorError is `internal`, without its text. */
export function toErrorResponse(error: unknown): Response {
  const known = error instanceof DoorError ? error : null
  const code = known?.code ?? "internal"
  const message = known?.message ?? "cannot answer: a fault of the dashboard, see its log"
  return Response.json({ error: { code, message } } satisfies ErrorAnswer, { status: ERRORS[code][0] })
}
