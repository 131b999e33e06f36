import type { Alarm } from "@ossagent/wire"

/** Names come from outside: a subject is one line. */
const toLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, " ").trim()

/** `[firing] shop/checkout has sent nothing for 34 s` */
export function toSubject(kind: "firing" | "resolved", alarm: Pick<Alarm, "title">): string {
  return `[${kind}] ${toLine(alarm.title)}`.slice(0, 250)
}

/** `[digest] 37 alarms: 30 firing, 7 resolved, in 4 subsystems` */
export function toDigestSubject(items: readonly { kind: string; alarm: Pick<Alarm, "group"> }[]): string {
  const firing = items.filter((item) => item.kind === "firing").length
  const places = new Set(items.map(({ alarm }) => `${alarm.group.service ?? ""}/${alarm.group.subsystem ?? ""}`))
  const where = places.size === 1 ? "1 subsystem" : `${places.size} subsystems`
  return `[digest] ${items.length} alarms: ${firing} firing, ${items.length - firing} resolved, in ${where}`
}
