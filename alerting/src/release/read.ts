import { ServiceError } from "@ossagent/svrkit"
import type { LogicModuleState, LogicReport, Release, ReleaseMark, ReleasePage } from "@ossagent/wire"
import type { Kysely, Transaction } from "kysely"
import type { Database } from "../database/types.ts"
import { toRelease, toReleaseEvent } from "./row.ts"

type Reader = Kysely<Database> | Transaction<Database>

/** A process that did not report for so long is not there. */
export const FRESH_MS = 10_000
const MOST_MARKS = 200

export interface Instance {
  instance: string
  module: string
  at: Date
  body: LogicReport["modules"][number]
}

/** Processes that have reported these modules lately. */
export const readInstances = (db: Reader, modules: readonly string[], now: number): Promise<Instance[]> =>
  modules.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom("logic_instance")
        .selectAll()
        .where("module", "in", [...modules])
        .where("at", ">", new Date(now - FRESH_MS))
        .orderBy("instance")
        .execute()

export async function readModules(db: Kysely<Database>, now: number): Promise<LogicModuleState[]> {
  const modules = await db.selectFrom("logic_module").selectAll().orderBy("module").execute()
  const instances = await readInstances(
    db,
    modules.map(({ module }) => module),
    now,
  )
  return modules.map(({ module, service, current }) => {
    const own = instances.filter((one) => one.module === module)
    const found = own.flatMap(({ body }) => body.found)
    return {
      ...{ module, service, current },
      found: [...new Set(found)].sort((a, b) => a.localeCompare(b, "en", { numeric: true })),
      instances: own.map(({ instance, at, body }) => ({ instance, at: at.getTime(), versions: body.versions })),
    }
  })
}

interface Wanted {
  module?: string | undefined
  service?: string | undefined
  experiment?: boolean | undefined
  before?: string | undefined
  limit: number
}

/** Newest first, one more than asked for. */
export async function readReleases(db: Kysely<Database>, wanted: Wanted): Promise<Release[]> {
  const { module, service, experiment, before, limit } = wanted
  let query = db.selectFrom("release").selectAll()
  if (module !== undefined) query = query.where("module", "=", module)
  if (service !== undefined) query = query.where("service", "=", service)
  if (experiment !== undefined) query = query.where("experiment", "=", experiment)
  if (before !== undefined) query = query.where("id", "<", before)
  const rows = await query
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute()
  return rows.map(toRelease)
}

export async function readRelease(db: Kysely<Database>, id: string): Promise<ReleasePage> {
  const row = await db.selectFrom("release").selectAll().where("id", "=", id).executeTakeFirst()
  if (!row) throw new ServiceError("unknown_release", `cannot find release ${id}`)
  const judgements = await db
    .selectFrom("release_judgement")
    .select("body")
    .where("release_id", "=", id)
    .orderBy("step")
    .execute()
  const events = await db.selectFrom("release_event").selectAll().where("release_id", "=", id).orderBy("id").execute()
  return {
    release: toRelease(row),
    judgements: judgements.map(({ body }) => body),
    timeline: events.map(toReleaseEvent),
  }
}

/** What stands on charts: every step, and every end. The newest first. */
export async function readMarks(
  db: Kysely<Database>,
  { from, to }: { from: number; to: number },
): Promise<ReleaseMark[]> {
  const rows = await db
    .selectFrom("release_event as e")
    .innerJoin("release as r", "r.id", "e.release_id")
    .select(["e.at", "e.kind", "e.ratio", "r.id", "r.service", "r.module", "r.version"])
    .where("e.at", ">=", new Date(from))
    .where("e.at", "<=", new Date(to))
    .where("e.kind", "in", ["step", "rolled_back", "aborted", "done"])
    .orderBy("e.at", "desc")
    .limit(MOST_MARKS)
    .execute()
  return rows.map(({ id, at, ...rest }) => ({ releaseId: id, at: at.getTime(), ...rest }))
}
