/**
 * A way out. One file a kind, all behind this interface and one contract suite: an outbox row, composed, comes in; what the other side
 * said about it goes out. `open.ts` opens those that are configured, `../deliver.ts` calls them.
 */
import type { ChannelKind, Language, MessageKind, Severity } from "@ossagent/wire"
import type { SendMailOptions } from "nodemailer"
import type { WebhookBody } from "./webhook-body.ts"

/** One message, composed. Everything in it that comes from metrics is text: each channel escapes as its form wants it. */
export interface Outgoing {
  /** The same for every try of the same row: goes along so that the receiver's side can tell a repeat. */
  key: string
  kind: MessageKind
  severity: Severity
  language: Language
  /** Address of a person, or empty for what the channel itself is set to. */
  to: string
  incidentId: string | null
  subject: string
  text: string
  /** The page in the dashboard. */
  link: string
  /** Of e-mail only. */
  mail: SendMailOptions | null
  /** Of a webhook only. */
  body: WebhookBody | null
}

export interface Taken {
  /** By which a receipt names it later. */
  providerId?: string
  /** The receiver's side has it; false: taken on its way. */
  delivered: boolean
}

export interface Channel {
  kind: ChannelKind
  /** It is told later whether a message arrived: until then `sent` is no answer. */
  receipts: boolean
  /** Throws ChannelError; also when `signal` ends it, and then nothing of it goes on. */
  send: (message: Outgoing, signal: AbortSignal) => Promise<Taken>
  /** Null, or why nothing gets out now. */
  trouble?: () => string | null
  stop: () => Promise<void>
}

export interface ChannelFault {
  /** False: the same message would be refused again. */
  retry: boolean
  /** As the other side asked. */
  retryAfterMs?: number
  /** The whole channel cannot be used now, whatever the message: the next channel goes at once. */
  away?: boolean
  cause?: unknown
}

/** Why a message did not get out, in words for people; never with a secret in it. */
export class ChannelError extends Error {
  override readonly name = "ChannelError"
  readonly retry: boolean
  readonly retryAfterMs: number | null
  readonly away: boolean
  constructor(why: string, { retry, retryAfterMs, away = false, cause }: ChannelFault) {
    super(why, { cause })
    this.retry = retry
    this.retryAfterMs = retryAfterMs ?? null
    this.away = away
  }
}

/** What a fault means for people, whatever it was. */
export function toChannelError(error: unknown, what: string): ChannelError {
  if (error instanceof ChannelError) return error
  const { message } = error as Error
  return new ChannelError(`cannot ${what}: ${message}`, { retry: true, away: true, cause: error })
}

/** The fault of a message that was cut short by its time limit or by the end of the process. */
export const toAborted = (signal: AbortSignal, what: string): ChannelError =>
  new ChannelError(`cannot ${what}: ${(signal.reason as Error).message}`, { retry: true, away: true })
