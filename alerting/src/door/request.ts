import { parse } from "@ossagent/svrkit"
import type { FastifyRequest } from "fastify"
import { z } from "zod"
import { toServiceError } from "../errors.ts"

const id = z.string().regex(/^[1-9]\d{0,17}$/, "is no id")
const params = z.object({ id })
const paging = z.object({ before: id.optional(), limit: z.coerce.number().int().min(1).max(500).default(100) })

export const parseId = (request: FastifyRequest): string => parse(params, request.params, "path").id
export const parsePaging = (request: FastifyRequest) => parse(paging, request.query, "query")

/** Who asks for a change: the user that the dashboard names, else the credential. For the audit. */
export function readActor(request: FastifyRequest): string {
  const named = request.headers["x-ossagent-actor"]
  const name = (typeof named === "string" ? named : "")
    .replace(/\p{Cc}/gu, "")
    .trim()
    .slice(0, 200)
  return name || request.credential.name
}

/** A handler whose faults of the database are told as such. */
export function guard<T>(handle: (request: FastifyRequest) => Promise<T>): (request: FastifyRequest) => Promise<T> {
  return async (request) => {
    try {
      return await handle(request)
    } catch (error) {
      throw toServiceError(error)
    }
  }
}

/** A page of rows that were read with one more than asked for. */
export function toPage<T extends { id: string }>(rows: T[], limit: number): { rows: T[]; nextBefore: string | null } {
  const page = rows.slice(0, limit)
  return { rows: page, nextBefore: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
}

export const READ = { config: { scope: "alarms:read" } }
export const WRITE = { config: { scope: "alarms:write" } }
