/** One telling as rows of the outbox: never the same message to the same address twice. */
import type { MessageKind, Severity } from "@ossagent/wire"
import type { Insertable, Transaction } from "kysely"
import type { Database, OutboxTable } from "../database/types.ts"
import type { Recipient } from "./recipients.ts"

type Tx = Transaction<Database>

export interface Telling {
  incidentId: string
  alarmId: string | null
  kind: MessageKind
  severity: Severity
  /** Number of this telling of the incident. */
  serial: number
  /** Said with the text: "im-is-patient", "graver" … */
  note: string
  /** Many incidents at once: people get them as one digest. */
  many: boolean
  at: number
}

/**
 * Writes the messages of one telling.
 *
 * @returns ids of those that go out now
 */
export async function writeMessages(tx: Tx, telling: Telling, recipients: readonly Recipient[]): Promise<string[]> {
  const queued: string[] = []
  const last = new Map<string, string>()
  for (const recipient of recipients) {
    const after = recipient.order > 0 ? last.get(recipient.contactId ?? "") : undefined
    const row = await tx
      .insertInto("outbox")
      .values(toRow(telling, recipient, after ?? null))
      .onConflict((conflict) => conflict.column("key").doNothing())
      .returning(["id", "state"])
      .executeTakeFirst()
    if (!row) continue
    if (recipient.contactId !== null) last.set(recipient.contactId, row.id)
    if (row.state === "queued") queued.push(row.id)
  }
  return queued
}

function toRow(telling: Telling, recipient: Recipient, after: string | null): Insertable<OutboxTable> {
  const { incidentId, alarmId, kind, severity, serial, note, many, at } = telling
  const { channel, channelId, contactId, language, address, afterSec, why } = recipient
  const now = new Date(at)
  return {
    key: `incident ${incidentId} ${serial} ${kind} ${channel} ${channelId ?? ""} ${address}`,
    incident_id: incidentId,
    alarm_id: alarmId,
    silence_id: null,
    kind,
    severity,
    channel,
    channel_id: channelId,
    contact_id: contactId,
    language,
    recipient: address,
    state: after !== null ? "waiting" : many && contactId !== null ? "held" : "queued",
    detail: why,
    note,
    digest_id: null,
    after_id: after,
    due_at: after === null ? null : new Date(at + afterSec * 1_000),
    provider_id: null,
    created_at: now,
    touched_at: now,
  }
}
