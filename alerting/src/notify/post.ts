/** The mail of an outbox row: read what it is about, draw, send, and keep a copy of what was sent out. */
import type { Alarm } from "@ossagent/wire"
import type { Kysely } from "kysely"
import type { SendMailOptions } from "nodemailer"
import type { Logger } from "pino"
import { toAlarm, toAlarmEvent } from "../alarm/row.ts"
import type { Database } from "../database/types.ts"
import { MailError } from "./deliver.ts"
import { type Letterhead, toAlarmMail, toDigestMail } from "./mail.ts"
import type { Mailbox } from "./mailbox.ts"
import type { OutboxRow } from "./outbox.ts"
import type { Transport } from "./transport.ts"

export interface PostDeps {
  db: Kysely<Database>
  head: Letterhead
  transport: Transport
  /** Null when the transport is the local server, which keeps the mail itself. */
  copies: Mailbox | null
  /** The chart of an alarm; null when there is nothing to draw. May throw: the mail then goes without. */
  readPicture: (alarm: Alarm) => Promise<Buffer | null>
  log: Logger
}

export function createPost(deps: PostDeps): (row: OutboxRow) => Promise<void> {
  return async (row) => {
    const mail =
      row.kind === "digest"
        ? await composeDigest(deps, row)
        : await composeAlarm(deps, row, row.kind === "resolved" ? "resolved" : "firing")
    await deps.transport.send(mail)
    if (deps.copies) await keepCopy(deps, deps.copies, mail, row)
  }
}

async function composeAlarm(deps: PostDeps, row: OutboxRow, kind: "firing" | "resolved"): Promise<SendMailOptions> {
  const { db, head } = deps
  const found = await db.selectFrom("alarm").selectAll().where("id", "=", row.alarm_id).executeTakeFirst()
  if (!found) throw new MailError(`cannot write the mail: alarm ${row.alarm_id} is gone`, false)
  const history = await db
    .selectFrom("alarm_event")
    .selectAll()
    .where("alarm_id", "=", found.id)
    .orderBy("id")
    .execute()
  const rule = await db.selectFrom("rule").select("body").where("id", "=", found.rule_id).executeTakeFirst()
  const alarm = toAlarm(found)
  return toAlarmMail(
    {
      outboxId: row.id,
      to: row.recipient,
      kind,
      alarm,
      history: history.map(toAlarmEvent),
      picture: await tryPicture(deps, alarm),
      runbookUrl: rule?.body.runbookUrl,
    },
    head,
  )
}

/** A mail without its picture is better than none. */
async function tryPicture({ readPicture, log }: PostDeps, alarm: Alarm): Promise<Buffer | null> {
  try {
    return await readPicture(alarm)
  } catch (error) {
    log.warn({ alarm: alarm.id, why: (error as Error).message }, "mail goes without its chart")
    return null
  }
}

async function composeDigest({ db, head }: PostDeps, row: OutboxRow): Promise<SendMailOptions> {
  const merged = await db
    .selectFrom("outbox")
    .select(["alarm_id", "kind"])
    .where("digest_id", "=", row.id)
    .orderBy("id")
    .execute()
  const ids = [...new Set(merged.map((one) => one.alarm_id))].filter((id) => id !== null)
  const alarms = await db.selectFrom("alarm").selectAll().where("id", "in", ids).execute()
  const byId = new Map(alarms.map((alarm) => [alarm.id, toAlarm(alarm)]))
  const items = merged.flatMap(({ alarm_id, kind }) => {
    const alarm = byId.get(alarm_id ?? "")
    return alarm ? [{ kind: kind === "resolved" ? ("resolved" as const) : ("firing" as const), alarm }] : []
  })
  if (items.length === 0) throw new MailError("cannot write the digest: its alarms are gone", false)
  return toDigestMail({ outboxId: row.id, to: row.recipient, items }, head)
}

/** The mail is out already: a copy that cannot be kept must not send it again. */
async function keepCopy({ log }: PostDeps, copies: Mailbox, mail: SendMailOptions, row: OutboxRow): Promise<void> {
  const picture = mail.attachments?.[0]?.content
  const inline = Buffer.isBuffer(picture) ? `data:image/png;base64,${picture.toString("base64")}` : ""
  try {
    await copies.store({
      messageId: String(mail.messageId),
      from: String(mail.from),
      to: [row.recipient],
      subject: mail.subject ?? "",
      text: String(mail.text),
      html: String(mail.html).replace("cid:chart", inline),
      sentOut: true,
      alarmId: row.alarm_id,
    })
  } catch (error) {
    log.warn({ err: error, outbox: row.id }, "no copy of a sent mail kept")
  }
}
