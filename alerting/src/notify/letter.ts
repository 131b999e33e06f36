/** A message as a mail: the text that was said, as text and as HTML, in the thread of its incident. Everything in it is escaped. */
import type { SendMailOptions } from "nodemailer"
import type { Story } from "./story.ts"
import type { Said } from "./text/say.ts"
import { WORDS } from "./text/words.ts"

export interface Letterhead {
  from: string
  /** Makes Message-IDs unique in the world; a UUID kept with the alarms. */
  installation: string
}

export interface Envelope {
  /** Of the outbox row. */
  id: string
  to: string
  /** PNG. */
  picture: Buffer | null
}

/** The same id for the same outbox row, however often it is made: a receiver can tell a repeat. */
export const toMessageId = (outboxId: string, installation: string): string =>
  `<outbox-${outboxId}@${installation}.ossagent>`

const AUTOMATIC = { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" }

/** All mails of one incident refer to one root, so that they are one thread. */
export function toMail(story: Story, said: Said, { id, to, picture }: Envelope, head: Letterhead): SendMailOptions {
  const root = toRoot(story, head.installation)
  const alarm = story.digest ? undefined : story.alarms[0]
  return {
    from: head.from,
    to,
    messageId: toMessageId(id, head.installation),
    ...(root === null ? {} : { references: root, inReplyTo: root }),
    subject: said.subject,
    text: said.text,
    html: toHtml(story, said, picture !== null),
    attachments: picture ? [{ filename: "chart.png", content: picture, contentType: "image/png", cid: "chart" }] : [],
    headers: {
      ...AUTOMATIC,
      "List-Id": `OssAgent <alarms.${head.installation}.ossagent>`,
      ...(alarm ? { "X-OssAgent-Alarm": alarm.id } : {}),
      ...(story.incident ? { "X-OssAgent-Incident": story.incident.id } : {}),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function toRoot({ incident, alarms, digest }: Story, installation: string): string | null {
  if (incident) return `<incident-${incident.id}@${installation}.ossagent>`
  const [alarm] = alarms
  return alarm && !digest ? `<alarm-${alarm.id}@${installation}.ossagent>` : null
}

function toHtml(story: Story, { text }: Said, hasPicture: boolean): string {
  const words = WORDS[story.language]
  const color = story.kind === "resolved" ? "#1b7f4b" : COLORS[story.severity]
  const [first = "", ...rest] = text.split(/\n{2,}/).map(toBlock)
  const picture = hasPicture
    ? `<p><img src="cid:chart" width="720" alt="${words.chart}" style="max-width:100%"></p>`
    : ""
  const button = `<p><a href="${escapeHtml(story.link)}" style="background:#2563eb;color:#fff;padding:8px 14px;text-decoration:none;border-radius:4px">${words.open}</a></p>`
  return (
    `<!doctype html><html lang="${story.language}"><body style="font-family:sans-serif;font-size:14px;color:#1f2933;background:#fff;max-width:760px">` +
    `<p style="color:${color};font-weight:bold">${escapeHtml(words.kind[story.kind])}</p>${first}${picture}${rest.join("")}${button}</body></html>`
  )
}

const COLORS = { critical: "#c2261f", warning: "#b45309", info: "#2563eb" } as const
const FACT = /^([^:：\n]{1,40})[:：] ?(.+)$/u

/** Some lines of the text: facts become a table, dashes a list, everything else a paragraph. */
function toBlock(block: string): string {
  const lines = block.split("\n").filter((line) => line.trim() !== "")
  if (lines.length === 0) return ""
  if (lines.every((line) => line.startsWith("- ")))
    return `<ul>${lines.map((line) => `<li>${toInline(line.slice(2))}</li>`).join("")}</ul>`
  const facts = lines.map((line) => FACT.exec(line))
  if (lines.length > 1 && facts.every((fact) => fact !== null && !/^https?$/i.test(fact[1] ?? "")))
    return `<table cellspacing="0">${facts.map((fact) => toRow(fact?.[1] ?? "", fact?.[2] ?? "")).join("")}</table>`
  return `<p>${lines.map(toInline).join("<br>")}</p>`
}

const toRow = (name: string, value: string): string =>
  `<tr><td style="color:#5f6b7a;padding:2px 16px 2px 0">${escapeHtml(name)}</td><td>${toInline(value)}</td></tr>`

/** Addresses become links. */
const toInline = (text: string): string =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, i) => (i % 2 === 0 ? escapeHtml(part) : `<a href="${escapeHtml(part)}">${escapeHtml(part)}</a>`))
    .join("")

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
