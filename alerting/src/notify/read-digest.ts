import type { Severity } from "@ossagent/wire"
import { type Kysely, sql } from "kysely"
import type { Database } from "../database/types.ts"
import { ChannelError } from "./channel/channel.ts"
import type { Digest } from "./story.ts"

const MOST_ITEMS = 50

interface Counted {
  count: number
  firing: number
  resolved: number
  places: number
  incidents: number
}

interface Item {
  kind: string
  severity: Severity
  title: string
  incident: string | null
  alarm: string
}

/** Of each incident (or alarm without one) the newest of the merged messages counts. */
const NEWEST = sql`
  SELECT DISTINCT ON (coalesce(o.incident_id, -o.alarm_id))
    o.kind, o.incident_id AS incident, o.alarm_id AS alarm, coalesce(i.severity, a.severity) AS severity,
    coalesce(i.title, a.title) AS title, coalesce(i."group", a."group") AS "group"
  FROM outbox o LEFT JOIN incident i ON i.id = o.incident_id LEFT JOIN alarm a ON a.id = o.alarm_id`

/** What was merged into a digest, counted by the database. Throws ChannelError when all of it is gone. */
export async function readDigest(db: Kysely<Database>, id: string, dashboardUrl: string): Promise<Digest> {
  const newest = sql`${NEWEST} WHERE o.digest_id = ${id} AND coalesce(i.id, a.id) IS NOT NULL
    ORDER BY coalesce(o.incident_id, -o.alarm_id), o.id DESC`
  const counted = await sql<Counted>`
    SELECT count(*)::int AS count, count(*) FILTER (WHERE kind <> 'resolved')::int AS firing,
      count(*) FILTER (WHERE kind = 'resolved')::int AS resolved, count(incident)::int AS incidents,
      count(DISTINCT concat("group"->>'service', '/', "group"->>'subsystem'))::int AS places
    FROM (${newest}) n`.execute(db)
  const { count, firing, resolved, places, incidents } = counted.rows[0] as Counted
  if (count === 0) throw new ChannelError("cannot write the digest: what it is about is gone", { retry: false })
  const { rows } = await sql<Item>`
    SELECT kind, severity, title, incident, alarm FROM (${newest}) n
    ORDER BY kind = 'resolved', array_position(ARRAY['critical', 'warning', 'info'], severity), incident, alarm
    LIMIT ${MOST_ITEMS}`.execute(db)
  const items = rows.map(({ kind, severity, title, incident, alarm }) => ({
    kind: kind === "resolved" ? ("resolved" as const) : ("firing" as const),
    severity,
    title,
    link: incident === null ? `${dashboardUrl}/alarms/${alarm}` : `${dashboardUrl}/incidents/${incident}`,
  }))
  return { items, what: incidents > 0 ? "incident" : "alarm", count, firing, resolved, places }
}
