/** Errors of the call itself: code → whether the caller may try again, and what it means. A service's own stand in its description. */
export const RPC_ERRORS = {
  bad_request: [false, "The request cannot be written, or its bytes cannot be read; the message says where."],
  too_large: [false, "The request or the reply exceeds the limit of a frame."],
  unknown_method: [false, "The service has no method of this number: it is older than its caller."],
  unknown_service: [false, "No such service answers at this address."],
  unauthorized: [false, "The two sides do not share a secret."],
  overloaded: [
    true,
    "The service has more to do than it can: the call did not run. Tried again at another target only.",
  ],
  draining: [true, "The service is about to stop: the call did not run."],
  expired: [false, "The deadline passed before the reply came."],
  cancelled: [false, "The caller took the call back."],
  connection_lost: [
    false,
    "The connection ended before the reply came: the call may have run or not. Tried again where that does no harm.",
  ],
  interrupted: [
    false,
    "The version of logic that ran it was put out: it may have run or not. What may run twice was answered by another version.",
  ],
  unavailable: [false, "No target could be reached before the deadline."],
  busy: [false, "This client has more calls waiting than it keeps."],
  bad_frame: [false, "The other side sent bytes that are no frame; the connection was closed."],
  bad_reply: [false, "The reply's bytes cannot be read; the message says where."],
  stopped: [false, "This client was stopped."],
  internal: [false, "A fault of the service, which its log tells of."],
} as const satisfies Readonly<Record<string, readonly [retry: boolean, meaning: string]>>

/** Why a call failed. `code` is of `RPC_ERRORS` or of the service's own table. */
export class RpcError extends Error {
  override readonly name = "RpcError"
  readonly code: string
  /** The call did not run, or running it twice does no harm: the same call may be made again. */
  readonly retry: boolean
  /** Not before so many ms. */
  readonly retryAfterMs: number

  constructor(code: string, message: string, more: { retry?: boolean; retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.retry = more.retry ?? (RPC_ERRORS as Readonly<Record<string, readonly [boolean, string]>>)[code]?.[0] ?? false
    this.retryAfterMs = more.retryAfterMs ?? 0
  }
}

/** The answer of a method whose `need` is optional: what came, or why nothing did. */
export type Outcome<R> = { ok: true; reply: R } | { ok: false; why: RpcError }
