import { parse } from "@ossagent/svrkit"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { z } from "zod"
import { type Actor, writeAudit } from "../alarm/write.ts"
import { readCare } from "../incident/care.ts"
import { listIncidents, readIncidentPage, toIncidents } from "../incident/read.ts"
import type { IncidentRow } from "../incident/row.ts"
import { noteSchema } from "../rule/schema.ts"
import type { DoorDeps } from "./door.ts"
import { guard, parseId, parsePaging, READ, readActor, toPage, WRITE } from "./request.ts"

const filters = z.object({ state: z.enum(["open", "all"]).default("open"), service: z.string().max(256).optional() })
const needed = z.strictObject({ note: z.string().trim().min(1).max(2_000) })
const feedback = z.strictObject({ verdict: z.enum(["useful", "noise"]) })
const period = z.object({ days: z.coerce.number().int().min(1).max(400).default(30) })
const DAY_MS = 86_400_000

export function addIncidentRoutes(http: FastifyInstance, deps: DoorDeps): void {
  const { db, acts, now } = deps
  http.get(
    "/v1/incidents",
    READ,
    guard((request) => list(deps, request)),
  )
  http.get(
    "/v1/incidents/:id",
    READ,
    guard((request) => readIncidentPage(db, parseId(request))),
  )
  http.get(
    "/v1/care",
    READ,
    guard((request) => {
      const { days } = parse(period, request.query, "query")
      return readCare(db, now() - days * DAY_MS, now())
    }),
  )
  const act = (path: string, what: (request: FastifyRequest, id: string, name: string) => Promise<Acted>) =>
    http.post(
      `/v1/incidents/:id/${path}`,
      WRITE,
      guard(async (request) => {
        const name = readActor(request)
        const { row, action, detail } = await what(request, parseId(request), name)
        await writeAudit(db, { actor: name, action, detail: `incident ${row.id} ${row.title}${detail}`, at: now() })
        return { incident: (await toIncidents(db, [row]))[0] }
      }),
    )
  const noted =
    (does: (id: string, actor: Actor) => Promise<IncidentRow>, action: string) =>
    async (request: FastifyRequest, id: string, name: string): Promise<Acted> => {
      const { note } = parse(noteSchema, request.body ?? {}, "body")
      return { row: await does(id, { name, note }), action, detail: note ? `: ${note}` : "" }
    }
  act("acknowledge", noted(acts.acknowledge, "incident acknowledged"))
  act("resolve", noted(acts.resolve, "incident resolved"))
  act("notes", async (request, id, name) => {
    const { note } = parse(needed, request.body, "body")
    return { row: await acts.note(id, { name, note }), action: "incident noted", detail: `: ${note}` }
  })
  act("feedback", async (request, id, name) => {
    const { verdict } = parse(feedback, request.body, "body")
    return { row: await acts.judge(id, verdict, { name }), action: "incident judged", detail: `: ${verdict}` }
  })
}

interface Acted {
  row: IncidentRow
  action: string
  detail: string
}

async function list({ db }: DoorDeps, request: FastifyRequest) {
  const { before, limit } = parsePaging(request)
  const { state, service } = parse(filters, request.query, "query")
  const { rows, nextBefore } = toPage(await listIncidents(db, { state, service, before, limit }), limit)
  return { incidents: rows, nextBefore }
}
