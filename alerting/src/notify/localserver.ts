import { randomBytes, timingSafeEqual } from "node:crypto"
import type { AddressInfo } from "node:net"
import { type AddressObject, type ParsedMail, simpleParser } from "mailparser"
import type { Logger } from "pino"
import { SMTPServer } from "smtp-server"
import type { Mailbox } from "./mailbox.ts"

export interface LocalServer {
  /** smtp://user:password@127.0.0.1:port */
  url: string
  stop: () => Promise<void>
}

const MAX_BYTES = 5 * 1024 * 1024

/**
 * Stands in for a mail server where none is configured: takes the mail over SMTP on loopback, from whoever has the credentials made at
 * this start, and stores it for the dashboard. Nothing leaves the machine.
 *
 * @param port 0 takes a free one
 */
export async function startLocalServer(port: number, mailbox: Mailbox, log: Logger): Promise<LocalServer> {
  const user = "ossagent"
  const password = randomBytes(18).toString("base64url")
  const server = new SMTPServer({
    name: "ossagent.localhost",
    banner: "OssAgent keeps mail here; it is not sent out",
    size: MAX_BYTES,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true, // loopback only
    disableReverseLookup: true,
    closeTimeout: 1_000,
    onAuth: (auth, _session, done) => {
      const known = auth.username === user && isEqual(auth.password ?? "", password)
      if (known) done(null, { user })
      else done(new Error("cannot let you in: wrong user or password"))
    },
    onData: (stream, _session, done) => {
      simpleParser(stream, { maxHtmlLengthToParse: MAX_BYTES })
        .then((mail) => mailbox.store(toStored(mail)))
        .then(
          () => done(),
          (error: Error) => {
            log.warn({ err: error }, "mail not kept: refused for now")
            done(Object.assign(new Error("cannot keep the mail now"), { responseCode: 451 }))
          },
        )
    },
  })
  server.on("error", (error) => log.warn({ err: error }, "local mail server in trouble"))
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject)
    server.listen(port, "127.0.0.1", () => resolve())
  })
  const address = server.server.address() as AddressInfo
  return {
    url: `smtp://${user}:${password}@127.0.0.1:${address.port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function isEqual(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

function toStored(mail: ParsedMail) {
  const alarm = mail.headers.get("x-ossagent-alarm")
  return {
    messageId: mail.messageId ?? `<${randomBytes(12).toString("hex")}@unnamed>`,
    from: mail.from?.text ?? "",
    to: [mail.to ?? []].flat().flatMap((list: AddressObject) => list.value.map(({ address }) => address ?? "")),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html || "",
    sentOut: false,
    alarmId: typeof alarm === "string" && /^\d+$/.test(alarm) ? alarm : null,
  }
}
