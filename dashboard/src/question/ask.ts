import type { ErrorAnswer, Reports } from "@ossagent/wire"
import { createTurns } from "./turns.ts"

/** An answer that says no, in words for people. */
export class AskError extends Error {
  override readonly name = "AskError"
  readonly status: number
  readonly code: string
  /** Path of what is wrong, such as `body.name`; empty when it is not about one place. */
  readonly where: string

  constructor(status: number, code: string, message: string, where = "") {
    super(message)
    this.status = status
    this.code = code
    this.where = where
  }
}

/** A browser has six connections to a host: the live stream holds one, and what else a page wants must not wait behind its charts. */
const takeTurn = createTurns(3)

/** Asks the collector, through the dashboard's server; lines over time a few at once. Throws AskError. */
export async function ask<K extends keyof Reports>(
  name: K,
  question: Reports[K]["question"],
): Promise<Reports[K]["answer"]> {
  const send = () => call<Reports[K]["answer"]>(`/api/report/${name}`, { method: "POST", body: question })
  return name === "range" ? takeTurn(send) : send()
}

/** Any call to the dashboard's server, JSON in and out. Throws AskError; a session that has ended leads to the log-in page. */
export async function call<T>(
  path: string,
  { method = "GET", body }: { method?: string; body?: unknown } = {},
): Promise<T> {
  const answer = await send(path, method, body)
  const told = (await answer.json().catch(() => null)) as (T & Partial<ErrorAnswer>) | null
  if (answer.status === 401) leaveForLogin()
  if (answer.ok && told !== null) return told
  const { code = "internal", message = `the server answered ${answer.status}`, where } = told?.error ?? {}
  throw new AskError(answer.status, code, message, where)
}

async function send(path: string, method: string, body: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch {
    throw new AskError(0, "unreachable", "the dashboard does not answer: is it running, and is the network up?")
  }
}

export function leaveForLogin(): void {
  const { pathname, search } = window.location
  if (pathname === "/login") return
  window.location.assign(`/login?next=${encodeURIComponent(pathname + search)}`)
}
