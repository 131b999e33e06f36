/** The product's own texts: every kind of message on every channel, in both languages. `check.test.ts` holds that each is complete. */
import type { ChannelKind, Language, MessageKind } from "@ossagent/wire"
import { EN } from "./product-en.ts"
import { ZH } from "./product-zh.ts"

export interface Text {
  /** Of e-mail; the first line elsewhere. */
  subject: string
  body: string
}

/** How a channel reads: a letter, a note of some lines, or one line as short as can be. */
export type Form = "letter" | "note" | "line"
export type Texts = Record<MessageKind, { subject: string } & Record<Form, string>>

export const FORMS: Record<ChannelKind, Form> = {
  email: "letter",
  sms: "line",
  im: "note",
  webhook: "note",
  slack: "note",
  feishu: "note",
  wecom: "note",
}

const TEXTS: Record<Language, Texts> = { en: EN, zh: ZH }

export function toProductText(kind: MessageKind, channel: ChannelKind, language: Language): Text {
  const texts = TEXTS[language][kind]
  return { subject: texts.subject, body: texts[FORMS[channel]] }
}
