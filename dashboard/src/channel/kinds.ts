/** What a channel can be set to, by kind, as the form shows it; the alerting service judges what was typed. */
import type { ChannelKind } from "@ossagent/wire"

export interface SettingField {
  name: string
  label: string
  hint?: string
  type: "text" | "url" | "tel" | "number" | "check" | "secret"
  required?: boolean
  placeholder?: string
  /** What holds when nobody says anything. */
  start?: string | number | boolean
  least?: number
  most?: number
  /** Only for this way out. */
  way?: "smpp" | "http"
}

interface KindForm {
  name: string
  about: string
  settings: readonly SettingField[]
  secrets: readonly SettingField[]
  /** A person is written to; otherwise it is a place of its own. */
  personal: boolean
  /** What the test message asks for where it goes to a person. */
  testTo?: string
}

const TO_PHONE: SettingField = {
  ...{ name: "to", label: "Its own number", type: "tel", placeholder: "+8613800138000" },
  hint: "Told when a policy names the channel itself; empty: it serves persons only.",
}
const PARTS: SettingField = {
  ...{ name: "maxParts", label: "Parts of a long message at most", type: "number", start: 2, least: 1, most: 6 },
  hint: "A part holds 160 letters of GSM-7 or 70 of Chinese.",
}
const url = (label: string, placeholder: string): SettingField => ({
  ...{ name: "url", label, type: "secret", required: true, placeholder },
  hint: "Whoever knows this address can write there, so it is never shown again.",
})

export const CHANNEL_FORMS: Record<ChannelKind, KindForm> = {
  email: {
    name: "E-mail",
    about: "Through a mail server of its own; without one, through that of the installation.",
    personal: true,
    testTo: "ann@example.com",
    settings: [
      { name: "from", label: "Sender", type: "text", placeholder: "Alarms <alarms@example.com>" },
      {
        ...{ name: "to", label: "Its own addresses", type: "text", placeholder: "team@example.com, boss@example.com" },
        hint: "Told when a policy names the channel itself; empty: it serves persons only.",
      },
    ],
    secrets: [
      {
        ...{ name: "url", label: "Mail server", type: "secret" },
        placeholder: "smtp://user:password@mail.example.com:587",
      },
    ],
  },
  sms: {
    name: "SMS",
    about: "Through an SMSC by SMPP 3.4, or an HTTP gateway in the form of Twilio’s.",
    personal: true,
    testTo: "+8613800138000",
    settings: [
      { name: "host", label: "Host of the SMSC", type: "text", required: true, way: "smpp" },
      { name: "port", label: "Port", type: "number", start: 2_775, least: 1, most: 65_535, way: "smpp" },
      { name: "systemId", label: "System id", type: "text", required: true, way: "smpp" },
      { name: "systemType", label: "System type", type: "text", way: "smpp" },
      { name: "from", label: "Sender", type: "text", hint: "A number, or up to 11 letters.", way: "smpp" },
      {
        name: "window",
        label: "Unanswered messages at most",
        type: "number",
        start: 10,
        least: 1,
        most: 100,
        way: "smpp",
      },
      { name: "tls", label: "Encrypted (TLS)", type: "check", start: false, way: "smpp" },
      { name: "receipts", label: "Ask for delivery receipts", type: "check", start: true, way: "smpp" },
      {
        ...{ name: "url", label: "Gateway", type: "url", required: true, start: "https://api.twilio.com" },
        way: "http",
      },
      { name: "accountSid", label: "Account SID", type: "text", required: true, way: "http" },
      {
        ...{ name: "from", label: "Sender", type: "text", required: true, way: "http" },
        hint: "A number, or the SID of a messaging service.",
      },
      {
        ...{ name: "callbackUrl", label: "Address for receipts", type: "url", way: "http" },
        hint: "This alerting service as it is reached from outside; empty: no receipts.",
      },
      PARTS,
      TO_PHONE,
    ],
    secrets: [{ name: "password", label: "Password or token", type: "secret", required: true }],
  },
  im: {
    name: "IM",
    about: "Into the on-call group of the chat; a reply “ack” acknowledges.",
    personal: true,
    settings: [
      { name: "group", label: "Group", type: "text", required: true, start: "On call" },
      {
        ...{ name: "members", label: "Members", type: "text", placeholder: "ann, ben" },
        hint: "Names in the chat, with commas between; empty: everybody who has one.",
      },
    ],
    secrets: [],
  },
  webhook: {
    name: "Webhook",
    about: "JSON to an address of yours, signed with HMAC-SHA256.",
    personal: false,
    settings: [
      { name: "url", label: "Address", type: "url", required: true, placeholder: "https://ops.example.com/alarms" },
    ],
    secrets: [
      {
        ...{ name: "secret", label: "Secret", type: "secret", required: true, least: 16 },
        hint: "At least 16 characters; the signature is made with it.",
      },
    ],
  },
  slack: {
    name: "Slack",
    about: "Into a Slack channel by an incoming webhook.",
    personal: false,
    settings: [],
    secrets: [url("Webhook address", "https://hooks.slack.com/services/…")],
  },
  feishu: {
    name: "Feishu",
    about: "Into a Feishu group by its bot.",
    personal: false,
    settings: [],
    secrets: [
      url("Bot address", "https://open.feishu.cn/open-apis/bot/v2/hook/…"),
      { name: "secret", label: "Signing secret", type: "secret", hint: "Where the bot asks for signatures." },
    ],
  },
  wecom: {
    name: "WeCom",
    about: "Into a WeCom group by its robot.",
    personal: false,
    settings: [],
    secrets: [url("Robot address", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…")],
  },
}

export const CHANNEL_KINDS = Object.keys(CHANNEL_FORMS) as ChannelKind[]

export type Values = Record<string, string | number | boolean>

/** The fields of a kind, those of another way left out. */
export const fieldsOf = (kind: ChannelKind, way: string): SettingField[] =>
  CHANNEL_FORMS[kind].settings.filter((field) => field.way === undefined || field.way === way)

/** What is sent: only what the kind knows, what is left empty left out. */
export function toSettings(kind: ChannelKind, values: Values): Values {
  const way = kind === "sms" ? String(values.way ?? "smpp") : ""
  const given = fieldsOf(kind, way).flatMap(({ name, type, start }): [string, string | number | boolean][] => {
    const value = values[name] ?? start ?? ""
    if (type === "check") return [[name, value === true]]
    const text = String(value).trim()
    if (text === "") return []
    return [[name, type === "number" ? Number(text) : text]]
  })
  const language: Values = values.language === "zh" ? { language: "zh" } : {}
  return { ...(way === "" ? {} : { way }), ...Object.fromEntries(given), ...language }
}
