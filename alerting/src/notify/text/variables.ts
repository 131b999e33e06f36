/** What a template may say, by kind of message, and the values of it. Figures and times are text for people already. */

import type { Alarm, Language, MessageKind, Severity } from "@ossagent/wire"
import { formatValue } from "../../picture/units.ts"
import type { Story } from "../story.ts"
import { sayAlarm, sayCulprit, sayIncident } from "./alarm-zh.ts"
import { toLine } from "./cut.ts"
import { formatLength, formatTime, WORDS } from "./words.ts"

const COMMON = ["kind", "channel", "severity", "severityName", "link", "now", "channelName"] as const
const INCIDENT = [
  ...COMMON,
  ...(["incident", "title", "why", "culprit", "state", "since", "duration", "resolvedAt", "acknowledgedBy"] as const),
  ...([
    "service",
    "subsystem",
    "version",
    "host",
    "place",
    "metric",
    "rule",
    "owner",
    "value",
    "expected",
    "facts",
  ] as const),
  ...(["alarms", "alarmCount", "moreAlarms", "openCount", "runbook", "told", "note", "imIsPatient"] as const),
] as const
const DIGEST = [
  ...COMMON,
  ...(["count", "what", "firingCount", "resolvedCount", "placeCount", "worst", "items", "moreItems"] as const),
] as const
const SILENCE = [...COMMON, "silence", "reason", "createdBy", "until", "matchers", "heldCount"] as const

/** The checked set: a template that names anything else is refused when it is saved. */
export const VARIABLES = {
  firing: INCIDENT,
  escalated: INCIDENT,
  repeated: INCIDENT,
  resolved: INCIDENT,
  digest: DIGEST,
  "silence-ends": SILENCE,
  "silent-alerting": [...COMMON, "since", "title", "why"],
  test: COMMON,
} as const satisfies Record<MessageKind, readonly string[]>

export interface Fact {
  name: string
  value: string
}

export interface Item {
  kind: string
  severity: Severity
  severityName: string
  title: string
  why: string
  link: string
}

export type Value = string | number | boolean | Fact[] | Item[]
export type Variables = Record<string, Value>

/** Every variable that the message's kind has, and no other. */
export function toVariables(story: Story): Variables {
  const { kind, channel, severity, language, link, at, timeZone, channelName } = story
  const common = {
    ...{ kind, channel, severity, link, channelName },
    severityName: WORDS[language].severity[severity],
    now: formatTime(at, timeZone),
  }
  if (kind === "digest") return { ...common, ...toDigest(story) }
  if (kind === "silence-ends") return { ...common, ...toSilence(story) }
  if (kind === "test") return common
  const incident = toIncident(story)
  if (kind === "silent-alerting") {
    const { since, title, why } = incident
    return { ...common, since, title, why }
  }
  return { ...common, ...incident }
}

type Without<T extends readonly string[]> = Record<Exclude<T[number], (typeof COMMON)[number]>, Value>

function toIncident(story: Story): Without<typeof INCIDENT> {
  const { incident, alarms, language, timeZone, at, history, note } = story
  const first = alarms[0]
  const group = { ...first?.group, ...incident?.group }
  const startedAt = incident?.startedAt ?? first?.startedAt ?? at
  const resolvedAt = incident?.resolvedAt ?? first?.resolvedAt ?? null
  const closing = history.findLast((event) => event.to === "resolved")
  const alarmCount = incident?.alarms ?? alarms.length
  return {
    incident: incident?.id ?? "",
    title: toLine(toTitle(story)),
    why: toLine(toWhy(story, closing?.why)),
    culprit: incident?.culprit ? toLine(language === "zh" ? sayCulprit(incident.culprit) : incident.culprit.text) : "",
    state: incident?.state ?? first?.state ?? "",
    since: formatTime(startedAt, timeZone),
    duration: formatLength(((resolvedAt ?? at) - startedAt) / 1_000, language),
    resolvedAt: resolvedAt === null ? "" : formatTime(resolvedAt, timeZone),
    acknowledgedBy: incident?.acknowledgedBy ?? first?.acknowledgedBy ?? "",
    service: group.service ?? "",
    subsystem: group.subsystem ?? "",
    version: group.version ?? "",
    host: group.host ?? "",
    place: [[group.service, group.subsystem].filter(Boolean).join("/"), group.version].filter(Boolean).join(" "),
    metric: first?.metric ?? "",
    rule: first?.ruleName ?? "",
    owner: first?.owner ?? "",
    value: first && first.metric !== "" ? figure(first, first.value) : "",
    expected: first ? toExpected(first, language) : "",
    facts: toFacts(story),
    alarms: alarms.map((alarm) => toItem(story, alarm)),
    alarmCount,
    moreAlarms: Math.max(0, alarmCount - alarms.length),
    openCount: incident?.openAlarms ?? 0,
    runbook: (first && story.runbooks.get(first.id)) ?? "",
    told: story.told.join(", "),
    note,
    imIsPatient: note.includes("im-is-patient"),
  }
}

