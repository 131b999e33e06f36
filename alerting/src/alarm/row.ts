import type { Alarm, AlarmEvent, Stat } from "@ossagent/wire"
import type { Selectable } from "kysely"
import type { AlarmEventTable, AlarmTable } from "../database/types.ts"

export type AlarmRow = Selectable<AlarmTable>

const toMs = (at: Date | null): number | null => at?.getTime() ?? null

/** A row of the database as the contract tells it. */
export function toAlarm(row: AlarmRow): Alarm {
  return {
    id: row.id,
    fingerprint: row.fingerprint,
    ruleId: row.rule_id,
    ruleName: row.rule_name,
    owner: row.owner,
    detection: row.detection,
    severity: row.severity,
    state: row.state,
    incidentId: row.incident_id,
    silencedBy: row.silenced_by,
    inhibitedBy: row.inhibited_by,
    maintenanceBy: row.maintenance_by,
    title: row.title,
    why: row.why,
    metric: row.metric,
    stat: row.stat as Stat,
    unit: row.unit,
    group: row.group,
    value: row.value,
    expected: row.expected,
    lower: row.lower,
    upper: row.upper,
    score: row.score,
    startedAt: row.started_at.getTime(),
    firedAt: toMs(row.fired_at),
    acknowledgedAt: toMs(row.acknowledged_at),
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: toMs(row.resolved_at),
    updatedAt: row.updated_at.getTime(),
  }
}

export function toAlarmEvent(row: Selectable<AlarmEventTable>): AlarmEvent {
  const { id, alarm_id, at, from, to, actor, why } = row
  return { id, alarmId: alarm_id, at: at.getTime(), from, to, actor, why }
}
