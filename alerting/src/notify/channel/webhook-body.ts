import type { Group, Language, MessageKind, Severity } from "@ossagent/wire"

/** What a webhook is sent, as JSON. Fields may be added; none is taken away or changed in meaning while `version` is 1. */
export interface WebhookBody {
  version: 1
  /** Equal for every try of the same message; also the header `Idempotency-Key`. */
  key: string
  kind: MessageKind
  severity: Severity
  language: Language
  /** Unix ms. */
  sentAt: number
  title: string
  text: string
  /** The page in the dashboard. */
  link: string
  incident: {
    id: string
    state: string
    group: Group
    culprit: string | null
    startedAt: number
    resolvedAt: number | null
    alarms: number
  } | null
  /** The first 20. */
  alarms: {
    id: string
    rule: string
    severity: Severity
    state: string
    title: string
    why: string
    metric: string
    group: Group
    value: number | null
    unit: string
    startedAt: number
    runbookUrl: string | null
  }[]
}
