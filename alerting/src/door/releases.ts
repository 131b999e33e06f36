import { parse } from "@ossagent/svrkit"
import type { FastifyInstance } from "fastify"
import { readMarks, readModules, readRelease, readReleases } from "../release/read.ts"
import { takeReport } from "../release/report.ts"
import { listSchema, marksSchema, releaseSchema, reportSchema } from "../release/schema.ts"
import { noteSchema } from "../rule/schema.ts"
import type { DoorDeps } from "./door.ts"
import { guard, parseId, parsePaging, READ, readActor, toPage, WRITE } from "./request.ts"

/** Of services with logic: they may report, and nothing else. */
export const LOGIC_SCOPE = "logic:report"

export function addReleaseRoutes(http: FastifyInstance, { db, releases, now }: DoorDeps): void {
  http.post(
    "/v1/logic/report",
    { config: { scope: LOGIC_SCOPE } },
    guard((request) => takeReport(db, parse(reportSchema, request.body, "body"), now())),
  )
  http.get(
    "/v1/logic",
    READ,
    guard(async () => ({ modules: await readModules(db, now()) })),
  )
  http.get(
    "/v1/releases",
    READ,
    guard(async (request) => {
      const paging = parsePaging(request)
      const wanted = parse(listSchema, request.query, "query")
      const { rows, nextBefore } = toPage(await readReleases(db, { ...wanted, ...paging }), paging.limit)
      return { releases: rows, nextBefore }
    }),
  )
  http.get(
    "/v1/releases/marks",
    READ,
    guard(async (request) => ({ marks: await readMarks(db, parse(marksSchema, request.query, "query")) })),
  )
  http.get(
    "/v1/releases/:id",
    READ,
    guard((request) => readRelease(db, parseId(request))),
  )
  http.post(
    "/v1/releases",
    WRITE,
    guard(async (request) => {
      const wanted = parse(releaseSchema, request.body, "body")
      return { release: await releases.start(wanted, { name: readActor(request) }) }
    }),
  )
  http.post(
    "/v1/releases/:id/abort",
    WRITE,
    guard(async (request) => {
      const { note } = parse(noteSchema, request.body ?? {}, "body")
      const actor = { name: readActor(request), ...(note === undefined ? {} : { note }) }
      return { release: await releases.abort(parseId(request), actor) }
    }),
  )
}
