/** What people do with incidents. */
import { ServiceError } from "@ossagent/svrkit"
import type { Alarm } from "@ossagent/wire"
import { type Kysely, sql, type Transaction } from "kysely"
import { type AlarmRow, toAlarm } from "../alarm/row.ts"
import type { Actor } from "../alarm/write.ts"
import type { Database } from "../database/types.ts"
import { readWorld } from "../oncall/world.ts"
import { toEarliest, toNextAfterAck } from "./decide.ts"
import { writeEvents } from "./event.ts"
import type { IncidentRow } from "./row.ts"
import { settleIncidents } from "./settle.ts"

type Tx = Transaction<Database>

export interface ActDeps {
  db: Kysely<Database>
  now: () => number
  onChanged: (alarms: Alarm[]) => void
  /** Told after the commit: something may be due. */
  onIncidents: (ids: string[]) => void
}

export interface Acts {
  acknowledge: (id: string, actor: Actor) => Promise<IncidentRow>
  resolve: (id: string, actor: Actor) => Promise<IncidentRow>
  note: (id: string, actor: Actor) => Promise<IncidentRow>
  judge: (id: string, verdict: "useful" | "noise", actor: Actor) => Promise<IncidentRow>
}

export function createActs(deps: ActDeps): Acts {
  const act = async (id: string, what: (tx: Tx, row: IncidentRow, at: number) => Promise<void>) => {
    const { row, alarms } = await deps.db.transaction().execute(async (tx) => {
      await lockAlarms(tx, [id])
      await what(tx, await lock(tx, id), deps.now())
      return { row: await lock(tx, id), alarms: await readAlarms(tx, id) }
    })
    deps.onChanged(alarms.map(toAlarm))
    deps.onIncidents([id])
    return row
  }
  return {
    acknowledge: (id, actor) => act(id, (tx, row, at) => acknowledge(tx, row, actor, at)),
    resolve: (id, actor) => act(id, (tx, row, at) => resolve(tx, row, actor, at)),
    note: (id, { name, note = "" }) =>
      act(id, (tx, _row, at) => writeEvents(tx, [{ incidentId: id, kind: "note", actor: name, text: note }], at)),
    judge: (id, verdict, actor) => act(id, (tx, row, at) => judge(tx, row, { verdict, actor, at })),
  }
}

async function lock(tx: Tx, id: string): Promise<IncidentRow> {
  const row = await tx.selectFrom("incident").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()
  if (!row) throw new ServiceError("unknown_incident", `cannot find incident ${id}`)
  return row
}

/** Alarms before incidents, by id: the order in which everything locks, or two acts could wait for each other. */
export async function lockAlarms(tx: Tx, incidentIds: readonly string[]): Promise<AlarmRow[]> {
  return tx
    .selectFrom("alarm")
    .selectAll()
    .where("incident_id", "in", [...incidentIds])
    .where("state", "<>", "resolved")
    .orderBy("id")
    .forUpdate()
    .execute()
}

/** So many of its alarms are told live; the page reads the rest. */
const MOST_LIVE = 500

const readAlarms = (tx: Tx, id: string): Promise<AlarmRow[]> =>
  tx.selectFrom("alarm").selectAll().where("incident_id", "=", id).orderBy("id", "desc").limit(MOST_LIVE).execute()

async function acknowledge(tx: Tx, row: IncidentRow, { name, note }: Actor, now: number): Promise<void> {
  if (row.state === "resolved")
    throw new ServiceError("not_open", `cannot acknowledge incident ${row.id}: it is resolved`)
  const world = await readWorld(tx)
  const progress = row.progress.map((one) => {
    const policy = world.policy.get(one.policyId)
    return { ...one, nextAt: policy ? toNextAfterAck(policy, now) : null }
  })
  const at = new Date(now)
  const due = toEarliest(progress.map(({ nextAt }) => nextAt))
  await tx
    .updateTable("incident")
    .set({
      state: "acknowledged",
      acknowledged_at: at,
      acknowledged_by: name,
      progress: JSON.stringify(progress),
      due_at: due === null ? null : new Date(due),
      updated_at: at,
    })
    .where("id", "=", row.id)
    .execute()
  await moveAlarms(tx, row.id, { to: "acknowledged", name, why: note ? `acknowledged: ${note}` : "acknowledged", at })
  await stopWaiting(tx, row.id, `acknowledged by ${name}`, at)
  await writeEvents(tx, [{ incidentId: row.id, kind: "acknowledged", actor: name, text: note ?? "has seen it" }], now)
}

async function resolve(tx: Tx, row: IncidentRow, { name, note }: Actor, now: number): Promise<void> {
  if (row.state === "resolved")
    throw new ServiceError("not_open", `cannot resolve incident ${row.id}: it is resolved already`)
  const at = new Date(now)
  await moveAlarms(tx, row.id, { to: "resolved", name, why: note ? `closed: ${note}` : "closed", at })
  await writeEvents(tx, [{ incidentId: row.id, kind: "note", actor: name, text: note ?? "closed it" }], now)
  await settleIncidents(tx, [row.id], name, now)
}

interface Move {
  to: "acknowledged" | "resolved"
  name: string
  why: string
  at: Date
}

/** All open alarms of an incident, with a line of history each, in one statement. */
async function moveAlarms(tx: Tx, id: string, { to, name, why, at }: Move): Promise<void> {
  await sql`
    WITH before AS (
      SELECT id, state FROM alarm
      WHERE incident_id = ${id} AND state <> 'resolved' AND (${to} = 'resolved' OR state IN ('firing', 'flapping')) FOR UPDATE
    ), moved AS (
      UPDATE alarm a SET state = ${to}, updated_at = ${at},
        resolved_at = CASE WHEN ${to} = 'resolved' THEN ${at}::timestamptz END,
        acknowledged_at = CASE WHEN ${to} = 'acknowledged' THEN ${at}::timestamptz ELSE a.acknowledged_at END,
        acknowledged_by = CASE WHEN ${to} = 'acknowledged' THEN ${name} ELSE a.acknowledged_by END
      FROM before WHERE a.id = before.id
    )
    INSERT INTO alarm_event (alarm_id, at, "from", "to", actor, why)
    SELECT id, ${at}, state, ${to}, ${name}, ${why} FROM before`.execute(tx)
}

/** Whoever would have been next is not told any more. */
async function stopWaiting(tx: Tx, id: string, why: string, at: Date): Promise<void> {
  await tx
    .updateTable("outbox")
    .set({ state: "skipped", detail: why, touched_at: at })
    .where("incident_id", "=", id)
    .where("state", "=", "waiting")
    .execute()
}

async function judge(
  tx: Tx,
  row: IncidentRow,
  { verdict, actor, at }: { verdict: "useful" | "noise"; actor: Actor; at: number },
): Promise<void> {
  await tx
    .insertInto("feedback")
    .values({ incident_id: row.id, by: actor.name, verdict, at: new Date(at) })
    .onConflict((conflict) => conflict.columns(["incident_id", "by"]).doUpdateSet({ verdict, at: new Date(at) }))
    .execute()
  await writeEvents(tx, [{ incidentId: row.id, kind: "feedback", actor: actor.name, text: verdict }], at)
}
