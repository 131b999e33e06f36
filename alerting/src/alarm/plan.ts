/**
 * What a batch of looks does to the alarms. In: the open alarms as they stand in the database, the conditions, the silences.
 * Out: rows to write. Pure; `book.ts` reads and writes in one transaction around it.
 */
import type { AlarmState, Severity } from "@ossagent/wire"
import type { Batch, Condition, RuleOfCondition } from "./condition.ts"
import { type Decision, decide, type Telling, toTelling } from "./decide.ts"
import type { AlarmRow } from "./row.ts"
import { type ActiveSilence, toSilencedBy } from "./silence.ts"

export interface OpenAlarm {
  row: AlarmRow
  /** Somebody was told, or is going to be told, that it fires. */
  told: boolean
}

export interface PlannedEvent {
  from: AlarmState | null
  to: AlarmState
  why: string
  /** Left out: the detector. */
  actor?: string
}

export interface PlannedMail {
  kind: "firing" | "resolved"
  severity: Severity
  telling: Telling
}

/** One alarm's new row, with the history and the mail that commit with it. */
export interface Write {
  row: AlarmRow
  event: PlannedEvent | null
  mail: PlannedMail | null
}

export interface Plan {
  opened: Write[]
  changed: Write[]
}

export interface PlanInput {
  open: readonly OpenAlarm[]
  batch: Batch
  silences: readonly ActiveSilence[]
}

export function toPlan({ open, batch, silences }: PlanInput): Plan {
  const plan: Plan = { opened: [], changed: [] }
  const byFingerprint = new Map(open.map((alarm) => [alarm.row.fingerprint, alarm]))
  const timings = new Map(batch.conditions.map(({ rule }) => [rule.id, rule]))
  for (const condition of batch.conditions) {
    const alarm = byFingerprint.get(condition.fingerprint)
    byFingerprint.delete(condition.fingerprint)
    if (alarm) plan.changed.push(toChange(alarm, condition, batch.at, silences))
    else if (condition.verdict === "bad") plan.opened.push(toOpened(condition, batch.at, silences))
  }
  for (const alarm of byFingerprint.values()) {
    const rule = timings.get(alarm.row.rule_id ?? "")
    plan.changed.push(toChange(alarm, toGone(alarm.row, rule), batch.at, silences))
  }
  return plan
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

function toOpened(condition: Condition, at: number, silences: readonly ActiveSilence[]): Write {
  const decision = decide(null, condition.verdict, at, condition.rule)
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
    fired_at: state === "firing" ? now : null,
    acknowledged_at: null,
    acknowledged_by: null,
    resolved_at: null,
    updated_at: now,
  }
  const telling = toTelling({ to: state, silenced: silencedBy !== null, told: false })
  return { row, event: { from: null, to: state, why: `${decision.why}: ${why}` }, mail: toMail(row, "firing", telling) }
}

function toChange(
  { row, told }: OpenAlarm,
  condition: Condition,
  at: number,
  silences: readonly ActiveSilence[],
): Write {
  const memory = {
    state: row.state === "resolved" ? "firing" : row.state,
    startedAt: row.started_at.getTime(),
    goodSince: row.good_since?.getTime() ?? null,
  } as const
  const decision = decide(memory, condition.verdict, at, condition.rule)
  const ruleName = row.rule_name
  const silencedBy = toSilencedBy({ group: row.group, metric: row.metric, ruleName }, silences, at)
  const next = toNextRow(row, condition, decision, at)
  next.silenced_by = silencedBy
  if (next.state !== row.state) {
    const telling = toTelling({ to: next.state, silenced: silencedBy !== null, told })
    const kind = next.state === "resolved" ? "resolved" : "firing"
    const event = { from: row.state, to: next.state, why: `${decision.why}: ${condition.why}` }
    return { row: next, event, mail: toMail(next, kind, telling) }
  }
  return { row: next, ...toUnsilenced(row, next, told) }
}

/** What follows when a silence over an alarm that nobody heard of has ended. */
function toUnsilenced(before: AlarmRow, row: AlarmRow, told: boolean): Pick<Write, "event" | "mail"> {
  const unheard = before.silenced_by !== null && row.silenced_by === null && row.state === "firing" && !told
  if (!unheard) return { event: null, mail: null }
  const telling = toTelling({ to: "firing", silenced: false, told, silenceEnded: true })
  const event = { from: row.state, to: row.state, why: "the silence over it has ended" }
  return { event, mail: toMail(row, "firing", telling) }
}

/** Open alarms for which a silence has begun or ended. */
export function toSilenceWrites(open: readonly OpenAlarm[], silences: readonly ActiveSilence[], at: number): Write[] {
  return open.flatMap(({ row, told }) => {
    const silencedBy = toSilencedBy({ group: row.group, metric: row.metric, ruleName: row.rule_name }, silences, at)
    if (silencedBy === row.silenced_by) return []
    const next = { ...row, silenced_by: silencedBy, updated_at: new Date(at) }
    return [{ row: next, ...toUnsilenced(row, next, told) }]
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
  if (decision.act === "fire") Object.assign(next, { state: "firing", fired_at: now, title: condition.title })
  if (decision.act === "drop" || decision.act === "resolve")
    Object.assign(next, { state: "resolved", resolved_at: now })
  return next
}

/** Null when this is nothing that mail is about; a refusal that people may wonder about (a silence) is kept as a skipped row. */
function toMail(row: AlarmRow, kind: PlannedMail["kind"], telling: Telling): PlannedMail | null {
  if (!telling.notify && telling.why !== "silenced") return null
  return { kind, severity: row.severity, telling }
}
