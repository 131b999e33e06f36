import { parse, ServiceError } from "@ossagent/svrkit"
import type { Throttle, ThrottleState, ThrottlesAnswer } from "@ossagent/wire"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { z } from "zod"
import { endOf, savedBytes } from "../decide.ts"
import type { Throttle as Stored } from "../generated/guard.codec.ts"
import { type DoorParts, READ, readActor, WRITE } from "./door.ts"

const filters = z.object({
  state: z.enum(["active", "expired", "released", "dry-run", "all"]).default("all"),
  version: z.string().max(64).optional(),
  uid: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
const id = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })
const dryRun = z.strictObject({ on: z.boolean() })

export function addThrottleRoutes(http: FastifyInstance, parts: DoorParts): void {
  const { handle } = parts
  http.get(
    "/v1/throttles",
    READ,
    handle((request) => list(parts, request)),
  )
  http.post(
    "/v1/throttles/:id/release",
    WRITE,
    handle((request) => release(parts, request)),
  )
  http.post(
    "/v1/dry-run",
    WRITE,
    handle((request) => setDryRun(parts, request)),
  )
}

function list({ book, versions, now }: DoorParts, request: FastifyRequest): ThrottlesAnswer {
  const { state, version, uid, limit } = parse(filters, request.query, "query")
  const all = book.list().map((one) => toView(one, now()))
  const counts = { active: 0, expired: 0, released: 0, "dry-run": 0 }
  for (const one of all) counts[one.state]++
  const found = all.filter(
    (one) =>
      (state === "all" || one.state === state) &&
      (version === undefined || one.version === version) &&
      (uid === undefined || one.uid === uid),
  )
  return {
    throttles: found.slice(0, limit),
    counts,
    savedBytes: all.reduce((sum, one) => sum + one.savedBytes, 0),
    dryRun: book.settings.value.dryRun,
    suspects: versions.suspects,
  }
}

async function release({ book, entries, now }: DoorParts, request: FastifyRequest) {
  const { id: asked } = parse(id, request.params, "path")
  if (!book.list().some((one) => one.id === asked))
    throw new ServiceError("unknown_throttle", `cannot release throttle ${asked}: there is none`)
  const actor = readActor(request)
  const released = await book.release(asked, actor)
  if (released === null) throw new ServiceError("throttle_over", `cannot release throttle ${asked}: it is over already`)
  const { uid, device, version } = released
  await entries.add({
    actor,
    action: "throttle released",
    detail: `throttle ${asked}: user ${uid}, device ${device}, ${version}`,
  })
  return { throttle: toView(released, now()) }
}

async function setDryRun({ book, entries }: DoorParts, request: FastifyRequest) {
  const { on } = parse(dryRun, request.body, "body")
  const changed = await book.set((settings) => (settings.dryRun === on ? null : { ...settings, dryRun: on }))
  if (changed)
    await entries.add({ actor: readActor(request), action: `dry run switched ${on ? "on" : "off"}`, detail: "" })
  return { dryRun: on }
}

function toView(one: Stored, now: number): Throttle {
  const { id, uid, device, version, why, from, until, level, bytesPerMin, asksPerMin, defied } = one
  return {
    ...{ id, uid, device, version, why, from, until, level, bytesPerMin, asksPerMin, defied },
    evidence: one.evidence.map(({ $unknown: _later, ...figure }) => figure),
    state: toState(one, now),
    savedBytes: savedBytes(one, now),
    releasedAt: one.releasedAt || null,
    releasedBy: one.releasedBy || null,
  }
}

function toState(one: Stored, now: number): ThrottleState {
  if (one.dryRun) return "dry-run"
  if (one.releasedAt > 0) return "released"
  return endOf(one) > now ? "active" : "expired"
}
