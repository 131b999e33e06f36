/** Reads what an outbox row is about, as it stands now. */
import type { Alarm } from "@ossagent/wire"
import { type Kysely, sql } from "kysely"
import { toAlarm, toAlarmEvent } from "../alarm/row.ts"
import type { Database } from "../database/types.ts"
import { ChannelError } from "./channel/channel.ts"
import type { OutboxRow } from "./outbox.ts"
import { readDigest } from "./read-digest.ts"
import type { Story, StoryIncident } from "./story.ts"

const MOST_ALARMS = 20
const MOST_TOLD = 20

export interface StoryDeps {
  db: Kysely<Database>
  /** Without a slash at the end. */
  dashboardUrl: string
  now: () => number
}

/** Throws ChannelError when what the row is about is gone. */
export async function readStory(
  { db, dashboardUrl, now }: StoryDeps,
  row: OutboxRow,
  channelName: string,
): Promise<Story> {
  const incident = await readIncident(db, row.incident_id)
  const alarms = row.kind === "digest" ? [] : await readAlarms(db, row, incident)
  if (row.kind !== "digest" && (row.incident_id !== null || row.alarm_id !== null) && !incident && alarms.length === 0)
    throw new ChannelError(`cannot write the message: what it is about is gone`, { retry: false })
  const { kind, channel, severity, language, note } = row
  return {
    ...{ kind, channel, channelName, severity, language, note, incident, alarms, dashboardUrl, at: now() },
    timeZone: await readTimeZone(db, row.contact_id),
    runbooks: await readRunbooks(db, alarms),
    history: alarms[0] ? await readHistory(db, alarms[0].id) : [],
    told: incident ? await readTold(db, row) : [],
    digest: row.kind === "digest" ? await readDigest(db, row.id, dashboardUrl) : null,
    silence: row.silence_id === null ? null : await readSilence(db, row.silence_id),
    link: toLink(row, dashboardUrl),
  }
}

function toLink({ kind, incident_id, alarm_id }: OutboxRow, dashboardUrl: string): string {
  if (kind === "silence-ends") return `${dashboardUrl}/silences`
  if (incident_id !== null && kind !== "digest") return `${dashboardUrl}/incidents/${incident_id}`
  if (alarm_id !== null && kind !== "digest") return `${dashboardUrl}/alarms/${alarm_id}`
  return kind === "digest" ? `${dashboardUrl}/alarms` : dashboardUrl
}

async function readIncident(db: Kysely<Database>, id: string | null): Promise<StoryIncident | null> {
  if (id === null) return null
  const row = await db
    .selectFrom("incident")
    .select(["id", "state", "severity", "title", "group", "culprit", "suspect_id", "alarms", "open_alarms"])
    .select(["started_at", "acknowledged_by", "resolved_at"])
    .where("id", "=", id)
    .executeTakeFirst()
  if (!row) return null
  const { suspect_id, open_alarms, started_at, acknowledged_by, resolved_at, ...same } = row
  return {
    ...same,
    suspectId: suspect_id,
    openAlarms: open_alarms,
    startedAt: started_at.getTime(),
    acknowledgedBy: acknowledged_by,
    resolvedAt: resolved_at?.getTime() ?? null,
  }
}

/** The suspect first, then the worst that are open. */
async function readAlarms(db: Kysely<Database>, row: OutboxRow, incident: StoryIncident | null): Promise<Alarm[]> {
  const suspect = row.alarm_id ?? incident?.suspectId ?? null
  const rows = await db
    .selectFrom("alarm")
    .selectAll()
    .where((where) =>
      incident
        ? where.or([where("incident_id", "=", incident.id), where("id", "=", suspect)])
        : where("id", "=", suspect),
    )
    .orderBy(sql`CASE WHEN id = ${suspect} THEN 0 ELSE 1 END`)
    .orderBy(sql`state = 'resolved'`)
    .orderBy(sql`array_position(ARRAY['critical', 'warning', 'info'], severity)`)
    .orderBy("id")
    .limit(MOST_ALARMS)
    .execute()
  return rows.map(toAlarm)
}

async function readRunbooks(db: Kysely<Database>, alarms: readonly Alarm[]): Promise<Map<string, string>> {
  const ids = [...new Set(alarms.map(({ ruleId }) => ruleId))].filter((id) => id !== null)
  if (ids.length === 0) return new Map()
  const rules = await db.selectFrom("rule").select(["id", "body"]).where("id", "in", ids).execute()
  const byRule = new Map(rules.map(({ id, body }) => [id, body.runbookUrl]))
  return new Map(
    alarms.flatMap(({ id, ruleId }) => {
      const url = byRule.get(ruleId ?? "")
      return url ? [[id, url] as const] : []
    }),
  )
}

async function readHistory(db: Kysely<Database>, alarmId: string) {
  const rows = await db
    .selectFrom("alarm_event")
    .selectAll()
    .where("alarm_id", "=", alarmId)
    .orderBy("id", "desc")
    .limit(50)
    .execute()
  return rows.reverse().map(toAlarmEvent)
}

async function readTold(db: Kysely<Database>, row: OutboxRow): Promise<string[]> {
  const rows = await db
    .selectFrom("outbox as o")
    .leftJoin("oncall as contact", "contact.id", "o.contact_id")
    .leftJoin("oncall as way", "way.id", "o.channel_id")
    .select([
      sql<string | null>`contact.body->>'name'`.as("contact"),
      sql<string | null>`way.body->>'name'`.as("way"),
      "o.channel",
    ])
    .distinct()
    .where("o.incident_id", "=", row.incident_id)
    .where("o.id", "<>", row.id)
    .where("o.state", "in", ["queued", "sending", "sent", "delivered"])
    .limit(MOST_TOLD + 1)
    .execute()
  const names = rows.map(({ contact, way, channel }) => (contact ? `${contact} (${channel})` : (way ?? channel)))
  return names.slice(0, MOST_TOLD).sort()
}

async function readTimeZone(db: Kysely<Database>, contactId: string | null): Promise<string> {
  if (contactId === null) return "UTC"
  const row = await db.selectFrom("oncall").select("body").where("id", "=", contactId).executeTakeFirst()
  return (row?.body as { timeZone?: string } | undefined)?.timeZone ?? "UTC"
}

async function readSilence(db: Kysely<Database>, id: string): Promise<Story["silence"]> {
  const row = await db.selectFrom("silence").selectAll().where("id", "=", id).executeTakeFirst()
  if (!row) throw new ChannelError("cannot write the message: the silence is gone", { retry: false })
  const { held } = await db
    .selectFrom("alarm")
    .select(({ fn }) => fn.countAll<string>().as("held"))
    .where("silenced_by", "=", id)
    .where("state", "<>", "resolved")
    .executeTakeFirstOrThrow()
  const matchers = row.matchers
    .map(({ dim, op, values }) => `${dim} ${op === "in" ? "=" : op === "notIn" ? "≠" : op} ${values.join(", ")}`)
    .join("; ")
  const { reason, created_by: createdBy } = row
  return { id, reason, createdBy, until: row.until.getTime(), matchers, held: Number(held) }
}
