/** The other sides of the channels: real servers on loopback that do as a test says. For tests. */
import { createHmac } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo, Server as NetServer } from "node:net"
import smpp, { type PDU, type Session } from "smpp"
import { SMTPServer } from "smtp-server"
import type { Channel } from "./channel.ts"
import type { Mode, Peer } from "./contract.ts"

/** What a bot's or gateway's server says in each mode. */
export interface HttpForm {
  refuse: { status: number; body: unknown }
  throttle: { status: number; body: unknown; headers?: Record<string, string> }
  take: { status: number; body: unknown }
  /** The id by which a repeat is known. */
  idOf: (request: IncomingMessage, body: string) => string
  textOf: (body: string) => string
  /** Throws when a request is not as the form wants it. */
  check?: (request: IncomingMessage, body: string) => void
}

export async function startHttpPeer(form: HttpForm, open: (url: string) => Channel, secrets: string[]): Promise<Peer> {
  let mode: Mode = "take"
  const taken: Peer["taken"] = []
  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const now = mode
    if (now === "stall") return
    if (now === "throttle") mode = "take"
    let said: { status: number; body: unknown; headers?: Record<string, string> } = form[now]
    try {
      form.check?.(request, body)
      if (now === "take") taken.push({ id: form.idOf(request, body), text: form.textOf(body) })
    } catch (error) {
      said = { status: 418, body: { error: (error as Error).message } }
    }
    response.writeHead(said.status, { "content-type": "application/json", ...said.headers })
    response.end(JSON.stringify(said.body))
  }
  const make = (): Server =>
    createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => answer(request, response, Buffer.concat(chunks).toString()))
    })
  let server = make()
  const port = await listen(server, 0)
  const channel = open(`http://127.0.0.1:${port}`)
  return {
    channel,
    taken,
    secrets,
    behave: (next) => {
      mode = next
    },
    leave: () => closeHttp(server),
    comeBack: async () => {
      server = make()
      await listen(server, port)
    },
    stop: async () => {
      await channel.stop()
      await closeHttp(server)
    },
  }
}

async function listen(server: NetServer, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  return (server.address() as AddressInfo).port
}

const closeHttp = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()).closeAllConnections())

export async function startMailPeer(open: (url: string) => Channel): Promise<Peer> {
  let mode: Mode = "take"
  const taken: Peer["taken"] = []
  const make = (): SMTPServer => {
    const server = new SMTPServer({
      ...{ disabledCommands: ["STARTTLS"], allowInsecureAuth: true, disableReverseLookup: true, closeTimeout: 100 },
      onAuth: ({ password }, _, done) => done(password === "mail-secret" ? null : new Error("no"), { user: "u" }),
      onData: (stream, _, done) => {
        const chunks: Buffer[] = []
        stream.on("data", (chunk: Buffer) => chunks.push(chunk))
        stream.on("end", () => {
          const now = mode
          if (now === "stall") return
          if (now === "throttle") mode = "take"
          if (now !== "take")
            return done(Object.assign(new Error("no"), { responseCode: now === "refuse" ? 550 : 451 }))
          const text = Buffer.concat(chunks).toString()
          taken.push({ id: /^Message-ID: (.*)$/im.exec(text)?.[1]?.trim() ?? "", text })
          done()
        })
      },
    })
    server.on("error", () => {}) // a client that was cut
    return server
  }
  let server = make()
  const port = await listen(server.server as NetServer, 0)
  const channel = open(`smtp://u:mail-secret@127.0.0.1:${port}`)
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    channel,
    taken,
    secrets: ["mail-secret"],
    behave: (next) => {
      mode = next
    },
    leave: close,
    comeBack: async () => {
      server = make()
      await listen(server.server as NetServer, port)
    },
    stop: async () => {
      await channel.stop()
      await close()
    },
  }
}

export interface SmscPeer extends Peer {
  /** Messages as they came, newest last. */
  submitted: PDU[]
  sessions: Set<Session>
  /** Sends a receipt to whoever is bound; answers with the status of the response. */
  report: (fields: Record<string, unknown>) => Promise<number>
}

/** A small SMSC. */
export async function startSmscPeer(open: (port: number) => Channel): Promise<SmscPeer> {
  let mode: Mode = "take"
  let next = 0
  const taken: Peer["taken"] = []
  const submitted: PDU[] = []
  const sessions = new Set<Session>()
  const { errors } = smpp
  const onSubmit = (session: Session, pdu: PDU): void => {
    const now = mode
    if (now === "stall") return
    if (now === "throttle") mode = "take"
    const status = { take: 0, refuse: errors.ESME_RINVDSTADR, throttle: errors.ESME_RTHROTTLED }[now]
    if (now === "take") {
      submitted.push(pdu)
      const text = String(pdu.short_message?.message ?? "")
      taken.push({ id: String(pdu.user_message_reference), text })
    }
    session.send(
      pdu.response(
        status === 0
          ? { message_id: (++next).toString(16).toUpperCase().padStart(8, "0") }
          : { command_status: status },
      ),
    )
  }
  const make = () =>
    smpp.createServer((session) => {
      sessions.add(session)
      session.on("close", () => sessions.delete(session))
      session.on("error", () => session.destroy())
      session.on("bind_transceiver", (pdu: PDU) => {
        const right = pdu.system_id === "ossagent" && pdu.password === "smscpass"
        session.send(pdu.response(right ? { system_id: "SMSC" } : { command_status: errors.ESME_RINVPASWD }))
      })
      session.on("enquire_link", (pdu: PDU) => {
        if (mode !== "stall") session.send(pdu.response())
      })
      session.on("unbind", (pdu: PDU) => {
        session.send(pdu.response())
        session.close()
      })
      session.on("submit_sm", (pdu: PDU) => onSubmit(session, pdu))
    })
  let server = make()
  const port = await listen(server, 0)
  const channel = open(port)
  const close = async (): Promise<void> => {
    for (const session of sessions) session.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    channel,
    taken,
    submitted,
    sessions,
    secrets: ["smscpass"],
    behave: (given) => {
      mode = given
    },
    report: (fields) =>
      new Promise((resolve, reject) => {
        const [session] = sessions
        if (!session) return reject(new Error("nobody is bound"))
        session.deliver_sm({ esm_class: 4, ...fields }, (pdu) => resolve(pdu.command_status))
      }),
    leave: close,
    comeBack: async () => {
      server = make()
      await listen(server, port)
    },
    stop: async () => {
      await channel.stop()
      await close()
    },
  }
}

/** Checks a webhook's signature as a receiver would. */
export function checkSignature(secret: string, header: string, body: string): void {
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? []
  const expected = createHmac("sha256", secret).update(`${t}.${body}`).digest("hex")
  if (v1 !== expected) throw new Error(`wrong signature ${header}`)
}
