/** The delivery log, test messages, and what templates may say. */
import { parse, ServiceError } from "@ossagent/svrkit"
import type { Channel, Message } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { z } from "zod"
import { writeAudit } from "../alarm/write.ts"
import { ownAddress } from "../notify/channel/schema.ts"
import { readMessages } from "../notify/log.ts"
import { VARIABLES } from "../notify/text/variables.ts"
import type { DoorDeps } from "./door.ts"
import { guard, parseId, parsePaging, READ, readActor, toPage, WRITE } from "./request.ts"

const id = z.string().regex(/^[1-9]\d{0,17}$/, "is no id")
const filters = z.object({
  incident: id.optional(),
  contact: id.optional(),
  channel: z.enum(["email", "sms", "im", "webhook", "slack", "feishu", "wecom"]).optional(),
  state: z
    .enum(["waiting", "queued", "held", "merged", "sending", "sent", "delivered", "failed", "skipped"])
    .optional(),
})
const testBody = z.object({ to: z.string().trim().min(1).max(200).optional() })

export function addMessageRoutes(http: FastifyInstance, deps: DoorDeps): void {
  http.get(
    "/v1/messages",
    READ,
    guard((request) => list(deps, request)),
  )
  http.post(
    "/v1/oncall/channel/:id/test",
    WRITE,
    guard((request) => test(deps, request)),
  )
  http.get("/v1/templates/variables", READ, async () => ({ kinds: VARIABLES }))
}

async function list({ db }: DoorDeps, request: FastifyRequest) {
  const { before, limit } = parsePaging(request)
  const filter = parse(filters, request.query, "query")
  const { rows, nextBefore } = toPage(
    await readMessages(db, { ...filter, before, newestFirst: true, limit: limit + 1 }),
    limit,
  )
  return { messages: rows, nextBefore }
}

/** A real message through a channel: to `to`, else where the channel itself goes. What became of it stands in the delivery log. */
async function test({ db, now, wake }: DoorDeps, request: FastifyRequest): Promise<{ message: Message }> {
  const channelId = parseId(request)
  const { to } = parse(testBody, request.body ?? {}, "body")
  const row = await db
    .selectFrom("oncall")
    .select("body")
    .where("kind", "=", "channel")
    .where("id", "=", channelId)
    .executeTakeFirst()
  if (!row) throw new ServiceError("unknown_channel", `cannot find channel ${channelId}`)
  const document = row.body as Channel
  if (to === undefined && ownAddress(document) === null)
    throw new ServiceError("bad_request", `cannot test ${document.name}: say to whom, it has no address of its own`)
  const at = new Date(now())
  const actor = readActor(request)
  const made = await db
    .insertInto("outbox")
    .values({
      ...{ kind: "test", severity: "info", channel: document.kind, channel_id: channelId },
      recipient: to ?? document.name,
      ...{ state: "queued", detail: `asked for by ${actor}`, created_at: at, touched_at: at },
    })
    .returning("id")
    .executeTakeFirstOrThrow()
  wake([made.id])
  const detail = `channel ${document.name}${to ? ` to ${to}` : ""}`
  await writeAudit(db, { actor, action: "channel tested", detail, at: now() })
  const [message] = await readMessages(db, { id: made.id, limit: 1 })
  return { message: message as Message }
}
