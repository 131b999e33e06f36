import { DoorError, type ErrorCode } from "../door/errors.ts"
import { limit } from "./limit.ts"

const TIMEOUT_MS = 20_000

export interface Upstream {
  /** As people know it: "collector". */
  name: string
  url: string
  token: string
  away: ErrorCode
}

interface Call {
  method: string
  path: string
  body?: unknown
  actor?: string
  signal: AbortSignal
  /** A stream has no deadline of its own. */
  stream?: boolean
}

/** Sends a call with the upstream's token. Throws DoorError when nobody answers; an error answer is returned as it is. */
export async function callUpstream({ name, url, token, away }: Upstream, call: Call): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` }
  if (call.body !== undefined) headers["content-type"] = "application/json"
  if (call.actor !== undefined) headers["x-ossagent-actor"] = call.actor
  const signal = call.stream ? call.signal : limit(call.signal, TIMEOUT_MS)
  try {
    return await fetch(`${url}${call.path}`, {
      method: call.method,
      headers,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal,
      cache: "no-store",
    })
  } catch (cause) {
    throw new DoorError(away, `cannot reach the ${name}: ${toWhy(cause)}`, cause)
  }
}

/** The upstream's answer for the browser: status and JSON body. A refused token is our fault, not the user's. */
export async function toAnswer({ name, away }: Upstream, answer: Response): Promise<Response> {
  if (answer.status === 401 || answer.status === 403) {
    throw new DoorError(away, `cannot ask the ${name}: it refuses the dashboard's token`)
  }
  const headers: Record<string, string> = { "content-type": "application/json", "cache-control": "no-store" }
  const retryAfter = answer.headers.get("retry-after")
  if (retryAfter !== null) headers["retry-after"] = retryAfter
  return new Response(answer.body, { status: answer.status, headers })
}

function toWhy(cause: unknown): string {
  if (!(cause instanceof Error)) return "no answer"
  if (cause.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`
  const code = (cause.cause as { code?: string } | undefined)?.code
  return code === "ECONNREFUSED" ? "it is not running there" : (code ?? cause.message)
}
