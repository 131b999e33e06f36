/** Incidents as the door shows them. */
import { ServiceError } from "@ossagent/svrkit"
import type { Incident, IncidentPage } from "@ossagent/wire"
import { type Kysely, sql } from "kysely"
import { toAlarm, toAlarmEvent } from "../alarm/row.ts"
import type { Database } from "../database/types.ts"
import { readMessages } from "../notify/log.ts"
import { type IncidentRow, toIncident, toIncidentEvent } from "./row.ts"

type Db = Kysely<Database>

export interface IncidentFilter {
  state: "open" | "all"
  service?: string
  before?: string
  limit: number
}

/** Newest first; one more than asked for, so that the caller sees whether there are more. */
export async function listIncidents(db: Db, { state, service, before, limit }: IncidentFilter): Promise<Incident[]> {
  let query = db.selectFrom("incident").selectAll()
  if (state === "open") query = query.where("state", "<>", "resolved")
  if (before !== undefined) query = query.where("id", "<", before)
  if (service !== undefined)
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom("alarm")
          .select("alarm.id")
          .whereRef("alarm.incident_id", "=", "incident.id")
          .where(sql`alarm."group"->>'service'`, "=", service),
      ),
    )
  const rows = await query
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute()
  return toIncidents(db, rows)
}

export async function toIncidents(db: Db, rows: readonly IncidentRow[]): Promise<Incident[]> {
  const policies = await db.selectFrom("oncall").select(["id", "body"]).where("kind", "=", "policy").execute()
  const names = new Map(policies.map(({ id, body }) => [id, body.name]))
  return rows.map((row) => toIncident(row, (id) => names.get(id) ?? null))
}

const MOST_ALARMS = 500
const MOST_HISTORY = 500
const MOST_SIMILAR = 10
const MOST_MESSAGES = 500

export async function readIncidentPage(db: Db, id: string): Promise<IncidentPage> {
  const row = await db.selectFrom("incident").selectAll().where("id", "=", id).executeTakeFirst()
  if (!row) throw new ServiceError("unknown_incident", `cannot find incident ${id}`)
  const alarms = await db
    .selectFrom("alarm")
    .selectAll()
    .where("incident_id", "=", id)
    .orderBy(sql`state = 'resolved'`)
    .orderBy("id")
    .limit(MOST_ALARMS)
    .execute()
  const timeline = await db
    .selectFrom("incident_event")
    .selectAll()
    .where("incident_id", "=", id)
    .orderBy("id")
    .execute()
  const history = await db
    .selectFrom("alarm_event")
    .innerJoin("alarm", "alarm.id", "alarm_event.alarm_id")
    .selectAll("alarm_event")
    .where("alarm.incident_id", "=", id)
    .orderBy("alarm_event.id", "desc")
    .limit(MOST_HISTORY)
    .execute()
  const feedback = await db.selectFrom("feedback").selectAll().where("incident_id", "=", id).orderBy("at").execute()
  const similar = await readSimilar(db, row)
  const [incident, ...past] = await toIncidents(db, [row, ...similar])
  return {
    incident: incident as Incident,
    alarms: alarms.map(toAlarm),
    timeline: timeline.map(toIncidentEvent),
    history: history.reverse().map(toAlarmEvent),
    messages: await readMessages(db, { incident: id, limit: MOST_MESSAGES }),
    similar: past,
    feedback: feedback.map(({ by, verdict, at }) => ({ by, verdict, at: at.getTime() })),
  }
}

/** Past incidents in which the same alarms fired, those with most in common first. */
async function readSimilar(db: Db, { id }: IncidentRow): Promise<IncidentRow[]> {
  const found = await sql<{ incident_id: string }>`
    SELECT past.incident_id FROM alarm AS mine
    JOIN alarm AS past ON past.fingerprint = mine.fingerprint AND past.incident_id < ${id}
    WHERE mine.incident_id = ${id}
    GROUP BY past.incident_id ORDER BY count(DISTINCT mine.fingerprint) DESC, past.incident_id DESC
    LIMIT ${MOST_SIMILAR}`.execute(db)
  const ids = found.rows.map((row) => row.incident_id)
  if (ids.length === 0) return []
  const rows = await db.selectFrom("incident").selectAll().where("id", "in", ids).execute()
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
}
