/** What a channel can be set to, by kind. `settings` are shown, `secrets` are written and never read back. */
import type { Channel, ChannelKind } from "@ossagent/wire"
import { z } from "zod"

const line = z.string().min(1).max(200)
const httpUrl = z.url({ protocol: /^https?$/ }).max(2_000)
const emails = z
  .string()
  .max(2_000)
  .regex(/^[^\s@<>,]+@[^\s@<>,]+(\s*,\s*[^\s@<>,]+@[^\s@<>,]+)*$/, "must be addresses, with commas between")
const phone = z.string().regex(/^\+\d{6,15}$/, "must be a number like +8613800138000")

/** Of what the channel itself is told; a person's own language counts for a person. */
const common = { language: z.enum(["en", "zh"]).optional() }
const smpp = z.strictObject({
  ...common,
  way: z.literal("smpp"),
  /** Host and port of the SMSC. */
  host: line,
  port: z.number().int().min(1).max(65_535).default(2_775),
  tls: z.boolean().default(false),
  systemId: z.string().min(1).max(15),
  systemType: z.string().max(12).default(""),
  /** Sender: a number, or up to 11 letters. */
  from: z.string().max(20).default(""),
  /** Unanswered messages at most. */
  window: z.number().int().min(1).max(100).default(10),
  receipts: z.boolean().default(true),
  /** Parts of a long message at most. */
  maxParts: z.number().int().min(1).max(6).default(2),
  to: phone.optional(),
})
const twilio = z.strictObject({
  ...common,
  way: z.literal("http"),
  url: httpUrl.default("https://api.twilio.com"),
  accountSid: z.string().regex(/^[A-Za-z0-9]{2,64}$/, "must be letters and digits"),
  /** Sender: a number, or the SID of a messaging service. */
  from: line,
  /** Where the gateway reports to: this service's address as it is reached from outside; empty: no receipts. */
  callbackUrl: z.union([z.literal(""), httpUrl]).default(""),
  maxParts: z.number().int().min(1).max(6).default(2),
  to: phone.optional(),
})

export const CHANNEL_SCHEMAS = {
  email: {
    settings: z.strictObject({ ...common, from: line.optional(), to: emails.optional() }),
    secrets: z.strictObject({
      url: z
        .url({ protocol: /^smtps?$/ })
        .max(2_000)
        .optional(),
    }),
  },
  sms: {
    settings: z.discriminatedUnion("way", [smpp, twilio]),
    secrets: z.strictObject({ password: z.string().min(1).max(200) }),
  },
  im: {
    settings: z.strictObject({
      ...common,
      /** Name of the on-call group. */
      group: z.string().min(1).max(60).default("On call"),
      /** Names in the IM, with commas between; empty: everybody who has one. */
      members: z.string().max(2_000).default(""),
    }),
    secrets: z.strictObject({}),
  },
  webhook: {
    settings: z.strictObject({ ...common, url: httpUrl }),
    secrets: z.strictObject({ secret: z.string().min(16).max(200) }),
  },
  slack: {
    settings: z.strictObject(common),
    secrets: z.strictObject({ url: httpUrl }),
  },
  feishu: {
    settings: z.strictObject(common),
    secrets: z.strictObject({ url: httpUrl, secret: z.string().max(200).optional() }),
  },
  wecom: {
    settings: z.strictObject(common),
    secrets: z.strictObject({ url: httpUrl }),
  },
} as const satisfies Record<ChannelKind, { settings: z.ZodType; secrets: z.ZodType }>

export type SettingsOf<K extends ChannelKind> = z.output<(typeof CHANNEL_SCHEMAS)[K]["settings"]>
export type SecretsOf<K extends ChannelKind> = z.output<(typeof CHANNEL_SCHEMAS)[K]["secrets"]>
export type SmppSettings = z.output<typeof smpp>
export type TwilioSettings = z.output<typeof twilio>

export interface ChannelFlaw {
  /** `settings.port`, `secrets.password`. */
  path: string
  message: string
}

/**
 * What is wrong with a channel's settings and secrets; empty: nothing.
 *
 * @param secrets those that will hold after the change: what is kept, with what is written over it
 */
export function checkChannel(channel: Channel, secrets: Record<string, string>): ChannelFlaw[] {
  const schema = CHANNEL_SCHEMAS[channel.kind]
  return [
    ...toFlaws("settings", schema.settings.safeParse(channel.settings)),
    ...toFlaws("secrets", schema.secrets.safeParse(secrets)),
  ]
}

const toFlaws = (part: string, { error }: z.ZodSafeParseResult<unknown>): ChannelFlaw[] =>
  (error?.issues ?? []).map(({ path, message }) => ({ path: [part, ...path].join("."), message }))

/**
 * Where a channel goes when it is told itself, not a person: an address, empty where the channel is a place of its own (a bot, a group),
 * null where it serves persons only.
 */
export function ownAddress({ kind, settings }: Channel): string | null {
  if (kind !== "email" && kind !== "sms") return ""
  return typeof settings.to === "string" && settings.to !== "" ? settings.to : null
}

/** An address as people may see it: of a URL only the host. */
export const hostOf = (address: string): string =>
  /^https?:/i.test(address) && URL.canParse(address) ? new URL(address).host : address
