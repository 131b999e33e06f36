import { CHAT_METHODS } from "@ossagent/im-client/protocol"
import { parse, ServiceError } from "@ossagent/svrkit"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { z } from "zod"
import type { Settings } from "../generated/guard.codec.ts"
import { type DoorParts, READ, readActor, WRITE } from "./door.ts"

const MOST = { allowed: 1_000, classes: 50, off: 200 }
const MINUTE_MS = 60_000
/** Without these a client can do nothing at all, and nobody could tell it to come back. */
const NEEDED = new Set(["hello", "login", "heartbeat", "sync", "obeyed"])
export const FEATURES = Object.keys(CHAT_METHODS).filter((name) => !NEEDED.has(name))

const why = z.string().trim().min(1, "must say why").max(200)
const version = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._+-]{0,31}$/, "is no version")
const uid = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const SCHEMAS = {
  allow: z.strictObject({ uid, why }),
  class: z.strictObject({ version, minutes: z.number().int().min(1).max(1_440), why }),
  feature: z.strictObject({ version: z.union([z.literal("*"), version]), feature: z.string().max(64), why }),
}
const featurePath = z.object({ version: SCHEMAS.feature.shape.version, feature: z.string().max(64) })

export function addSettingRoutes(http: FastifyInstance, parts: DoorParts): void {
  const { book, handle, now } = parts
  const settings = () => book.settings.value
  const plain = <T extends { $unknown?: unknown }>(list: readonly T[]) =>
    list.map(({ $unknown: _later, ...one }) => one)
  http.get(
    "/v1/allow",
    READ,
    handle(() => ({ allowed: plain(settings().allowed) })),
  )
  http.get(
    "/v1/classes",
    READ,
    handle(() => ({ classes: plain(settings().classes.filter(({ until }) => until > now())) })),
  )
  http.get(
    "/v1/features",
    READ,
    handle(() => ({ off: plain(settings().off), features: FEATURES })),
  )
  addChanges(http, parts)
}

function addChanges(http: FastifyInstance, parts: DoorParts): void {
  const { handle } = parts
  http.post(
    "/v1/allow",
    WRITE,
    handle((request) => allow(parts, request)),
  )
  http.delete(
    "/v1/allow/:uid",
    WRITE,
    handle((request) => disallow(parts, request)),
  )
  http.post(
    "/v1/classes",
    WRITE,
    handle((request) => throttleClass(parts, request)),
  )
  http.delete(
    "/v1/classes/:version",
    WRITE,
    handle((request) => freeClass(parts, request)),
  )
  http.post(
    "/v1/features",
    WRITE,
    handle((request) => switchOff(parts, request)),
  )
  http.delete(
    "/v1/features/:version/:feature",
    WRITE,
    handle((request) => switchOn(parts, request)),
  )
}

interface Change {
  action: string
  detail: string
  build: (settings: Settings) => Settings | null
}

async function change({ book, entries }: DoorParts, request: FastifyRequest, { action, detail, build }: Change) {
  const changed = await book.set(build)
  if (changed) await entries.add({ actor: readActor(request), action, detail })
  return { changed }
}

function room<T>(list: readonly T[], name: keyof typeof MOST): void {
  if (list.length >= MOST[name]) throw new ServiceError("too_many", `cannot add another: there may be ${MOST[name]}`)
}

function allow(parts: DoorParts, request: FastifyRequest) {
  const given = parse(SCHEMAS.allow, request.body, "body")
  const one = { ...given, by: readActor(request), at: parts.now() }
  const build = (settings: Settings): Settings => {
    const others = settings.allowed.filter((known) => known.uid !== given.uid)
    room(others, "allowed")
    return { ...settings, allowed: [...others, one] }
  }
  return change(parts, request, { action: "user allowed", detail: `user ${given.uid}: ${given.why}`, build })
}

function disallow(parts: DoorParts, request: FastifyRequest) {
  const { uid: asked } = parse(z.object({ uid }), request.params, "path")
  const build = (settings: Settings): Settings | null => {
    const allowed = settings.allowed.filter((known) => known.uid !== asked)
    return allowed.length === settings.allowed.length ? null : { ...settings, allowed }
  }
  return change(parts, request, { action: "user no longer allowed", detail: `user ${asked}`, build })
}

function throttleClass(parts: DoorParts, request: FastifyRequest) {
  const { minutes, ...given } = parse(SCHEMAS.class, request.body, "body")
  const from = parts.now()
  const one = { ...given, from, until: from + minutes * MINUTE_MS, by: readActor(request) }
  const build = (settings: Settings): Settings => {
    const others = settings.classes.filter((known) => known.version !== given.version && known.until > from)
    room(others, "classes")
    return { ...settings, classes: [...others, one] }
  }
  const detail = `version ${given.version} for ${minutes} min: ${given.why}`
  return change(parts, request, { action: "version throttled", detail, build })
}

function freeClass(parts: DoorParts, request: FastifyRequest) {
  const { version: asked } = parse(z.object({ version }), request.params, "path")
  const build = (settings: Settings): Settings | null => {
    const classes = settings.classes.filter((known) => known.version !== asked)
    return classes.length === settings.classes.length ? null : { ...settings, classes }
  }
  return change(parts, request, { action: "version released", detail: `version ${asked}`, build })
}

function switchOff(parts: DoorParts, request: FastifyRequest) {
  const given = parse(SCHEMAS.feature, request.body, "body")
  if (!FEATURES.includes(given.feature))
    throw new ServiceError(
      "unknown_feature",
      `cannot switch off ${given.feature}: it must be one of ${FEATURES.join(", ")}`,
      {
        where: "body.feature",
      },
    )
  const one = { ...given, by: readActor(request), at: parts.now() }
  const build = (settings: Settings): Settings => {
    const others = settings.off.filter((known) => known.version !== given.version || known.feature !== given.feature)
    room(others, "off")
    return { ...settings, off: [...others, one] }
  }
  const detail = `${given.feature} of version ${given.version}: ${given.why}`
  return change(parts, request, { action: "feature switched off", detail, build })
}

function switchOn(parts: DoorParts, request: FastifyRequest) {
  const asked = parse(featurePath, request.params, "path")
  const build = (settings: Settings): Settings | null => {
    const off = settings.off.filter((known) => known.version !== asked.version || known.feature !== asked.feature)
    return off.length === settings.off.length ? null : { ...settings, off }
  }
  const detail = `${asked.feature} of version ${asked.version}`
  return change(parts, request, { action: "feature switched on", detail, build })
}
