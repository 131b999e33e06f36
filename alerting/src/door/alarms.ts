import { parse, ServiceError } from "@ossagent/svrkit"
import type { Alarm } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { sql } from "kysely"
import { z } from "zod"
import { toAlarm, toAlarmEvent } from "../alarm/row.ts"
import { writeAudit } from "../alarm/write.ts"
import { toMessage } from "../notify/message.ts"
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
    guard((request) => change(deps, request, "acknowledge")),
  )
  http.post(
    "/v1/alarms/:id/resolve",
    WRITE,
    guard((request) => change(deps, request, "resolve")),
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

async function show({ db }: DoorDeps, id: string) {
  const row = await db.selectFrom("alarm").selectAll().where("id", "=", id).executeTakeFirst()
  if (!row) throw new ServiceError("unknown_alarm", `cannot find alarm ${id}`)
  const history = await db.selectFrom("alarm_event").selectAll().where("alarm_id", "=", id).orderBy("id").execute()
  const outbox = await db.selectFrom("outbox").selectAll().where("alarm_id", "=", id).orderBy("id").execute()
  return { alarm: toAlarm(row), history: history.map(toAlarmEvent), messages: outbox.map((row) => toMessage(row)) }
}

async function change({ db, book, now, forget }: DoorDeps, request: FastifyRequest, what: "acknowledge" | "resolve") {
  const id = parseId(request)
  const { note } = parse(noteSchema, request.body ?? {}, "body")
  const name = readActor(request)
  const alarm: Alarm = await book[what](id, { name, note })
  if (what === "resolve" && alarm.detection === "absence" && alarm.ruleId) await forget(alarm.ruleId, alarm.group)
  const detail = `alarm ${id} ${alarm.title}${note ? `: ${note}` : ""}`
  await writeAudit(db, { actor: name, action: `alarm ${what}d`, detail, at: now() })
  return { alarm }
}
