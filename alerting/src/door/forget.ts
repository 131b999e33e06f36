import { parse } from "@ossagent/svrkit"
import { LIMITS } from "@ossagent/wire"
import type { FastifyInstance } from "fastify"
import { z } from "zod"
import { writeAudit } from "../alarm/write.ts"
import type { DoorDeps } from "./door.ts"
import { guard, readActor, WRITE } from "./request.ts"

const form = z.strictObject({ service: z.string().min(1).max(LIMITS.value) })

/** `POST /v1/forget`: a service is gone for good, and its silence is no fault; sent again, it is watched again. */
export function addForgetRoute(http: FastifyInstance, { db, now, forgetService }: DoorDeps): void {
  http.post(
    "/v1/forget",
    WRITE,
    guard(async (request) => {
      const { service } = parse(form, request.body, "body")
      const forgotten = await forgetService(service)
      const entry = { actor: readActor(request), action: "service forgotten", detail: service, at: now() }
      if (forgotten > 0) await writeAudit(db, entry)
      return { forgotten }
    }),
  )
}
