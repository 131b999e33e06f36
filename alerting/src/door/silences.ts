import { parse, ServiceError } from "@ossagent/svrkit"
import type { Silence } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import type { Selectable } from "kysely"
import { z } from "zod"
import { writeAudit } from "../alarm/write.ts"
import type { Database } from "../database/types.ts"
import { silenceSchema } from "../rule/schema.ts"
import type { DoorDeps } from "./door.ts"
import { guard, parseId, READ, readActor, WRITE } from "./request.ts"

const filters = z.object({ state: z.enum(["active", "all"]).default("active") })
const MOST = 500

export function addSilenceRoutes(http: FastifyInstance, deps: DoorDeps): void {
  http.get(
    "/v1/silences",
    READ,
    guard((request) => list(deps, request)),
  )
  http.post(
    "/v1/silences",
    WRITE,
    guard((request) => create(deps, request)),
  )
  http.delete(
    "/v1/silences/:id",
    WRITE,
    guard((request) => end(deps, request)),
  )
}

async function list({ db, now }: DoorDeps, request: FastifyRequest) {
  const { state } = parse(filters, request.query, "query")
  let query = db.selectFrom("silence").selectAll()
  if (state === "active") query = query.where("ended_at", "is", null).where("until", ">", new Date(now()))
  const rows = await query.orderBy("id", "desc").limit(MOST).execute()
  return { silences: rows.map(toSilence) }
}

async function create({ db, book, now }: DoorDeps, request: FastifyRequest) {
  const { matchers, until, reason } = parse(silenceSchema, request.body, "body")
  if (until <= now())
    throw new ServiceError("bad_request", "cannot silence until a time that has passed", { where: "body.until" })
  const actor = readActor(request)
  const row = await db.transaction().execute(async (tx) => {
    const row = await tx
      .insertInto("silence")
      .values({
        matchers: JSON.stringify(matchers),
        until: new Date(until),
        reason,
        created_by: actor,
        created_at: new Date(now()),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const detail = `silence ${row.id} until ${new Date(until).toISOString()}: ${reason} ${JSON.stringify(matchers)}`
    await writeAudit(tx, { actor, action: "silence created", detail, at: now() })
    return row
  })
  await book.applySilences()
  return { silence: toSilence(row) }
}

async function end({ db, book, now }: DoorDeps, request: FastifyRequest) {
  const id = parseId(request)
  const actor = readActor(request)
  const row = await db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable("silence")
      .set(({ fn, val }) => ({ ended_at: fn.coalesce("ended_at", val(new Date(now()))) }))
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirst()
    if (!row) throw new ServiceError("unknown_silence", `cannot find silence ${id}`)
    await writeAudit(tx, { actor, action: "silence ended", detail: `silence ${id}: ${row.reason}`, at: now() })
    return row
  })
  await book.applySilences()
  return { silence: toSilence(row) }
}

function toSilence(row: Selectable<Database["silence"]>): Silence {
  return {
    id: row.id,
    matchers: row.matchers,
    until: row.until.getTime(),
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
    endedAt: row.ended_at?.getTime() ?? null,
  }
}
