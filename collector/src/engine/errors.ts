/** What the door itself refuses: ClickHouse's name → its code, the HTTP status, what it means here. */
export const ENGINE_ERRORS = {
  UNSUPPORTED_METHOD: [1, 405, "The HTTP method is neither GET nor POST."],
  NOT_IMPLEMENTED: [
    48,
    501,
    "A feature of a ClickHouse server that the embedded engine does not have, such as HTTP sessions.",
  ],
  SYNTAX_ERROR: [62, 400, "The request holds no statement, more than one, or one that is not closed."],
  TOO_MANY_SIMULTANEOUS_QUERIES: [202, 503, "All query slots are taken and the queue is full or too slow; try again."],
  QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING: [216, 409, "A query with this query_id is running."],
  QUERY_IS_TOO_LARGE: [229, 413, "The statement or the body exceeds the limit that the message states."],
  NOT_ENOUGH_SPACE: [243, 507, "The disk, or the space for bodies under way, is nearly full; try again later."],
  CANNOT_DECOMPRESS: [271, 400, "The body is not what its Content-Encoding says."],
  QUERY_WAS_CANCELLED: [394, 503, "The engine is stopping, or the client has gone."],
  ACCESS_DENIED: [
    497,
    403,
    "The statement could read or write files of this machine, or change state beyond its request.",
  ],
  AUTHENTICATION_FAILED: [516, 403, "User or password is wrong or missing."],
  STD_EXCEPTION: [1001, 500, "A fault of the engine's own, logged with the query's id."],
} as const satisfies Record<string, readonly [code: number, status: number, meaning: string]>

export type EngineErrorType = keyof typeof ENGINE_ERRORS

/** An error in the form that ClickHouse's clients parse; `type` is ClickHouse's name for `code`. */
export class EngineError extends Error {
  override readonly name = "EngineError"
  readonly code: number
  readonly type: string
  readonly status: number

  constructor(type: string, message: string, more: { code?: number; status?: number; cause?: unknown } = {}) {
    super(message, { cause: more.cause })
    const known = ENGINE_ERRORS[type as EngineErrorType]
    this.type = type
    this.code = more.code ?? known?.[0] ?? ENGINE_ERRORS.STD_EXCEPTION[0]
    this.status = more.status ?? known?.[1] ?? 500
  }

  /** The body of an HTTP answer, as a ClickHouse server words it. */
  toBody(): string {
    return `Code: ${this.code}. DB::Exception: ${this.message} (${this.type})\n`
  }
}

/** The HTTP status of engine errors, as far as it is not 500; after ClickHouse's exceptionCodeToHTTPStatus. */
const STATUS_OF_CODE: Record<number, number> = {
  ...Object.fromEntries(
    [6, 26, 27, 36, 38, 41, 42, 43, 44, 47, 53, 62, 72, 117, 130, 131, 386].map((code) => [code, 400]),
  ),
  ...Object.fromEntries([46, 60, 81, 115, 137, 277].map((code) => [code, 404])),
  48: 501,
  159: 408,
  497: 403,
}

/** `Code: 62. DB::Exception: text (SYNTAX_ERROR)`, nested once or more where the engine wrapped it. */
const WORDING = /^(?:Code: (?<code>\d+)\. DB::Exception: )+(?<text>.*?)\.? \((?<type>[A-Z0-9_]{3,})\)/s

/** Translates whatever the engine threw; an EngineError passes as it is. */
export function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error
  const message = error instanceof Error ? error.message : String(error)
  const { code, text, type } = WORDING.exec(message)?.groups ?? {}
  if (!code || !text || !type) return new EngineError("STD_EXCEPTION", message, { cause: error })
  const number = Number(code)
  return new EngineError(type, text, { code: number, status: STATUS_OF_CODE[number] ?? 500, cause: error })
}