const figure = (alarm: Alarm, value: number | null): string => formatValue(value, alarm.unit, alarm.stat)

function toExpected(alarm: Alarm, language: Language): string {
  const { lower, upper } = alarm
  if (lower !== null && upper !== null) return `${figure(alarm, lower)} ${WORDS[language].to} ${figure(alarm, upper)}`
  if (upper !== null) return figure(alarm, upper)
  return lower === null ? "" : figure(alarm, lower)
}

function toFacts(story: Story): Fact[] {
  const [alarm] = story.alarms
  const words = WORDS[story.language]
  const facts: Fact[] = [{ name: words.facts.severity, value: words.severity[story.severity] }]
  if (!alarm) return facts
  facts.push({ name: words.facts.rule, value: toLine(alarm.ruleName) })
  for (const [dim, value] of Object.entries(alarm.group))
    facts.push({ name: toLine(words.dims[dim] ?? dim), value: toLine(value) })
  if (alarm.metric !== "")
    facts.push(
      { name: words.facts.metric, value: toLine(`${alarm.metric} (${alarm.stat})`) },
      { name: words.facts.value, value: figure(alarm, alarm.value) },
    )
  const expected = toExpected(alarm, story.language)
  const band = alarm.lower !== null && alarm.upper !== null
  if (expected !== "") facts.push({ name: band ? words.facts.expected : words.facts.threshold, value: expected })
  return facts
}

/** The first line, with the culprit in it. */
function toTitle({ incident, alarms, language, at }: Story): string {
  const [first] = alarms
  if (language === "zh" && first) return sayIncident(first, incident?.culprit ?? null, incident?.alarms ?? 1, at)
  return incident?.title ?? first?.title ?? ""
}

function toWhy({ kind, alarms, language, at }: Story, closing: string | undefined): string {
  const [first] = alarms
  if (language === "zh" && first) return kind === "resolved" ? "已恢复正常" : sayAlarm(first, at).why
  return (kind === "resolved" ? closing : undefined) ?? first?.why ?? ""
}

const toItem = ({ language, dashboardUrl, at }: Story, alarm: Alarm): Item => ({
  kind: alarm.state === "resolved" ? "resolved" : "firing",
  severity: alarm.severity,
  severityName: WORDS[language].severity[alarm.severity],
  ...(language === "zh" ? sayAlarm(alarm, at) : { title: toLine(alarm.title), why: toLine(alarm.why) }),
  link: `${dashboardUrl}/alarms/${alarm.id}`,
})

function toDigest({ digest, language }: Story): Without<typeof DIGEST> {
  const { items = [], count = 0, firing = 0, resolved = 0, places = 0, what = "incident" } = digest ?? {}
  return {
    ...{ count, firingCount: firing, resolvedCount: resolved, placeCount: places, what },
    worst: toLine(items[0]?.title ?? ""),
    items: items.map((item) => ({
      ...item,
      title: toLine(item.title),
      why: "",
      severityName: WORDS[language].severity[item.severity],
    })),
    moreItems: Math.max(0, count - items.length),
  }
}

function toSilence({ silence, timeZone }: Story): Without<typeof SILENCE> {
  const { id = "", reason = "", createdBy = "", until = 0, matchers = "", held = 0 } = silence ?? {}
  return {
    silence: id,
    reason: toLine(reason),
    createdBy: toLine(createdBy),
    until: formatTime(until, timeZone),
    matchers: toLine(matchers),
    heldCount: held,
  }
}
