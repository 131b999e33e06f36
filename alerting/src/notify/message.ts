import type { ChannelKind, Message, MessageState } from "@ossagent/wire"
import { type Kysely, sql } from "kysely"
import type { Database } from "../database/types.ts"
import { hostOf } from "./channel/schema.ts"
import type { OutboxRow } from "./outbox.ts"

/** A row of the outbox as the contract tells it; names of channel and contact are the caller's to know. */
export function toMessage(row: OutboxRow, names: { channel?: string; contact?: string } = {}): Message {
  return {
    id: row.id,
    incidentId: row.incident_id,
    alarmId: row.alarm_id,
    kind: row.kind,
    severity: row.severity,
    channel: row.channel,
    channelName: names.channel ?? row.channel,
    contactId: row.contact_id,
    contactName: names.contact ?? null,
    to: hostOf(row.recipient),
    state: row.state,
    detail: row.detail,
    attempts: row.attempts,
    createdAt: row.created_at.getTime(),
    dueAt: row.due_at?.getTime() ?? null,
    sentAt: row.sent_at?.getTime() ?? null,
    deliveredAt: row.delivered_at?.getTime() ?? null,
  }
}

export interface MessageFilter {
  id?: string | undefined
  incident?: string | undefined
  alarm?: string | undefined
  contact?: string | undefined
  channel?: ChannelKind | undefined
  state?: MessageState | undefined
  before?: string | undefined
}

/** Messages with the names of their channels and people, newest first. */
export async function readMessages(db: Kysely<Database>, filter: MessageFilter, limit: number): Promise<Message[]> {
  const { id, incident, alarm, contact, channel, state, before } = filter
  let query = db
    .selectFrom("outbox as o")
    .leftJoin("oncall as person", "person.id", "o.contact_id")
    .leftJoin("oncall as way", "way.id", "o.channel_id")
    .selectAll("o")
    .select([
      sql<string | null>`person.body->>'name'`.as("person_name"),
      sql<string | null>`way.body->>'name'`.as("way_name"),
    ])
  if (id !== undefined) query = query.where("o.id", "=", id)
  if (incident !== undefined) query = query.where("o.incident_id", "=", incident)
  if (alarm !== undefined) query = query.where("o.alarm_id", "=", alarm)
  if (contact !== undefined) query = query.where("o.contact_id", "=", contact)
  if (channel !== undefined) query = query.where("o.channel", "=", channel)
  if (state !== undefined) query = query.where("o.state", "=", state)
  if (before !== undefined) query = query.where("o.id", "<", before)
  const rows = await query.orderBy("o.id", "desc").limit(limit).execute()
  return rows.map(({ person_name, way_name, ...row }) =>
    toMessage(row, {
      ...(person_name === null ? {} : { contact: person_name }),
      ...(way_name === null ? {} : { channel: way_name }),
    }),
  )
}
