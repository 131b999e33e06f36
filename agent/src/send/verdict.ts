import type { ErrorAnswer, FrameReply } from "@ossagent/wire"
import type { Reply } from "./post.ts"

/** What a reply means for the frame that was sent. */
export type Verdict =
  | { do: "done"; reply: FrameReply | null }
  | { do: "name again"; why: string }
  | { do: "correct clock"; now: number; why: string }
  | { do: "drop"; why: string }
  | { do: "wait"; why: string; waitMs: number | null }

/** Pure: 2xx is stored, 409 wants the names, 422 says the clock is wrong, 400 and 413 will never be taken, all else is tried again. */
export function judge(reply: Reply): Verdict {
  const { status } = reply
  if (status >= 200 && status < 300) return { do: "done", reply: isReply(reply.body) ? reply.body : null }
  const why = `${status} ${messageOf(reply.body)}`
  const code = (reply.body as Partial<ErrorAnswer> | null)?.error?.code
  if (status === 409 && code === "unknown_series") return { do: "name again", why }
  if (status === 422 && code === "clock_ahead") {
    const now = (reply.body as { error: { now?: unknown } }).error.now
    return typeof now === "number" ? { do: "correct clock", now, why } : { do: "drop", why }
  }
  if (status === 400 || status === 413 || status === 422) return { do: "drop", why }
  return { do: "wait", why, waitMs: reply.retryAfterSec === null ? null : Math.min(reply.retryAfterSec, 300) * 1000 }
}

const isReply = (body: unknown): body is FrameReply =>
  typeof body === "object" && body !== null && typeof (body as FrameReply).now === "number"

const messageOf = (body: unknown): string =>
  String((body as Partial<ErrorAnswer> | null)?.error?.message ?? "no reason given").slice(0, 300)

/** Exponential with full jitter, from half a second to half a minute. `random` in 0–1. */
export function backOffMs(failures: number, random: number): number {
  return 100 + random * Math.min(30_000, 500 * 2 ** Math.min(failures, 10))
}
