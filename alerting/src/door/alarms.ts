import { parse, ServiceError } from "@ossagent/svrkit"
import type { Alarm } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { sql } from "kysely"
import { z } from "zod"
import { type AlarmRow, toAlarm, toAlarmEvent } from "../alarm/row.ts"
import { writeAudit } from "../alarm/write.ts"
import { readMessages } from "../notify/log.ts"
import { noteSchema } from "../rule/schema.ts"
import type { DoorDeps } from "./door.ts"
import { guard, parseId, parsePaging, READ, readActor, toPage, WRITE } from "./request.ts"

const filters = z.object({
  state: z.enum(["open", "all"]).default("open"),
  service: z.string().optional(),
  subsystem: z.string().optional(),
  metric: z.string().optional(),
})

export function addAlarmRoutes(http: FastifyInstance, deps: DoorDeps): void {
  http.get(
    "/v1/alarms",
    READ,
    guard((request) => list(deps, request)),
  )
  http.get(
    "/v1/alarms/:id",
    READ,
    guard((request) => show(deps, parseId(request))),
  )
  http.post(
    "/v1/alarms/:id/acknowledge",
    WRITE,
    guard((request) => acknowledge(deps, request)),
  )
  http.post(
    "/v1/alarms/:id/resolve",
    WRITE,
    guard((request) => resolve(deps, request)),
  )
}

/** Alarms that were pending and never fired are nobody's business once they are over. */
async function list({ db }: DoorDeps, request: FastifyRequest) {
  const { before, limit } = parsePaging(request)
  const { state, service, subsystem, metric } = parse(filters, request.query, "query")
  let query = db
    .selectFrom("alarm")
    .selectAll()
    .where((where) => where.or([where("state", "<>", "resolved"), where("fired_at", "is not", null)]))
  if (state === "open") query = query.where("state", "<>", "resolved")
  if (service !== undefined) query = query.where(sql`"group"->>'service'`, "=", service)
  if (subsystem !== undefined) query = query.where(sql`"group"->>'subsystem'`, "=", subsystem)
  if (metric !== undefined) query = query.where("metric", "=", metric)
  if (before !== undefined) query = query.where("id", "<", before)
  const found = await query
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute()
  const { rows, nextBefore } = toPage(found, limit)
  return { alarms: rows.map(toAlarm), nextBefore }
}

const MOST_MESSAGES = 500

async function show({ db }: DoorDeps, id: string) {
  const row = await readAlarm(db, id)
  const history = await db.selectFrom("alarm_event").selectAll().where("alarm_id", "=", id).orderBy("id").execute()
  const about = row.incident_id === null ? { alarm: id } : { incident: row.incident_id }
  const messages = await readMessages(db, { ...about, limit: MOST_MESSAGES })
  return { alarm: toAlarm(row), history: history.map(toAlarmEvent), messages }
}

/** An alarm is seen with its whole incident: what belongs together is not acknowledged piece by piece. */
async function acknowledge({ db, acts, now }: DoorDeps, request: FastifyRequest) {
  const id = parseId(request)
  const { note } = parse(noteSchema, request.body ?? {}, "body")
  const name = readActor(request)
  const row = await readAlarm(db, id)
  if (row.incident_id === null || row.state === "resolved")
    throw new ServiceError("not_open", `cannot acknowledge alarm ${id}: it is ${row.state}`)
  await acts.acknowledge(row.incident_id, { name, note })
  const alarm = toAlarm(await readAlarm(db, id))
  await audit(db, "acknowledged", { alarm, name, note, at: now() })
  return { alarm }
}

async function resolve({ db, book, now, forget }: DoorDeps, request: FastifyRequest) {
  const id = parseId(request)
  const { note } = parse(noteSchema, request.body ?? {}, "body")
  const name = readActor(request)
  const alarm = await book.resolve(id, { name, note })
  if (alarm.detection === "absence" && alarm.ruleId) await forget(alarm.ruleId, alarm.group)
  await audit(db, "resolved", { alarm, name, note, at: now() })
  return { alarm }
}

async function readAlarm(db: DoorDeps["db"], id: string): Promise<AlarmRow> {
  const row = await db.selectFrom("alarm").selectAll().where("id", "=", id).executeTakeFirst()
  if (!row) throw new ServiceError("unknown_alarm", `cannot find alarm ${id}`)
  return row
}

interface Act {
  alarm: Alarm
  name: string
  note: string | undefined
  at: number
}

function audit(db: DoorDeps["db"], what: string, { alarm, name, note, at }: Act): Promise<void> {
  const detail = `alarm ${alarm.id} ${alarm.title}${note ? `: ${note}` : ""}`
  return writeAudit(db, { actor: name, action: `alarm ${what}`, detail, at })
}
