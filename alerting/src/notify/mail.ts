/** Alarms as mails. Pure: what is said, to whom, under which ids. Everything that comes from metrics is escaped. */
import type { Alarm, AlarmEvent } from "@ossagent/wire"
import type { SendMailOptions } from "nodemailer"
import { formatSeconds, formatValue } from "../picture/units.ts"
import { toDigestSubject, toSubject } from "./subject.ts"

export interface Letterhead {
  from: string
  /** Address of the dashboard, without a slash at the end. */
  dashboardUrl: string
  /** Makes Message-IDs unique in the world; a UUID kept with the alarms. */
  installation: string
}

export interface AlarmNews {
  outboxId: string
  to: string
  kind: "firing" | "resolved"
  alarm: Alarm
  /** Newest last. */
  history: readonly AlarmEvent[]
  picture: Buffer | null
  runbookUrl?: string
}

export interface DigestNews {
  outboxId: string
  to: string
  items: readonly { kind: "firing" | "resolved"; alarm: Alarm }[]
}

const MOST_LINES = 50

/** The same id for the same outbox row, however often it is made: a receiver can tell a repeat. */
export const toMessageId = (outboxId: string, { installation }: Letterhead): string =>
  `<outbox-${outboxId}@${installation}.ossagent>`

/** The mail of one change of one alarm. All mails of one alarm refer to one root, so that they are one thread. */
export function toAlarmMail(news: AlarmNews, head: Letterhead): SendMailOptions {
  const { alarm, kind, picture } = news
  const root = `<alarm-${alarm.id}@${head.installation}.ossagent>`
  const link = `${head.dashboardUrl}/alarms/${alarm.id}`
  const facts = toFacts(news)
  return {
    ...toEnvelope(news, head),
    references: root,
    inReplyTo: root,
    subject: toSubject(kind, alarm),
    text: toAlarmText(news, facts, link),
    html: toAlarmHtml(news, facts, link),
    attachments: picture ? [{ filename: "chart.png", content: picture, contentType: "image/png", cid: "chart" }] : [],
    headers: { ...AUTOMATIC, "X-OssAgent-Alarm": alarm.id },
  }
}

export function toDigestMail(news: DigestNews, head: Letterhead): SendMailOptions {
  const subject = toDigestSubject(news.items)
  const link = `${head.dashboardUrl}/alarms`
  const rank = { critical: 0, warning: 1, info: 2 }
  const items = [...news.items].sort((a, b) => rank[a.alarm.severity] - rank[b.alarm.severity])
  const shown = items.slice(0, MOST_LINES)
  const more = items.length > shown.length ? `… and ${items.length - shown.length} more.` : ""
  const why = "More alarms came at once than are mailed one by one."
  const rows = shown.map(({ kind, alarm }) => {
    const address = `${head.dashboardUrl}/alarms/${alarm.id}`
    return `<li>[${kind}] ${escapeHtml(alarm.severity)}: <a href="${escapeHtml(address)}">${escapeHtml(alarm.title)}</a></li>`
  })
  return {
    ...toEnvelope(news, head),
    subject,
    text: [
      why,
      "",
      ...shown.map(({ kind, alarm }) => `[${kind}] ${alarm.severity}: ${alarm.title}`),
      more,
      "",
      link,
    ].join("\n"),
    html: toPage(`<p>${why}</p><ul>${rows.join("")}</ul><p>${more}</p>${toButton(link, "All alarms")}`),
    headers: AUTOMATIC,
  }
}

const AUTOMATIC = { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" }

function toEnvelope({ outboxId, to }: { outboxId: string; to: string }, head: Letterhead): SendMailOptions {
  return {
    from: head.from,
    to,
    messageId: toMessageId(outboxId, head),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

type Fact = [name: string, value: string]

function toFacts({ alarm, kind }: AlarmNews): Fact[] {
  const figure = (value: number | null) => formatValue(value, alarm.unit, alarm.stat)
  const facts: Fact[] = [["Severity", alarm.severity], ["Rule", alarm.ruleName], ...Object.entries(alarm.group)]
  if (alarm.metric !== "") facts.push(["Metric", `${alarm.metric} (${alarm.stat})`], ["Value", figure(alarm.value)])
  if (alarm.lower !== null && alarm.upper !== null)
    facts.push(["Expected", `${figure(alarm.lower)} to ${figure(alarm.upper)}`])
  else if (alarm.upper !== null) facts.push(["Threshold", figure(alarm.upper)])
  else if (alarm.lower !== null) facts.push(["Threshold", figure(alarm.lower)])
  facts.push(["Since", toTime(alarm.startedAt)])
  if (kind === "resolved" && alarm.resolvedAt !== null)
    facts.push([
      "Resolved",
      `${toTime(alarm.resolvedAt)}, after ${formatSeconds((alarm.resolvedAt - alarm.startedAt) / 1000)}`,
    ])
  return facts
}

const toTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`

function toWhy({ alarm, kind, history }: AlarmNews): string {
  const last = history.findLast((event) => event.to === "resolved")
  return kind === "resolved" && last ? last.why : alarm.why
}

function toAlarmText(news: AlarmNews, facts: readonly Fact[], link: string): string {
  const lines = [news.alarm.title, "", toWhy(news), "", ...facts.map(([name, value]) => `${name}: ${value}`), "", link]
  if (news.runbookUrl) lines.push(`What to do: ${news.runbookUrl}`)
  return lines.join("\n")
}

function toAlarmHtml(news: AlarmNews, facts: readonly Fact[], link: string): string {
  const rows = facts.map(([name, value]) => {
    return `<tr><td style="color:#5f6b7a;padding:2px 16px 2px 0">${escapeHtml(name)}</td><td>${escapeHtml(value)}</td></tr>`
  })
  const color = news.kind === "resolved" ? "#1b7f4b" : news.alarm.severity === "critical" ? "#c2261f" : "#b45309"
  const picture = news.picture
    ? `<p><img src="cid:chart" width="720" alt="The series around the alarm" style="max-width:100%"></p>`
    : ""
  const runbook = news.runbookUrl ? `<p><a href="${escapeHtml(news.runbookUrl)}">What to do</a></p>` : ""
  return toPage(
    `<p style="color:${color};font-weight:bold">${news.kind}</p><h2 style="margin:0 0 8px">${escapeHtml(news.alarm.title)}</h2>` +
      `<p>${escapeHtml(toWhy(news))}</p>${picture}<table cellspacing="0">${rows.join("")}</table>${runbook}${toButton(link, "Open the alarm")}`,
  )
}

const toButton = (link: string, label: string): string =>
  `<p><a href="${escapeHtml(link)}" style="background:#2563eb;color:#fff;padding:8px 14px;text-decoration:none;border-radius:4px">${label}</a></p>`

const toPage = (body: string): string =>
  `<!doctype html><html><body style="font-family:sans-serif;font-size:14px;color:#1f2933;background:#fff;max-width:760px">${body}</body></html>`

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
