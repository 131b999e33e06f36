import type { FastifyInstance } from "fastify"
import type { DoorDeps } from "./door.ts"
import { guard, parsePaging, READ, toPage } from "./request.ts"

export function addAuditRoutes(http: FastifyInstance, { db }: DoorDeps): void {
  http.get(
    "/v1/audit",
    READ,
    guard(async (request) => {
      const { before, limit } = parsePaging(request)
      let query = db.selectFrom("audit").selectAll()
      if (before !== undefined) query = query.where("id", "<", before)
      const { rows, nextBefore } = toPage(
        await query
          .orderBy("id", "desc")
          .limit(limit + 1)
          .execute(),
        limit,
      )
      return { entries: rows.map((row) => ({ ...row, at: row.at.getTime() })), nextBefore }
    }),
  )
}
