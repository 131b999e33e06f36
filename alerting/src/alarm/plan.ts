/**
 * What a batch of looks does to the alarms. In: the open alarms as they stand in the database, the conditions, the silences.
 * Out: rows to write. Pure; `book.ts` reads and writes in one transaction around it.
 */
import type { AlarmState } from "@ossagent/wire"
import type { Batch, Condition, RuleOfCondition } from "./condition.ts"
import { type Decision, decide } from "./decide.ts"
import type { AlarmRow } from "./row.ts"
import { type ActiveSilence, toSilencedBy } from "./silence.ts"

export interface PlannedEvent {
  from: AlarmState | null
  to: AlarmState
  why: string
  /** Left out: the detector. */
  actor?: string
}

/** One alarm's new row, with the history that commits with it. */
export interface Write {
  row: AlarmRow
  event: PlannedEvent | null
}

export interface Plan {
  opened: Write[]
  changed: Write[]
}

export interface PlanInput {
  open: readonly AlarmRow[]
  batch: Batch
  silences: readonly ActiveSilence[]
  /** How often each fingerprint fired and resolved lately. */
  flaps: ReadonlyMap<string, number>
}

export function toPlan({ open, batch, silences, flaps }: PlanInput): Plan {
  const plan: Plan = { opened: [], changed: [] }
  const byFingerprint = new Map(open.map((row) => [row.fingerprint, row]))
  const timings = new Map(
    [...batch.conditions.map(({ rule }) => rule), ...(batch.rules ?? [])].map((rule) => [rule.id, rule]),
  )
  for (const condition of batch.conditions) {
    const alarm = byFingerprint.get(condition.fingerprint)
    byFingerprint.delete(condition.fingerprint)
    const look = { condition, at: batch.at, silences, flaps: flaps.get(condition.fingerprint) ?? 0 }
    if (alarm) plan.changed.push(toChange(alarm, look))
    else if (condition.verdict === "bad") plan.opened.push(toOpened(look))
  }
  for (const alarm of byFingerprint.values()) {
    const rule = timings.get(alarm.rule_id ?? "")
    plan.changed.push(toChange(alarm, { condition: toGone(alarm, rule), at: batch.at, silences, flaps: 0 }))
  }
  return plan
}

interface Look {
  condition: Condition
  at: number
  silences: readonly ActiveSilence[]
  flaps: number
}

/** An open alarm whose series is not in the answer any more. */
function toGone(row: AlarmRow, rule: RuleOfCondition | undefined): Condition {
  const { id: _, rule_name: name, detection, severity } = row
  const keepFiringSec = rule?.keepFiringSec ?? 60
  return {
    ...row,
    stat: row.stat as Condition["stat"],
    rule: { id: row.rule_id ?? "", name, detection, severity, forSec: 0, keepFiringSec },
    verdict: "good",
    why: "it no longer reports",
    value: null,
  }
}

function toOpened({ condition, at, silences, flaps }: Look): Write {
  const decision = decide(null, condition.verdict, at, { ...condition.rule, flaps })
  const state = decision.act === "open" ? decision.state : "pending"
  const now = new Date(at)
  const { rule, fingerprint, title, why, metric, stat, unit, group, value, expected, lower, upper, score } = condition
  const silencedBy = toSilencedBy({ group, metric, ruleName: rule.name }, silences, at)
  const row: AlarmRow = {
    id: "",
    fingerprint,
    rule_id: rule.id,
    rule_name: rule.name,
    owner: rule.owner ?? "",
    incident_id: null,
    inhibited_by: null,
    maintenance_by: null,
    detection: rule.detection,
    severity: rule.severity,
    state,
    silenced_by: silencedBy,
    ...{ title, why, metric, stat, unit, group, value, expected, lower, upper, score },
    started_at: condition.since === undefined ? now : new Date(Math.min(condition.since, at)),
    good_since: null,
    fired_at: state === "pending" ? null : now,
    acknowledged_at: null,
    acknowledged_by: null,
    resolved_at: null,
    updated_at: now,
  }
  return { row, event: { from: null, to: state, why: `${decision.why}: ${why}` } }
}

function toChange(row: AlarmRow, { condition, at, silences, flaps }: Look): Write {
  const memory = {
    state: row.state === "resolved" ? "firing" : row.state,
    startedAt: row.started_at.getTime(),
    goodSince: row.good_since?.getTime() ?? null,
  } as const
  const decision = decide(memory, condition.verdict, at, { ...condition.rule, flaps })
  const next = toNextRow(row, condition, decision, at)
  next.silenced_by = toSilencedBy({ group: row.group, metric: row.metric, ruleName: row.rule_name }, silences, at)
  if (next.state === row.state) return { row: next, event: null }
  return { row: next, event: { from: row.state, to: next.state, why: `${decision.why}: ${condition.why}` } }
}

/** Open alarms for which a silence has begun or ended. */
export function toSilenceWrites(open: readonly AlarmRow[], silences: readonly ActiveSilence[], at: number): Write[] {
  return open.flatMap((row) => {
    const silencedBy = toSilencedBy({ group: row.group, metric: row.metric, ruleName: row.rule_name }, silences, at)
    if (silencedBy === row.silenced_by) return []
    const why = silencedBy === null ? "the silence over it has ended" : `silenced by ${silencedBy}`
    const next = { ...row, silenced_by: silencedBy, updated_at: new Date(at) }
    return [{ row: next, event: { from: row.state, to: row.state, why } }]
  })
}

function toNextRow(row: AlarmRow, condition: Condition, decision: Decision, at: number): AlarmRow {
  const now = new Date(at)
  const { value, expected, lower, upper, score } = condition
  const bad = condition.verdict === "bad"
  const next: AlarmRow = {
    ...row,
    ...(value === null ? {} : { value }),
    ...(bad ? { why: condition.why, expected, lower, upper, score: Math.max(score, row.score) } : {}),
    updated_at: now,
  }
  if (decision.act === "keep") next.good_since = decision.goodSince === null ? null : new Date(decision.goodSince)
  if (decision.act === "fire") Object.assign(next, { state: decision.state, fired_at: now, title: condition.title })
  if (decision.act === "drop" || decision.act === "resolve")
    Object.assign(next, { state: "resolved", resolved_at: now })
  return next
}
