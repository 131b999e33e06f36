/** Wires the sending of messages: channels, texts, the outbox and its workers. */
import type { Agent } from "@ossagent/agent"
import type { Alarm, ChannelKind } from "@ossagent/wire"
import type { Kysely } from "kysely"
import type { Logger } from "pino"
import type { Database } from "../database/types.ts"
import type { Channel } from "./channel/channel.ts"
import { createEmail } from "./channel/email.ts"
import { createIm, type ImSettings } from "./channel/im.ts"
import { type Channels, createChannels, type Opener } from "./channel/open.ts"
import { CHANNEL_SCHEMAS } from "./channel/schema.ts"
import { createHttpSms } from "./channel/sms-http.ts"
import { createSmppSms } from "./channel/sms-smpp.ts"
import type { HttpDeps } from "./channel/webhook.ts"
import { createCompose } from "./compose.ts"
import type { OnReply } from "./im/replies.ts"
import { createImStore } from "./im/store.ts"
import type { Limits } from "./limits.ts"
import type { Mailbox } from "./mailbox.ts"
import { type Notifier, startNotifier } from "./notifier.ts"
import { createOutbox, type Outbox } from "./outbox.ts"
import { createOnReceipt } from "./receipts.ts"
import type { SmsReceipt } from "./sms/receipt.ts"
import { readTemplate } from "./templates.ts"
import { createTexts } from "./text/say.ts"

export interface NotifySettings {
  postgresUrl: string
  dashboardUrl: string
  /** Sender of mails. */
  from: string
  limits: Limits
  /** Null: this installation's alerting knows no IM. */
  im: ImSettings | null
  /** Webhooks may go to loopback, private and metadata addresses. */
  allowPrivate: boolean
}

export interface NotifyDeps {
  settings: NotifySettings
  db: Kysely<Database>
  mailbox: Mailbox
  /** The built-in way of mails; `local`: the server of this process, which keeps them itself. */
  smtp: { url: string; local: boolean }
  readPicture: (alarm: Alarm) => Promise<Buffer | null>
  /** Acknowledges an incident for whoever replied in the IM. Its error's message is said there. */
  onReply: OnReply
  log: Logger
  agent: Agent
  now: () => number
  random: () => number
  sweepMs: number
  /** Time for one message, ms. */
  sendMs: number
}

export interface Notify extends Notifier {
  outbox: Outbox
  channels: Channels
  onReceipt: (receipt: SmsReceipt) => Promise<void>
}

/** Kinds that need no document of their own: what the settings say is enough. */
export const builtInKinds = ({ im }: Pick<NotifySettings, "im">): ReadonlySet<ChannelKind> =>
  new Set(im === null ? ["email"] : ["email", "im"])

/** Needs the database. */
export async function startNotify(deps: NotifyDeps): Promise<Notify> {
  const { settings, db, now, random, log } = deps
  const { id: installation } = await db.selectFrom("installation").select("id").executeTakeFirstOrThrow()
  const outbox = createOutbox(db, { limits: settings.limits, sendMs: deps.sendMs, now })
  const builtIn: Partial<Record<ChannelKind, Channel>> = { email: createEmail(deps.smtp) }
  if (settings.im) builtIn.im = await createIm(settings.im, { ...deps, store: createImStore(db) })
  const onReceipt = createOnReceipt(outbox, (ids) => notifier.wake(ids), log)
  const http = { allowPrivate: settings.allowPrivate, now }
  const openers: Partial<Record<ChannelKind, Opener>> = { email: openEmail, sms: toSmsOpener(http, onReceipt) }
  const monotonic = () => performance.now()
  const channels = createChannels({ db, builtIn, openers, ...http, monotonic })
  const compose = createCompose({
    ...{ db, now, log, dashboardUrl: settings.dashboardUrl, readPicture: deps.readPicture },
    head: { from: settings.from, installation },
    say: createTexts({
      readTemplate: (...which) => readTemplate(db, ...which),
      onFault: (why) => log.warn({ why }, "a template failed: the product's own text is sent"),
    }),
  })
  const notifier = await startNotifier({
    ...deps,
    ...{ url: settings.postgresUrl, outbox, channels, compose, random },
    keepCopies: !deps.smtp.local,
  })
  return {
    ...notifier,
    outbox,
    channels,
    onReceipt,
    stop: async () => {
      await notifier.stop()
      await channels.stop()
    },
  }
}

/** A mail server of its own, where the document names one. */
const openEmail: Opener = (_, { url }) => (url === undefined ? null : createEmail({ url, local: false }))

const toSmsOpener =
  (http: HttpDeps, onReceipt: Notify["onReceipt"]): Opener =>
  (document, secrets, id) => {
    const settings = CHANNEL_SCHEMAS.sms.settings.parse(document.settings)
    const { password } = CHANNEL_SCHEMAS.sms.secrets.parse(secrets)
    if (settings.way === "http") return createHttpSms(settings, { password }, http, id)
    return createSmppSms(settings, { password }, { onReceipt })
  }
