import type { FastifyInstance } from "fastify"
import type { Kysely } from "kysely"
import type { Database } from "../database/types.ts"
import type { Pulse } from "../deadman/pulse.ts"
import type { DoorDeps } from "./door.ts"
import { guard, READ } from "./request.ts"

/** `GET /v1/pulse`: whether somebody looks, and whether messages go out. For the dead-man's switch. */
export function addPulseRoute(http: FastifyInstance, { db, now }: DoorDeps): void {
  http.get(
    "/v1/pulse",
    READ,
    guard(() => readPulse(db, now())),
  )
}

async function readPulse(db: Kysely<Database>, now: number): Promise<Pulse> {
  const look = await db.selectFrom("collector_state").select("at").executeTakeFirst()
  const oldest = await db
    .selectFrom("outbox")
    .select(({ fn }) => fn.min("created_at").as("at"))
    .where("state", "in", ["queued", "sending"])
    .executeTakeFirst()
  return { now, lookedAt: look?.at.getTime() ?? null, oldestMessageAt: oldest?.at?.getTime() ?? null }
}
