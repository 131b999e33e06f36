import type { Language } from "@ossagent/wire"

const ACK = /^\s*(ack|acknowledge|acknowledged|确认|收到)\s*[:：]?\s*[#＃]?\s*(\d{1,18})?\s*[.!。！]?\s*$/iu

export interface Ack {
  /** Null: the one that was told last. */
  incidentId: string | null
  language: Language
}

/** "ack", "ack 12", "ACK #12", "确认", "确认 12" … or null: it is said to somebody else. */
export function tryAck(text: string): Ack | null {
  const found = ACK.exec(text)
  if (!found) return null
  return { incidentId: found[2] ?? null, language: /\p{Script=Han}/u.test(found[1] ?? "") ? "zh" : "en" }
}

export const toDone = ({ language }: Ack, id: string, name: string): string =>
  language === "zh" ? `#${id} 已由 ${name} 确认。` : `#${id} is acknowledged by ${name}.`

export const toNotDone = ({ language }: Ack, why: string): string =>
  language === "zh" ? `未能确认：${why}` : `Not done: ${why}`

export const toUnknown = ({ language }: Ack): string =>
  language === "zh"
    ? "没有可确认的事件；请写明编号，例如“确认 12”。"
    : 'There is nothing to acknowledge here; say which one: "ack 12".'
