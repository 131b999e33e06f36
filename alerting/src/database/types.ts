import type { AlarmState, Detection, Kind, NewRule, NewSilence, Severity, Stat } from "@ossagent/wire"
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
  detection: Detection
  severity: Severity
  state: AlarmState
  silenced_by: string | null
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

export type OutboxKind = "firing" | "resolved" | "digest"
export type OutboxState = "queued" | "held" | "merged" | "sending" | "sent" | "failed" | "skipped"

export interface OutboxTable {
  id: Id
  alarm_id: string | null
  kind: OutboxKind
  severity: Severity
  recipient: string
  state: OutboxState
  detail: Generated<string>
  digest_id: string | null
  attempts: Generated<number>
  created_at: At
  touched_at: At
  sent_at: MaybeAt
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
  }
  alarm: AlarmTable
  alarm_event: AlarmEventTable
  outbox: OutboxTable
  recipient: { address: string; tokens: number; refilled_at: At; digest_at: MaybeAt }
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
