import type { Incident, IncidentEvent } from "@ossagent/wire"
import type { Selectable } from "kysely"
import type { IncidentEventTable, IncidentTable } from "../database/types.ts"

export type IncidentRow = Selectable<IncidentTable>

/** A row of the database as the contract tells it. */
export function toIncident(row: IncidentRow, policyName: (id: string) => string | null): Incident {
  const first = row.progress[0]
  return {
    id: row.id,
    state: row.state,
    severity: row.severity,
    title: row.title,
    group: row.group,
    culprit: row.culprit,
    suspectId: row.suspect_id,
    alarms: row.alarms,
    openAlarms: row.open_alarms,
    flapping: row.flapping,
    quiet: row.quiet,
    policyId: first?.policyId ?? null,
    policyName: first ? policyName(first.policyId) : null,
    step: first?.step ?? 0,
    nextStepAt: row.state === "resolved" ? null : (first?.nextAt ?? null),
    startedAt: row.started_at.getTime(),
    acknowledgedAt: row.acknowledged_at?.getTime() ?? null,
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: row.resolved_at?.getTime() ?? null,
    updatedAt: row.updated_at.getTime(),
  }
}

export function toIncidentEvent(row: Selectable<IncidentEventTable>): IncidentEvent {
  const { id, incident_id, at, kind, actor, text, alarm_id } = row
  return { id, incidentId: incident_id, at: at.getTime(), kind, actor, text, alarmId: alarm_id }
}
