import { type Kysely, sql } from "kysely"
import type { Logger } from "pino"
import type { Database } from "../database/types.ts"
import type { Outgoing } from "./channel/channel.ts"
import type { OutboxRow } from "./outbox.ts"

export interface StoredMail {
  messageId: string
  from: string
  to: string[]
  subject: string
  text: string
  /** Pictures inlined as data: URLs. */
  html: string
  sentOut: boolean
  alarmId: string | null
}

export interface Mailbox {
  /** Stores a mail; one with the same Message-ID was stored before and stays as it is. */
  store: (mail: StoredMail) => Promise<void>
  /** Removes what is over the bounds of count and age. */
  clean: () => Promise<void>
}

export interface MailboxSettings {
  keep: number
  keepDays: number
}

/** The mails that the dashboard shows under Outbox. */
export function createMailbox(db: Kysely<Database>, { keep, keepDays }: MailboxSettings, now: () => number): Mailbox {
  return {
    store: async ({ messageId, sentOut, alarmId, ...mail }) => {
      await db
        .insertInto("outbox_mail")
        .values({ ...mail, message_id: messageId, sent_out: sentOut, alarm_id: alarmId, at: new Date(now()) })
        .onConflict((conflict) => conflict.column("message_id").doNothing())
        .execute()
    },
    clean: async () => {
      const oldest = new Date(now() - keepDays * 86_400_000)
      await sql`DELETE FROM outbox_mail WHERE at < ${oldest}
        OR id <= (SELECT id FROM outbox_mail ORDER BY id DESC OFFSET ${keep} LIMIT 1)`.execute(db)
    },
  }
}

/** Keeps copies of mails. The mail is out already: a copy that cannot be kept must not send it again. */
export function createKeepCopy(mailbox: Mailbox, log: Logger): (message: Outgoing, row: OutboxRow) => Promise<void> {
  return async ({ mail }, row) => {
    if (mail === null) return
    const picture = mail.attachments?.[0]?.content
    const inline = Buffer.isBuffer(picture) ? `data:image/png;base64,${picture.toString("base64")}` : ""
    const alarm = (mail.headers as Record<string, string> | undefined)?.["X-OssAgent-Alarm"]
    try {
      await mailbox.store({
        messageId: String(mail.messageId),
        from: String(mail.from),
        to: [row.recipient],
        subject: mail.subject ?? "",
        text: String(mail.text),
        html: String(mail.html).replace("cid:chart", inline),
        sentOut: true,
        alarmId: alarm ?? null,
      })
    } catch (error) {
      log.warn({ err: error, outbox: row.id }, "no copy of a sent mail kept")
    }
  }
}
