/**
 * What every call from the browser passes: same origin, session, role, size, form. Handlers behind it get a person and never see an
 * unchecked body.
 */
import { pino } from "pino"
import type { z } from "zod"
import { mayAs, type Person, type Role } from "../auth/roles.ts"
import { readPerson } from "../auth/session.ts"
import { DoorError, toErrorResponse } from "./errors.ts"

const MOST_BODY_BYTES = 64 * 1024
const log = pino({ base: { service: "dashboard", step: "door" } })

type Handler<P> = (call: { request: Request; person: Person; params: P }) => Promise<Response>

/** A route handler for people whose role is at least `needed`. */
export function guarded<P = Record<string, never>>(needed: Role, handle: Handler<P>) {
  return async (request: Request, context: { params: Promise<P> }): Promise<Response> => {
    try {
      if (request.method !== "GET") requireSameOrigin(request)
      const person = await readPerson(request.headers)
      if (!person) throw new DoorError("unauthorized", "cannot answer: log in first")
      if (!mayAs(person.role, needed))
        throw new DoorError("forbidden", `cannot do this as ${person.role}: it takes the role ${needed}`)
      return await handle({ request, person, params: await context.params })
    } catch (error) {
      if (!(error instanceof DoorError) && !request.signal.aborted)
        log.error({ err: error, path: new URL(request.url).pathname }, "request failed")
      return toErrorResponse(error)
    }
  }
}

/** Throws when another site makes the browser send this: its Origin must be the host that was asked. */
export function requireSameOrigin(request: Request): void {
  const origin = request.headers.get("origin")
  const host = request.headers.get("host")
  const fine = origin !== null && URL.canParse(origin) && new URL(origin).host === host
  if (!fine) throw new DoorError("forbidden", "cannot take a change that comes from another site")
}

/** The body as the schema says. Throws DoorError that says what and where. */
export async function parseBody<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  if (Number(request.headers.get("content-length") ?? 0) > MOST_BODY_BYTES)
    throw new DoorError("too_large", `cannot take a body of more than ${MOST_BODY_BYTES} bytes`)
  const text = await request.text()
  if (text.length > MOST_BODY_BYTES)
    throw new DoorError("too_large", `cannot take a body of more than ${MOST_BODY_BYTES} bytes`)
  return parseWith(schema, tryJson(text))
}

/** As the schema says. Throws DoorError. */
export function parseWith<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join(".")}` : ""
  throw new DoorError("bad_request", `cannot read the request${where}: ${issue?.message ?? "not valid"}`)
}

function tryJson(text: string): unknown {
  if (text === "") return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new DoorError("bad_request", "cannot read the request: it is not JSON")
  }
}
