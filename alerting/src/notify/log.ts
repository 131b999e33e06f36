import type { ChannelKind, Message, MessageState } from "@ossagent/wire"
import { type Kysely, sql } from "kysely"
import type { Database } from "../database/types.ts"
import { toMessage } from "./message.ts"

export interface MessageFilter {
  id?: string | undefined
  incident?: string | undefined
  alarm?: string | undefined
  contact?: string | undefined
  channel?: ChannelKind | undefined
  state?: MessageState | undefined
  before?: string | undefined
  /** Default: as the order of asking. */
  newestFirst?: boolean
  limit: number
}

/** Messages by id: of an incident or an alarm oldest first unless asked otherwise, else newest first. */
export async function readMessages(db: Kysely<Database>, filter: MessageFilter): Promise<Message[]> {
  const { id, incident, alarm, contact, channel, state, before, limit } = filter
  let query = db
    .selectFrom("outbox")
    .leftJoin("oncall as way", "way.id", "outbox.channel_id")
    .leftJoin("oncall as person", "person.id", "outbox.contact_id")
    .selectAll("outbox")
    .select([
      sql<string | null>`way.body->>'name'`.as("way_name"),
      sql<string | null>`person.body->>'name'`.as("person_name"),
    ])
  if (id !== undefined) query = query.where("outbox.id", "=", id)
  if (incident !== undefined) query = query.where("outbox.incident_id", "=", incident)
  if (alarm !== undefined) query = query.where("outbox.alarm_id", "=", alarm)
  if (contact !== undefined) query = query.where("outbox.contact_id", "=", contact)
  if (channel !== undefined) query = query.where("outbox.channel", "=", channel)
  if (state !== undefined) query = query.where("outbox.state", "=", state)
  if (before !== undefined) query = query.where("outbox.id", "<", before)
  const { newestFirst = incident === undefined && alarm === undefined } = filter
  const rows = await query
    .orderBy("outbox.id", newestFirst ? "desc" : "asc")
    .limit(limit)
    .execute()
  return rows.map(({ way_name, person_name, ...row }) =>
    toMessage(row, { channel: way_name ?? undefined, contact: person_name ?? undefined }),
  )
}
