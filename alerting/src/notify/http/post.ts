/** One POST to an address that users typed: no private addresses, no redirects, no long answers, and no secret in what is said about it. */
import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { ChannelError, toAborted } from "../channel/channel.ts"
import { lookupPublic, tryHost } from "./address.ts"

export interface PostOptions {
  url: string
  headers: Record<string, string>
  body: string
  /** Loopback, private and metadata addresses are allowed. */
  allowPrivate: boolean
  signal: AbortSignal
  /** "send to hooks.example.com", for errors. */
  what: string
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

const MOST_ANSWER_BYTES = 64 * 1_024
const USER_AGENT = "OssAgent-Alerting"

/** Answers with any status. Throws ChannelError when there is no answer. */
export function post({ url, headers, body, allowPrivate, signal, what }: PostOptions): Promise<Answer> {
  const { protocol, hostname } = new URL(url)
  const refused = allowPrivate ? null : tryHost(hostname)
  if (refused !== null) throw toPrivateError(what, refused)
  const request = protocol === "https:" ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }): void => {
      if (signal.aborted) reject(toAborted(signal, what))
      else if (error.code === "EPRIVATE") reject(toPrivateError(what, error.message))
      else reject(new ChannelError(`cannot ${what}: ${error.message}`, { retry: true, away: true, cause: error }))
    }
    const sent = request(
      url,
      {
        method: "POST",
        headers: { "user-agent": USER_AGENT, ...headers, "content-length": String(Buffer.byteLength(body)) },
        signal,
        agent: false,
        ...(allowPrivate ? {} : { lookup: lookupPublic }),
      },
      (response) => {
        const chunks: Buffer[] = []
        let bytes = 0
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes <= MOST_ANSWER_BYTES) chunks.push(chunk)
          else response.destroy(new Error("the answer is too long"))
        })
        response.on("error", fail)
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8")
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      },
    )
    sent.on("error", fail)
    sent.end(body)
  })
}

const toPrivateError = (what: string, why: string): ChannelError =>
  new ChannelError(`cannot ${what}: ${why}; OSSAGENT_WEBHOOK_ALLOW_PRIVATE=true allows those`, { retry: false })

/**
 * What a status means for a message: 2xx is taken, 429 and 503 with their `Retry-After`, other 4xx are final but for those that time
 * heals, everything else may be tried again.
 */
export function refuseStatus({ status, headers, text }: Answer, what: string): void {
  if (status >= 200 && status < 300) return
  const said = text.replace(/\s+/g, " ").trim().slice(0, 200)
  const why = `cannot ${what}: it answered ${status}${said ? `: ${said}` : ""}`
  if (status === 429 || status === 503) {
    const retryAfterMs = toWaitMs(headers["retry-after"]) ?? (status === 429 ? 1_000 : undefined)
    throw new ChannelError(why, {
      retry: true,
      away: status === 503,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
  }
  if (status >= 500 || status === 408 || status === 425) throw new ChannelError(why, { retry: true, away: true })
  throw new ChannelError(why, { retry: false })
}

const MOST_WAIT_MS = 3_600_000

/** Seconds or a date, RFC 9110 §10.2.3. */
function toWaitMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== "string") return undefined
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.min(MOST_WAIT_MS, Math.max(0, ms))
}
