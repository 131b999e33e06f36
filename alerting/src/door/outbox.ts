import { ServiceError } from "@ossagent/svrkit"
import type { OutboxMail } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import type { Selectable } from "kysely"
import type { Database } from "../database/types.ts"
import type { DoorDeps } from "./door.ts"
import { guard, parseId, parsePaging, READ, toPage } from "./request.ts"

export function addOutboxRoutes(http: FastifyInstance, deps: DoorDeps): void {
  http.get(
    "/v1/outbox",
    READ,
    guard((request) => list(deps, request)),
  )
  http.get(
    "/v1/outbox/:id",
    READ,
    guard((request) => show(deps, parseId(request))),
  )
}

async function list({ db }: DoorDeps, request: FastifyRequest) {
  const { before, limit } = parsePaging(request)
  let query = db.selectFrom("outbox_mail").select(["id", "at", "from", "to", "subject", "sent_out", "alarm_id"])
  if (before !== undefined) query = query.where("id", "<", before)
  const { rows, nextBefore } = toPage(
    await query
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute(),
    limit,
  )
  return { mails: rows.map(toMail), nextBefore }
}

async function show({ db }: DoorDeps, id: string) {
  const row = await db.selectFrom("outbox_mail").selectAll().where("id", "=", id).executeTakeFirst()
  if (!row) throw new ServiceError("unknown_mail", `cannot find mail ${id}`)
  return { mail: { ...toMail(row), html: row.html, text: row.text } }
}

type Head = Pick<Selectable<Database["outbox_mail"]>, "id" | "at" | "from" | "to" | "subject" | "sent_out" | "alarm_id">

function toMail({ id, at, from, to, subject, sent_out, alarm_id }: Head): OutboxMail {
  return { id, at: at.getTime(), from, to, subject, sentOut: sent_out, alarmId: alarm_id }
}
