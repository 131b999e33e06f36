import type {
  AlarmState,
  ChannelKind,
  Culprit,
  Detection,
  IncidentEventKind,
  IncidentState,
  Judgement,
  Kind,
  Language,
  LogicReport,
  MessageKind,
  MessageState,
  NewRule,
  NewSilence,
  OnCallDocuments,
  OnCallKind,
  Release,
  ReleaseEvent,
  Severity,
  Stat,
} from "@ossagent/wire"
import type { ColumnType, Generated, JSONColumnType } from "kysely"

/** bigint identity columns: PostgreSQL's driver gives them as strings, and strings they stay. */
type Id = Generated<string>
type At = ColumnType<Date, Date, Date>
type MaybeAt = ColumnType<Date | null, Date | null | undefined, Date | null>

export interface AlarmTable {
  id: Id
  fingerprint: string
  rule_id: string | null
  rule_name: string
  owner: string
  detection: Detection
  severity: Severity
  state: AlarmState
  incident_id: string | null
  silenced_by: string | null
  inhibited_by: string | null
  maintenance_by: string | null
  title: string
  why: string
  metric: string
  stat: string
  unit: string
  group: JSONColumnType<Record<string, string>>
  value: number | null
  expected: number | null
  lower: number | null
  upper: number | null
  score: number
  started_at: At
  good_since: MaybeAt
  fired_at: MaybeAt
  acknowledged_at: MaybeAt
  acknowledged_by: string | null
  resolved_at: MaybeAt
  updated_at: At
}

export interface AlarmEventTable {
  id: Id
  alarm_id: string
  at: At
  from: AlarmState | null
  to: AlarmState
  actor: string
  why: string
}

/** How far a policy has gone with an incident. */
export interface Progress {
  policyId: string
  /** Steps taken in this round. */
  step: number
  round: number
  /** When the next one is due, Unix ms; null: never. */
  nextAt: number | null
}

export interface IncidentTable {
  id: Id
  group_key: string
  state: IncidentState
  severity: Severity
  title: string
  group: JSONColumnType<Record<string, string>>
  culprit: JSONColumnType<Culprit | null, string | null | undefined, string | null>
  suspect_id: string | null
  alarms: number
  open_alarms: number
  flapping: Generated<boolean>
  quiet: string | null
  tellings: Generated<number>
  progress: JSONColumnType<Progress[], string | undefined, string>
  due_at: MaybeAt
  grown_at: At
  started_at: At
  acknowledged_at: MaybeAt
  acknowledged_by: string | null
  resolved_at: MaybeAt
  updated_at: At
}

export interface IncidentEventTable {
  id: Id
  incident_id: string
  at: At
  kind: IncidentEventKind
  actor: string
  text: string
  alarm_id: string | null
}

export interface OutboxTable {
  id: Id
  /** Never the same twice; null in rows of the time before incidents. */
  key: string | null
  incident_id: string | null
  alarm_id: string | null
  silence_id: string | null
  kind: MessageKind
  severity: Severity
  channel: Generated<ChannelKind>
  channel_id: string | null
  contact_id: string | null
  language: Generated<Language>
  recipient: string
  state: MessageState
  detail: Generated<string>
  note: Generated<string>
  digest_id: string | null
  after_id: string | null
  due_at: MaybeAt
  attempts: Generated<number>
  provider_id: string | null
  created_at: At
  touched_at: At
  sent_at: MaybeAt
  delivered_at: MaybeAt
}

export interface ReleaseTable {
  id: Id
  service: string
  module: string
  version: string
  from: string
  state: Release["state"]
  experiment: boolean
  steps: JSONColumnType<number[]>
  audience: JSONColumnType<Release["audience"]>
  step_sec: number
  min_samples: number
  step: number
  step_at: At
  why: string
  started_at: At
  started_by: string
  ended_at: MaybeAt
  ended_by: string | null
}

export interface Database {
  rule: {
    id: Id
    built_in: string | null
    body: JSONColumnType<NewRule>
    updated_at: Generated<Date>
    updated_by: string
  }
  silence: {
    id: Id
    matchers: JSONColumnType<NewSilence["matchers"]>
    until: At
    reason: string
    created_by: string
    created_at: At
    ended_at: MaybeAt
    reminded_at: MaybeAt
  }
  alarm: AlarmTable
  alarm_event: AlarmEventTable
  outbox: OutboxTable
  incident: IncidentTable
  incident_event: IncidentEventTable
  feedback: { incident_id: string; by: string; verdict: "useful" | "noise"; at: At }
  oncall: {
    id: Id
    kind: OnCallKind
    built_in: string | null
    body: JSONColumnType<OnCallDocuments[OnCallKind]>
    secrets: JSONColumnType<Record<string, string>, string | undefined, string>
    updated_at: Generated<Date>
    updated_by: string
  }
  logic_module: { module: string; service: string; current: string; updated_at: At }
  logic_instance: { instance: string; module: string; at: At; body: JSONColumnType<LogicReport["modules"][number]> }
  release: ReleaseTable
  release_judgement: { release_id: string; step: number; at: At; body: JSONColumnType<Judgement> }
  release_event: {
    id: Id
    release_id: string
    at: At
    kind: ReleaseEvent["kind"]
    actor: string
    ratio: number
    text: string
  }
  collector_state: { one: Generated<boolean>; usable: boolean; settled_at: At; at: At }
  lease: { name: string; holder: string; until: At }
  recipient: { key: string; tokens: number; refilled_at: At; digest_at: MaybeAt }
  outbox_mail: {
    id: Id
    message_id: string
    at: At
    from: string
    to: string[]
    subject: string
    text: string
    html: string
    sent_out: boolean
    alarm_id: string | null
  }
  audit: { id: Id; at: At; actor: string; action: string; detail: string }
  installation: { one: Generated<boolean>; id: Generated<string> }
  presence: {
    rule_id: string
    key: string
    group: JSONColumnType<Record<string, string>>
    run_start: At
    last_at: At
    proven: boolean
  }
  history_state: {
    key: string
    meta: JSONColumnType<{ metric: string; stat: Stat; unit: string; group: Record<string, string>; kind: Kind }>
    last_t: ColumnType<string, number, number>
    state: Buffer
  }
}
