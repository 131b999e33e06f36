import type { Alarm, ChannelKind, Language, MessageKind } from "@ossagent/wire"
import { toTitle } from "../../incident/suspect.ts"
import type { Story, StoryIncident } from "../story.ts"

const AT = Date.UTC(2026, 10, 25, 9, 30)

const alarm: Alarm = {
  ...{ id: "7", fingerprint: "f", ruleId: "1", ruleName: "Errors", owner: "shop team", detection: "history" },
  ...{
    severity: "critical",
    state: "firing",
    incidentId: "12",
    silencedBy: null,
    inhibitedBy: null,
    maintenanceBy: null,
  },
  ...{
    title: "shop/checkout: more errors than usual",
    why: "41 errors/min; the same minute of the last 7 days: 3 to 6",
  },
  ...{
    metric: "http.server.errors",
    stat: "sum",
    unit: "{error}",
    group: { service: "shop", subsystem: "checkout", version: "8.0.2" },
  },
  ...{ value: 41, expected: 4, lower: 3, upper: 6, score: 0.99 },
  ...{
    startedAt: AT - 60_000,
    firedAt: AT,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    updatedAt: AT,
  },
} as const

const culprit = {
  dim: "version",
  values: ["8.0.2"],
  explains: 0.94,
  surprise: 0.8,
  text: "version 8.0.2 explains 94 % of the rise",
}

const incident: StoryIncident = {
  ...{ id: "12", state: "firing", severity: "critical", group: alarm.group, suspectId: "7" },
  ...{ title: toTitle(alarm, culprit, 3), culprit, alarms: 3, openAlarms: 3 },
  ...{ startedAt: alarm.startedAt, acknowledgedBy: null, resolvedAt: null },
} as const

/** A message of each kind, for checking templates and showing what they say. */
export function toSample(kind: MessageKind, channel: ChannelKind, language: Language): Story {
  const about = kind === "digest" || kind === "silence-ends" || kind === "test" ? null : incident
  const ended = kind === "resolved" && about ? { ...about, state: "resolved" as const, resolvedAt: AT } : about
  return {
    ...{ kind, channel, channelName: "Sample", severity: "critical", language, timeZone: "UTC", at: AT, note: "" },
    incident: ended,
    alarms: about ? [alarm] : [],
    runbooks: new Map([["7", "https://wiki.example.com/errors"]]),
    history: [],
    told: ["Ann (sms)"],
    digest:
      kind === "digest"
        ? {
            ...{ what: "incident", count: 37, firing: 30, resolved: 7, places: 4 },
            items: [
              {
                kind: "firing",
                severity: "critical",
                title: alarm.title,
                link: "https://ossagent.example.com/incidents/12",
              },
            ],
          }
        : null,
    silence:
      kind === "silence-ends"
        ? {
            id: "3",
            reason: "moving the database",
            createdBy: "ann@example.com",
            until: AT + 900_000,
            matchers: "service = shop",
            held: 2,
          }
        : null,
    link: "https://ossagent.example.com/incidents/12",
    dashboardUrl: "https://ossagent.example.com",
  }
}
