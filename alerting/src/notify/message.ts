import type { Message } from "@ossagent/wire"
import { hostOf } from "./channel/schema.ts"
import type { OutboxRow } from "./outbox.ts"

/** A row of the outbox as the contract tells it; names of channel and contact are the caller's to know. */
export function toMessage(
  row: OutboxRow,
  names: { channel?: string | undefined; contact?: string | undefined } = {},
): Message {
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
