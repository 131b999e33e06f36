/** E-mail over SMTP. */
import { connect, type Socket } from "node:net"
import nodemailer, { type SendMailOptions, type Transporter } from "nodemailer"
import { type Channel, ChannelError, toAborted } from "./channel.ts"

export interface EmailOptions {
  /** smtp:// or smtps://, with user and password where the server wants them. */
  url: string
  /** True for the server of this process, which has no TLS. */
  local: boolean
}

/** A connection to the mail server, and the means to cut it: a mail that was given up must not go out behind our back. */
interface Lane {
  send: (mail: SendMailOptions) => Promise<unknown>
  cut: () => void
}

const WHAT = "send the mail"
const MOST_IDLE = 4

/** Keeps up to 4 idle connections. A mail whose connection broke is not repeated here: the outbox does that, with a record. */
export function createEmail(options: EmailOptions): Channel {
  const lanes = new Set<Lane>()
  const idle: Lane[] = []
  return {
    kind: "email",
    receipts: false,
    send: async ({ mail }, signal) => {
      if (mail === null) throw new ChannelError(`cannot ${WHAT}: it was not written`, { retry: false })
      const lane = idle.pop() ?? openLane(options)
      lanes.add(lane)
      try {
        await sendWithin(lane, mail, signal)
      } catch (error) {
        lane.cut()
        lanes.delete(lane)
        throw error
      }
      if (idle.length < MOST_IDLE) idle.push(lane)
      else {
        lane.cut()
        lanes.delete(lane)
      }
      return { delivered: false }
    },
    stop: async () => {
      for (const lane of lanes) lane.cut()
    },
  }
}

function sendWithin(lane: Lane, mail: SendMailOptions, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(toAborted(signal, WHAT))
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener("abort", onAbort, { once: true })
    lane
      .send(mail)
      .then(
        () => resolve(),
        (error: Error) => reject(toMailError(error)),
      )
      .finally(() => signal.removeEventListener("abort", onAbort))
  })
}

interface Place {
  host?: string | undefined
  port?: number | string | undefined
}
type GiveSocket = (error: Error | null, given?: { connection: Socket }) => void

function openLane({ url, local }: EmailOptions): Lane {
  let socket: Socket | null = null
  const options = {
    pool: true as const,
    maxConnections: 1,
    maxRequeues: 0,
    ignoreTLS: local,
    greetingTimeout: 10_000,
    socketTimeout: 60_000, // a lane may be idle; the limit of a mail is the caller's
    getSocket: ({ host = "localhost", port }: Place, give: GiveSocket) => {
      const opened = connect({ host, port: Number(port) })
      socket = opened
      opened.once("error", give)
      opened.once("connect", () => {
        opened.removeListener("error", give)
        give(null, { connection: opened })
      })
    },
  }
  const transport: Transporter = nodemailer.createTransport({ ...options, url: withPort(url) })
  return {
    send: (mail) => transport.sendMail(mail),
    cut: () => {
      socket?.destroy()
      transport.close()
    },
  }
}

/** Nodemailer hands a socket's maker only what the URL states. */
function withPort(given: string): string {
  const url = new URL(given)
  if (url.port === "") url.port = url.protocol === "smtps:" ? "465" : "587"
  return url.href
}

/** 5xx answers to the envelope or the message are final; wrong credentials and everything else may be put right by people. */
function toMailError(error: Error & { code?: string; responseCode?: number; command?: string }): ChannelError {
  const aboutMail = error.code === "EENVELOPE" || error.code === "EMESSAGE"
  const refused = (error.responseCode ?? 0) >= 500 && aboutMail
  const away = !aboutMail
  return new ChannelError(`cannot ${WHAT}: ${error.message}`, { retry: !refused, away, cause: error })
}
