/** What a message is about, as it stands when it is sent. Plain data: `read-story.ts` reads it, `text/` says it. */
import type { Alarm, AlarmEvent, ChannelKind, Incident, Language, MessageKind, Severity } from "@ossagent/wire"

export type StoryIncident = Pick<
  Incident,
  | ("id" | "state" | "severity" | "title" | "group" | "culprit" | "suspectId" | "alarms" | "openAlarms")
  | ("startedAt" | "acknowledgedBy" | "resolvedAt")
>

export interface Story {
  kind: MessageKind
  channel: ChannelKind
  channelName: string
  severity: Severity
  language: Language
  /** IANA name: of the person, else UTC. */
  timeZone: string
  /** Now, Unix ms. */
  at: number
  /** Of the outbox row: "im-is-patient", "escalated" … */
  note: string
  incident: StoryIncident | null
  /** Those of the incident, worst first, at most 20; or the one that the row is about. */
  alarms: readonly Alarm[]
  /** What to do, by alarm. */
  runbooks: ReadonlyMap<string, string>
  /** Of the first alarm, newest last. */
  history: readonly AlarmEvent[]
  /** Who else is told: "Ann (sms)". */
  told: readonly string[]
  digest: Digest | null
  silence: { id: string; reason: string; createdBy: string; until: number; matchers: string; held: number } | null
  /** The page in the dashboard. */
  link: string
  dashboardUrl: string
}

export interface Digest {
  /** Incidents, or alarms of the time before incidents; one line each, worst first, at most 50. */
  items: readonly DigestItem[]
  what: "incident" | "alarm"
  count: number
  firing: number
  resolved: number
  /** Service and subsystem. */
  places: number
}

export interface DigestItem {
  kind: "firing" | "resolved"
  severity: Severity
  title: string
  link: string
}
