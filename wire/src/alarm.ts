/**
 * Alarms, rules, silences and sent mail as the alerting service tells them. `Authorization: Bearer <token>`; a change also carries
 * `X-OssAgent-Actor: <user's e-mail>`, which goes into the audit.
 *
 * | call | what |
 * |---|---|
 * | `GET /v1/alarms?state=open\|all&service=&subsystem=&metric=&before=<id>&limit=` | `{ alarms: Alarm[], nextBefore: string \| null }`, newest first |
 * | `GET /v1/alarms/:id` | `{ alarm: Alarm, history: AlarmEvent[], messages: Message[] }` |
 * | `POST /v1/alarms/:id/acknowledge` `{ note? }` | `{ alarm }` |
 * | `POST /v1/alarms/:id/resolve` `{ note? }` | `{ alarm }`; closes what will not come back |
 * | `POST /v1/forget` `{ service }` | `{ forgotten }`: it is gone for good, its silence is no fault |
 * | `GET /v1/silences?state=active\|all` | `{ silences: Silence[] }` |
 * | `POST /v1/silences` `NewSilence` · `DELETE /v1/silences/:id` | `{ silence }` |
 * | `GET /v1/rules` · `POST /v1/rules` `NewRule` · `PUT /v1/rules/:id` · `DELETE /v1/rules/:id` | `{ rules }`, `{ rule }` |
 * | `POST /v1/rules/backtest` `BacktestQuestion` | `BacktestAnswer`: see `backtest.ts` |
 * | `GET /v1/outbox?before=&limit=` · `GET /v1/outbox/:id` | `{ mails: OutboxMail[], nextBefore }`, `{ mail: OutboxMail & { html, text } }` |
 * | `GET /v1/audit?before=&limit=` | `{ entries: AuditEntry[], nextBefore }` |
 * | `GET /v1/live` | server-sent events, `data: AlarmLiveEvent` |
 */
import type { Filter, Group, Stat } from "./report.ts"

/** Also the metric that another one is measured against. */
export interface MetricPart {
  metric: string
  stat: Stat
  filters: Filter[]
}

export type AlarmState = "pending" | "firing" | "acknowledged" | "flapping" | "resolved"
export type Severity = "info" | "warning" | "critical"
export type Detection =
  | "threshold"
  | "absence"
  | "history"
  | "change"
  | "ratio"
  | "burn"
  | "versions"
  | "exception"
  | "release"

export interface Alarm {
  id: string
  /** Equal for the same trouble of the same series and rule, open or past. */
  fingerprint: string
  ruleId: string | null
  ruleName: string
  /** Who looks after it: as the rule says. */
  owner: string
  detection: Detection
  severity: Severity
  state: AlarmState
  incidentId: string | null
  /** Set while a silence matches: it stays visible and nobody is notified. */
  silencedBy: string | null
  /** The alarm that is its cause, by a rule of inhibition: nobody is notified. */
  inhibitedBy: string | null
  /** The maintenance under way: nobody is notified. */
  maintenanceBy: string | null
  /** One line: what is wrong, where. */
  title: string
  /** Why in words: the value, what was expected, since when. */
  why: string
  metric: string
  stat: Stat
  unit: string
  /** The dimensions of what fires: service, subsystem, version … */
  group: Group
  value: number | null
  expected: number | null
  lower: number | null
  upper: number | null
  /** 0–1. */
  score: number
  /** Unix ms. */
  startedAt: number
  firedAt: number | null
  acknowledgedAt: number | null
  acknowledgedBy: string | null
  resolvedAt: number | null
  updatedAt: number
}

/** One durable line of an alarm's history. */
export interface AlarmEvent {
  id: string
  alarmId: string
  at: number
  from: AlarmState | null
  to: AlarmState
  /** Who or what did it: a user's e-mail, or `detector`. */
  actor: string
  why: string
}

export interface NewSilence {
  /** All must match the alarm's group, or `metric` / `rule`. */
  matchers: { dim: string; op: "in" | "notIn"; values: string[] }[]
  until: number
  reason: string
}

export interface Silence extends NewSilence {
  id: string
  createdBy: string
  createdAt: number
  endedAt: number | null
}

export interface NewRule {
  name: string
  enabled: boolean
  severity: Severity
  detection: Detection
  metric: string
  stat: Stat
  filters: Filter[]
  split: string[]
  /** The window that is judged each time. */
  windowSec: number
  /** How long it must be bad before it fires, and good before it resolves. */
  forSec: number
  keepFiringSec: number
  /** `threshold` only. `clear` is the value at which it counts as good again. */
  threshold?: { op: ">" | "<"; value: number; clear?: number }
  /** `change` only: against the same window a day or a week ago. 0.5 is half as much again, -0.3 is 30 % less. */
  change?: { against: "1d" | "7d"; op: ">" | "<"; by: number; clear?: number }
  /** `ratio` and `burn`: the metric is divided by this one; `threshold` judges the quotient of a `ratio`. */
  of?: MetricPart
  /** `burn` only: the share of good ones that is promised (0.999), and pairs of windows that must both burn `factor` times as fast. */
  burn?: { objective: number; windows: { longSec: number; shortSec: number; factor: number }[] }
  /** `versions` only: the newest version of a service against the one before; bad when it is so many times as much. */
  versions?: { op: ">" | "<"; factor: number; clear?: number }
  /** Least points of the metric (or of `of`) in the window: with fewer nothing is judged. */
  minVolume?: number
  /** Judges windows that ended so long ago: for points that come late. */
  delaySec?: number
  /** `absence` only: silent for this long. */
  absenceSec?: number
  /** `history` only: how far out, 0–1; default 0.99. */
  sensitivity?: number
  /** A team or person; routes can match it. */
  owner?: string
  runbookUrl?: string
}

export interface Rule extends NewRule {
  id: string
  /** Comes with the product; may be switched off or changed, not removed. */
  builtIn: boolean
  updatedAt: number
  updatedBy: string
}

export interface OutboxMail {
  id: string
  at: number
  from: string
  to: string[]
  subject: string
  /** False: taken by the local server because no SMTP server is configured. */
  sentOut: boolean
  alarmId: string | null
}

export interface AuditEntry {
  id: string
  at: number
  actor: string
  action: string
  detail: string
}

/** `open` counts alarms that are firing or acknowledged and not silenced, by severity. */
export interface AlarmLiveEvent {
  changed: Alarm[]
  open: Record<Severity, number>
}
