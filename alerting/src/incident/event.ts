import type { IncidentEventKind } from "@ossagent/wire"
import type { Transaction } from "kysely"
import type { Database } from "../database/types.ts"

export interface NewEvent {
  incidentId: string
  kind: IncidentEventKind
  actor: string
  text: string
  alarmId?: string
}

const CHUNK = 1_000
const MOST_TEXT = 4_000

/** Writes lines of timelines. */
export async function writeEvents(tx: Transaction<Database>, events: readonly NewEvent[], at: number): Promise<void> {
  for (let i = 0; i < events.length; i += CHUNK) {
    const rows = events.slice(i, i + CHUNK).map(({ incidentId, kind, actor, text, alarmId }) => ({
      incident_id: incidentId,
      at: new Date(at),
      kind,
      actor,
      text: text.slice(0, MOST_TEXT),
      alarm_id: alarmId ?? null,
    }))
    await tx.insertInto("incident_event").values(rows).execute()
  }
}
