import { parse } from "@ossagent/svrkit"
import type { OnCallKind } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { kindSchema, whoSchema } from "../oncall/schema.ts"
import { toOnCallNow, toWho } from "../oncall/who.ts"
import { readWorld } from "../oncall/world.ts"
import type { DoorDeps } from "./door.ts"
import { guard, parseId, READ, readActor, WRITE } from "./request.ts"

export function addOnCallRoutes(http: FastifyInstance, { db, onCall, builtIn, now }: DoorDeps): void {
  http.get(
    "/v1/oncall/now",
    READ,
    guard(async () => ({ schedules: toOnCallNow(await readWorld(db), now()) })),
  )
  http.post(
    "/v1/oncall/who",
    READ,
    guard(async (request) => {
      const question = parse(whoSchema, request.body, "body")
      return toWho(question, await readWorld(db), builtIn(), question.at ?? now())
    }),
  )
  http.get(
    "/v1/oncall/:kind",
    READ,
    guard(async (request) => ({ items: await onCall.list(parseKind(request)) })),
  )
  http.post(
    "/v1/oncall/:kind",
    WRITE,
    guard(async (request) => ({ item: await onCall.create(parseKind(request), request.body, toActor(request)) })),
  )
  http.put(
    "/v1/oncall/:kind/:id",
    WRITE,
    guard(async (request) => ({
      item: await onCall.change(parseKind(request), parseId(request), request.body, toActor(request)),
    })),
  )
  http.delete(
    "/v1/oncall/:kind/:id",
    WRITE,
    guard(async (request) => ({ item: await onCall.remove(parseKind(request), parseId(request), toActor(request)) })),
  )
}

const toActor = (request: FastifyRequest) => ({ name: readActor(request) })

function parseKind(request: FastifyRequest): OnCallKind {
  const { kind } = request.params as { kind: string }
  return parse(kindSchema, { kind }, "path").kind
}
