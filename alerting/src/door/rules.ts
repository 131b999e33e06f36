import { parse } from "@ossagent/svrkit"
import type { NewRule } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { ruleSchema } from "../rule/schema.ts"
import { toContract } from "../rule/store.ts"
import type { DoorDeps } from "./door.ts"
import { guard, parseId, READ, readActor, WRITE } from "./request.ts"

export function addRuleRoutes(http: FastifyInstance, { rules, book }: DoorDeps): void {
  http.get(
    "/v1/rules",
    READ,
    guard(async () => ({ rules: (await rules.list()).map(toContract) })),
  )
  http.post(
    "/v1/rules",
    WRITE,
    guard(async (request) => ({ rule: await rules.create(parseRule(request), { name: readActor(request) }) })),
  )
  http.put(
    "/v1/rules/:id",
    WRITE,
    guard(async (request) => {
      const actor = { name: readActor(request) }
      const rule = await rules.change(parseId(request), parseRule(request), actor)
      if (!rule.enabled) await book.closeRule(rule.id, { ...actor, note: "the rule was switched off" })
      return { rule }
    }),
  )
  http.delete(
    "/v1/rules/:id",
    WRITE,
    guard(async (request) => {
      const actor = { name: readActor(request) }
      const rule = await rules.remove(parseId(request), actor)
      await book.closeRule(rule.id, { ...actor, note: "the rule was removed" })
      return { rule }
    }),
  )
}

const parseRule = (request: FastifyRequest): NewRule => parse(ruleSchema, request.body, "body") as NewRule
