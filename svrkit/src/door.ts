import { createHash, timingSafeEqual } from "node:crypto"
import type { Agent } from "@ossagent/agent"
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from "fastify"
import type { Logger } from "pino"
import { type ErrorTable, ServiceError, SHELL_ERRORS, toErrorAnswer } from "./errors.ts"

/** Who may call, and what. */
export interface Credential {
  /** For logs and audits; not secret. */
  name: string
  token: string
  scopes: readonly string[]
}

export interface DoorOptions {
  port: number
  /** Default 127.0.0.1. */
  host?: string
  credentials: readonly Credential[]
  /** Default 1 MiB. */
  bodyLimitBytes?: number
}

declare module "fastify" {
  interface FastifyRequest {
    credential: { name: string; scopes: readonly string[] }
  }
  interface FastifyContextConfig {
    /** What a caller's credential must hold; `open` for none. */
    scope?: string
  }
}

/** The readiness of one thing: a sentence when it is not ready. */
export type ReadyCheck = () => string | null | Promise<string | null>

interface DoorParts {
  options: DoorOptions
  errors: ErrorTable
  log: Logger
  agent: Agent
  ready: ReadonlyMap<string, ReadyCheck>
}

/**
 * The HTTP door of a service: credentials by bearer token, one form of error, `/healthz` (the process lives) and `/readyz` (it can
 * work) open to all. A route without a scope is a fault of its author and refuses to be added.
 */
export function createDoor(parts: DoorParts): FastifyInstance {
  const { options, errors, log, ready } = parts
  const door = fastify({
    loggerInstance: log.child({ step: "door" }, { level: "warn" }) as FastifyBaseLogger,
    bodyLimit: options.bodyLimitBytes ?? 1024 * 1024,
    requestTimeout: 60_000,
    forceCloseConnections: true,
  })
  watchDoor(door, parts.agent)
  const known = hashCredentials(options.credentials)
  door.addHook("onRoute", (route) => {
    if (route.config?.scope === undefined) throw new Error(`route ${route.method} ${route.url} states no scope`)
  })
  door.addHook("onRequest", async (request) => authorize(request, known))
  door.setErrorHandler((error, request, reply) => {
    const { status, body } = toErrorAnswer(error, { ...SHELL_ERRORS, ...errors })
    if (status >= 500 && !(error instanceof ServiceError)) {
      log.error({ err: error, request: request.id, url: request.url }, "request failed")
      parts.agent.exception(error)
    }
    if (body.error.retryAfterSec !== undefined) void reply.header("retry-after", Math.ceil(body.error.retryAfterSec))
    return reply.status(status).send(body)
  })
  door.setNotFoundHandler((request, reply) => {
    const { status, body } = toErrorAnswer(
      new ServiceError("not_found", `nothing at ${request.method} ${request.url.split("?")[0]}`),
      SHELL_ERRORS,
    )
    return reply.status(status).send(body)
  })
  door.get("/healthz", { config: { scope: "open" } }, () => ({ ok: true }))
  door.get("/readyz", { config: { scope: "open" } }, async (_request, reply) => {
    const missing = await notReady(ready)
    return reply.status(missing.length === 0 ? 200 : 503).send({ ok: missing.length === 0, missing })
  })
  return door
}

type Hashed = { hash: Buffer; credential: Credential }[]

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest()
const hashCredentials = (credentials: readonly Credential[]): Hashed =>
  credentials.map((credential) => ({ hash: sha256(credential.token), credential }))

function authorize(request: FastifyRequest, known: Hashed): void {
  const scope = request.routeOptions.config.scope
  if (scope === "open" || request.is404) return
  const [scheme, token] = (request.headers.authorization ?? "").split(" ", 2)
  if (scheme !== "Bearer" || token === undefined) {
    throw new ServiceError("unauthorized", "cannot let you in: an Authorization header with a bearer token is needed")
  }
  const hash = sha256(token)
  const found = known.find((one) => timingSafeEqual(one.hash, hash))?.credential
  if (found === undefined) throw new ServiceError("unauthorized", "cannot let you in: this token is not known here")
  if (!found.scopes.includes(scope as string)) {
    throw new ServiceError("forbidden", `cannot let you in: the credential "${found.name}" lacks the scope "${scope}"`)
  }
  request.credential = { name: found.name, scopes: found.scopes }
}

async function notReady(ready: ReadonlyMap<string, ReadyCheck>): Promise<string[]> {
  const missing: string[] = []
  for (const [name, check] of ready) {
    const why = await Promise.resolve(check()).catch((error: Error) => error.message)
    if (why !== null) missing.push(`${name}: ${why}`)
  }
  return missing
}

/** Requests, latency and answers by route: the built-in points of a door. */
function watchDoor(door: FastifyInstance, agent: Agent): void {
  const duration = agent.timer("http.server.duration", { unit: "ms" })
  const inFlight = agent.gauge("http.server.active", { unit: "{request}" })
  const active = new Set<FastifyRequest>()
  const leave = (request: FastifyRequest): void => {
    active.delete(request)
    inFlight.set(active.size)
  }
  door.addHook("onRequest", async (request) => {
    active.add(request)
    inFlight.set(active.size)
  })
  door.addHook("onResponse", async (request, reply) => {
    leave(request)
    const route = request.is404 ? "unknown" : (request.routeOptions.url ?? "unknown")
    duration.with({ route, method: request.method, status: reply.statusCode }).record(reply.elapsedTime)
  })
  door.addHook("onRequestAbort", async (request) => leave(request))
}
