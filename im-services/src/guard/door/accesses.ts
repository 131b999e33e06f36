import { parse, ServiceError } from "@ossagent/svrkit"
import type { AccessNode } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { z } from "zod"
import { createDispatchClient, type DispatchClient } from "../../dispatch/generated/dispatch.client.ts"
import { DISPATCH } from "../../dispatch/generated/dispatch.table.ts"
import { type DoorParts, READ, readActor, WRITE } from "./door.ts"

const path = z.object({ run: z.string().min(1).max(64) })
const body = z.strictObject({ sec: z.number().int().min(5).max(3_600) })

/** Accesses as every dispatch knows them: each hears all of them, so what one does not know another may. */
export function addAccessRoutes(http: FastifyInstance, parts: DoorParts): void {
  const { handle, context } = parts
  const all = context.config.dispatch.map((target) => createDispatchClient(context.rpc.channel(DISPATCH, [target])))
  http.get(
    "/v1/accesses",
    READ,
    handle(async () => ({ accesses: await list(all) })),
  )
  http.post(
    "/v1/accesses/:run/drain",
    WRITE,
    handle((request) => drain(parts, all, { request, sec: parse(body, request.body, "body").sec })),
  )
  http.delete(
    "/v1/accesses/:run/drain",
    WRITE,
    handle((request) => drain(parts, all, { request, sec: 0 })),
  )
}

async function list(all: readonly DispatchClient[]): Promise<AccessNode[]> {
  const answers = await Promise.allSettled(all.map((dispatch) => dispatch.accesses({})))
  const heard = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value.accesses : []))
  const failed = answers.find((answer) => answer.status === "rejected")
  if (heard.length === 0 && failed !== undefined) throw failed.reason
  const byRun = new Map<string, AccessNode>()
  for (const { $unknown: _later, drainUntil, ...one } of heard) {
    const known = byRun.get(one.run)
    if (known === undefined || known.heardAt < one.heardAt)
      byRun.set(one.run, { ...one, drainUntil: drainUntil || null })
  }
  return [...byRun.values()].sort((a, b) => a.tcp.localeCompare(b.tcp))
}

async function drain(
  { entries }: DoorParts,
  all: readonly DispatchClient[],
  { request, sec }: { request: FastifyRequest; sec: number },
) {
  const { run } = parse(path, request.params, "path")
  const answers = await Promise.all(all.map((dispatch) => dispatch.drain({ run, sec })))
  if (!answers.some(({ found }) => found))
    throw new ServiceError("unknown_access", `cannot drain access ${run}: no such one is there now`)
  const action = sec > 0 ? "access drained" : "access kept"
  await entries.add({
    actor: readActor(request),
    action,
    detail: sec > 0 ? `access ${run} within ${sec} s` : `access ${run}`,
  })
  return { run, sec }
}
