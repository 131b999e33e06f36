/**
 * Who is told, when, and how. Each kind is a list of small documents edited in the dashboard.
 *
 * | call | what |
 * |---|---|
 * | `GET /v1/oncall/:kind` | `{ items: (document & Stored)[] }`; secrets of channels are left out, `hasSecret` says whether there is one |
 * | `POST /v1/oncall/:kind` · `PUT /v1/oncall/:kind/:id` · `DELETE /v1/oncall/:kind/:id` | `{ item }`; a document that others name cannot be removed |
 * | `GET /v1/oncall/now` | `{ schedules: OnCallNow[] }`: who is on call now |
 * | `POST /v1/oncall/who` `WhoQuestion` | `WhoAnswer`: who would be told of such an alarm, how and why |
 * | `POST /v1/oncall/channel/:id/test` `{ to? }` | `{ message: Message }`: a real message through it |
 * | `GET /v1/templates/variables` | `{ kinds: Record<MessageKind, string[]> }` |
 */
import type { Severity } from "./alarm.ts"
import type { ChannelKind, MessageKind } from "./incident.ts"
import type { Group } from "./report.ts"

export type OnCallKind =
  | "contact"
  | "schedule"
  | "policy"
  | "route"
  | "inhibition"
  | "maintenance"
  | "channel"
  | "template"

export type Language = "en" | "zh"

export interface Stored {
  id: string
  /** Comes with the product; may be changed, not removed. */
  builtIn: boolean
  updatedAt: number
  updatedBy: string
}

/** All must match; `dim` is one of the alarm's dimensions, or `metric`, `rule`, `severity`, `detection`, `owner`. */
export interface Matcher {
  dim: string
  op: "in" | "notIn" | "like"
  /** `like` takes `*` for any text. */
  values: string[]
}

/** When and how one person wants to be told: the first that fits severity and hour counts. */
export interface Preference {
  /** Empty: all. */
  severities: Severity[]
  /** 1 Monday … 7 Sunday; empty: all. */
  days: number[]
  /** "22:00" to "07:00" in the person's time zone; null: the whole day. */
  hours: { from: string; to: string } | null
  /** In order; empty: not at all. */
  channels: ChannelKind[]
  /** `all`: at once on every channel; `inOrder`: the next one when the one before has not delivered within `fallbackSec`. */
  mode: "all" | "inOrder"
  fallbackSec: number
}

export interface Contact {
  name: string
  language: Language
  /** IANA name. */
  timeZone: string
  email?: string
  /** E.164: "+8613800138000". */
  phone?: string
  /** User name in the IM. */
  im?: string
  preferences: Preference[]
}

export interface Layer {
  name: string
  /** Contact ids, in turn. */
  contacts: string[]
  /** Local time of the schedule's zone: "2026-11-02T09:00". */
  start: string
  /** Length of one turn. */
  turn: { unit: "hour" | "day" | "week"; count: number }
  /** Only then; left out: always. A later layer wins over an earlier one. */
  only?: { days: number[]; from: string; to: string }
}

export interface Schedule {
  name: string
  timeZone: string
  layers: Layer[]
  /** Win over every layer. Unix ms. */
  overrides: { contactId: string; from: number; to: number }[]
}

export type Target =
  | { kind: "contact"; id: string }
  | { kind: "schedule"; id: string }
  | { kind: "channel"; id: string }

export interface Policy {
  name: string
  /** The first step is taken at once, each later one when nobody acknowledged `afterMin` after the one before. */
  steps: { afterMin: number; targets: Target[] }[]
  /** How often the whole policy is gone through again after its last step. */
  rounds: number
  /** Told again while it fires, also when acknowledged, after so long; 0: never. */
  repeatMin: number
  /** An acknowledgement is over after so long while it still fires; 0: never. */
  ackMin: number
  tellResolved: boolean
}

/** A node of the routing tree. The first child that matches takes the alarm; `continue` lets later siblings have it too. */
export interface Route {
  name: string
  matchers: Matcher[]
  continue: boolean
  policyId: string
  /** Alarms equal in these dimensions become one incident; empty: the product decides by place and time. */
  groupBy: string[]
  /** How long a new incident waits for company before people are told. */
  groupWaitSec: number
  children: Route[]
}

/** While an alarm that matches `source` fires, those that match `target` and are equal in `equal` are not told. */
export interface Inhibition {
  name: string
  source: Matcher[]
  target: Matcher[]
  equal: string[]
}

/** Planned work: evaluated and recorded, not told. */
export interface Maintenance {
  name: string
  matchers: Matcher[]
  timeZone: string
  /** Local time of the first: "2026-11-02T02:00". */
  start: string
  durationMin: number
  repeat: "none" | "daily" | "weekly"
  /** `weekly` only: 1 Monday … 7 Sunday. */
  days: number[]
  /** Local date after which it does not come again. */
  until?: string
}

/** A way out. `settings` by kind; what is secret is written and never read back. */
export interface Channel {
  name: string
  kind: ChannelKind
  enabled: boolean
  settings: Record<string, string | number | boolean>
  /** Write only. Left out in a change: stays as it is. */
  secrets?: Record<string, string>
}

/** Text of one kind of message on one kind of channel, in one language, instead of the product's own. */
export interface Template {
  name: string
  message: MessageKind
  channel: ChannelKind
  language: Language
  subject?: string
  body: string
}

export interface OnCallDocuments {
  contact: Contact
  schedule: Schedule
  policy: Policy
  route: Route
  inhibition: Inhibition
  maintenance: Maintenance
  channel: Channel
  template: Template
}

export interface OnCallNow {
  scheduleId: string
  scheduleName: string
  contactId: string | null
  contactName: string | null
  until: number | null
  next: { contactId: string; contactName: string; from: number } | null
}

export interface WhoQuestion {
  group: Group
  metric: string
  rule: string
  severity: Severity
  at?: number
}

export interface WhoAnswer {
  /** Names of the routes that take it, from the root. */
  routes: string[][]
  quiet: string | null
  steps: {
    policyName: string
    afterMin: number
    people: {
      contactName: string | null
      channel: ChannelKind
      channelName: string
      to: string
      afterSec: number
      why: string
    }[]
    /** Whom this step does not reach, in words. */
    unreached: string[]
  }[]
}
