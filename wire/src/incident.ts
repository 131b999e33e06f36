/**
 * Incidents: alarms that belong together, told to people as one thing. Same port and credentials as `alarm.ts`.
 *
 * | call | what |
 * |---|---|
 * | `GET /v1/incidents?state=open\|all&service=&before=<id>&limit=` | `{ incidents: Incident[], nextBefore }`, newest first |
 * | `GET /v1/incidents/:id` | `IncidentPage` |
 * | `POST /v1/incidents/:id/acknowledge` `{ note? }` · `/resolve` `{ note? }` | `{ incident }` |
 * | `POST /v1/incidents/:id/notes` `{ note }` | `{ incident }` |
 * | `POST /v1/incidents/:id/feedback` `{ verdict: "useful" \| "noise" }` | `{ incident }`; one a person, the last counts |
 * | `GET /v1/care?days=` | `CareReport`: MTTA, MTTR, rules by noise |
 * | `GET /v1/messages?incident=&contact=&channel=&state=&before=&limit=` | `{ messages: Message[], nextBefore }`: the delivery log |
 */
import type { Alarm, AlarmEvent, Severity } from "./alarm.ts"
import type { Group } from "./report.ts"

export type IncidentState = "firing" | "acknowledged" | "resolved"

/** The value of a dimension that explains why a total moved. */
export interface Culprit {
  dim: string
  values: string[]
  /** Share of the change that it explains, 0–1; more than 1 when others moved the other way. */
  explains: number
  /** How unlike its usual share it is, 0–1. */
  surprise: number
  /** "version 8.0.2 explains 94 % of the rise" */
  text: string
}

export interface Incident {
  id: string
  state: IncidentState
  /** The highest among its alarms so far. */
  severity: Severity
  /** One line: the primary suspect, and the culprit where there is one. */
  title: string
  /** The dimensions that its alarms share. */
  group: Group
  culprit: Culprit | null
  /** The alarm that people should look at first. */
  suspectId: string | null
  alarms: number
  openAlarms: number
  /** An alarm of it switched to and fro: told once, and then not before it is calm. */
  flapping: boolean
  /** Why nobody is told, in words ("silenced by 7 until …", "caused by incident 12", "maintenance …"); null: people are told. */
  quiet: string | null
  policyId: string | null
  policyName: string | null
  /** Steps of the policy that were taken. */
  step: number
  nextStepAt: number | null
  startedAt: number
  acknowledgedAt: number | null
  acknowledgedBy: string | null
  resolvedAt: number | null
  updatedAt: number
}

export type IncidentEventKind =
  | "opened"
  | "alarm"
  | "culprit"
  | "severity"
  | "told"
  | "quiet"
  | "escalated"
  | "repeated"
  | "acknowledged"
  | "reopened"
  | "note"
  | "feedback"
  | "resolved"

/** One durable line of the timeline. */
export interface IncidentEvent {
  id: string
  incidentId: string
  at: number
  kind: IncidentEventKind
  /** A user's e-mail, a contact's name with the channel, or `detector`, `escalation`. */
  actor: string
  text: string
  alarmId: string | null
}

export interface IncidentPage {
  incident: Incident
  alarms: Alarm[]
  timeline: IncidentEvent[]
  /** History of its alarms, newest last; at most 500. */
  history: AlarmEvent[]
  messages: Message[]
  /** Past incidents of the same place or with the same alarms, newest first; at most 10. */
  similar: Incident[]
  feedback: { by: string; verdict: "useful" | "noise"; at: number }[]
}

export type ChannelKind = "email" | "sms" | "im" | "webhook" | "slack" | "feishu" | "wecom"

export type MessageKind =
  | "firing"
  | "escalated"
  | "repeated"
  | "resolved"
  | "digest"
  | "silence-ends"
  | "silent-alerting"
  | "test"

/**
 * `waiting`: goes out when the channel before it has not delivered by then · `held`: over the rate, waits for a digest · `merged`: part
 * of a digest · `sent`: taken by the channel · `delivered`: the receiver's side said so.
 */
export type MessageState =
  | "waiting"
  | "queued"
  | "held"
  | "merged"
  | "sending"
  | "sent"
  | "delivered"
  | "failed"
  | "skipped"

/** One message to one address on one channel. */
export interface Message {
  id: string
  incidentId: string | null
  alarmId: string | null
  kind: MessageKind
  severity: Severity
  channel: ChannelKind
  channelName: string
  contactId: string | null
  contactName: string | null
  /** An address as people may see it: of a webhook only the host. */
  to: string
  state: MessageState
  /** Why it is in this state. */
  detail: string
  attempts: number
  createdAt: number
  /** Goes out then at the latest, when waiting. */
  dueAt: number | null
  sentAt: number | null
  deliveredAt: number | null
}

export interface CareReport {
  from: number
  to: number
  incidents: number
  /** Median seconds from firing to acknowledged and to resolved; null when none. */
  mttaSec: number | null
  mttrSec: number | null
  byDay: { day: string; incidents: number; messages: number }[]
  rules: {
    ruleId: string | null
    ruleName: string
    fired: number
    flapped: number
    acknowledged: number
    useful: number
    noise: number
    /** Median seconds it stayed open. */
    medianOpenSec: number | null
  }[]
}
