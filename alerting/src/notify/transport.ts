import nodemailer, { type SendMailOptions } from "nodemailer"
import { MailError } from "./deliver.ts"

export interface Transport {
  /** Resolves when the server has taken the mail; throws MailError. */
  send: (mail: SendMailOptions) => Promise<void>
  stop: () => void
}

export interface TransportOptions {
  /** smtp:// or smtps://, with user and password where the server wants them. */
  url: string
  /** True for the server of this process, which has no TLS. */
  local: boolean
}

/** A small pool of SMTP connections. A mail whose connection broke is not repeated here: the outbox does that, with a record. */
export function createTransport({ url, local }: TransportOptions): Transport {
  const pool = nodemailer.createTransport({
    url,
    pool: true,
    maxConnections: 3,
    maxRequeues: 0,
    ignoreTLS: local,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  })
  return {
    send: async (mail) => {
      try {
        await pool.sendMail(mail)
      } catch (error) {
        throw toMailError(error as Error)
      }
    },
    stop: () => pool.close(),
  }
}

/** 5xx answers to the envelope or the message are final; wrong credentials and everything else may be put right by people. */
function toMailError(error: Error & { code?: string; responseCode?: number }): MailError {
  const refused = (error.responseCode ?? 0) >= 500 && (error.code === "EENVELOPE" || error.code === "EMESSAGE")
  return new MailError(`cannot send the mail: ${error.message}`, !refused, error)
}
