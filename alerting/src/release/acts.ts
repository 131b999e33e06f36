/** What people do with releases: start and abort. */
import { ServiceError } from "@ossagent/svrkit"
import type { NewRelease, Release } from "@ossagent/wire"
import type { Kysely, Transaction } from "kysely"
import type { z } from "zod"
import { type Actor, writeAudit } from "../alarm/write.ts"
import type { Database } from "../database/types.ts"
import { readInstances } from "./read.ts"
import { toRatio, toRelease, writeReleaseEvent } from "./row.ts"
import type { releaseSchema } from "./schema.ts"

type Tx = Transaction<Database>
type Wanted = z.output<typeof releaseSchema>

export interface ReleaseActs {
  start: (wanted: Wanted, actor: Actor) => Promise<Release>
  abort: (id: string, actor: Actor) => Promise<Release>
}

export function createReleaseActs(db: Kysely<Database>, now: () => number): ReleaseActs {
  return {
    start: (wanted, actor) => db.transaction().execute((tx) => start(tx, wanted, { actor, now: now() })),
    abort: (id, actor) => db.transaction().execute((tx) => abort(tx, id, { actor, now: now() })),
  }
}

interface By {
  actor: Actor
  now: number
}

async function start(tx: Tx, wanted: Wanted, { actor, now }: By): Promise<Release> {
  const { module, version } = wanted
  const known = await tx
    .selectFrom("logic_module")
    .selectAll()
    .where("module", "=", module)
    .forUpdate()
    .executeTakeFirst()
  if (!known) throw new ServiceError("unknown_module", `cannot release ${module}: no service has reported it`)
  await checkVersion(tx, wanted, known.current, now)
  const open = await tx
    .selectFrom("release")
    .select(["id", "version", "state"])
    .where("module", "=", module)
    .where("ended_at", "is", null)
    .executeTakeFirst()
  if (open)
    throw new ServiceError(
      "release_running",
      `cannot release ${module} ${version}: release ${open.id} of ${open.version} is ${open.state}`,
    )
  const row = await tx
    .insertInto("release")
    .values({
      ...{
        module,
        version,
        service: known.service,
        from: known.current,
        state: "waiting",
        experiment: wanted.experiment,
      },
      steps: JSON.stringify(wanted.steps),
      audience: JSON.stringify(wanted.audience),
      step_sec: wanted.stepSec,
      min_samples: wanted.minSamples,
      ...{ step: 0, step_at: new Date(now), why: "waits for every process to load it" },
      started_at: new Date(now),
      started_by: actor.name,
      ended_by: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const text = `${module} ${version} after ${known.current}${wanted.experiment ? ", an experiment" : ""}`
  await writeReleaseEvent(tx, row.id, { at: now, kind: "started", actor: actor.name, ratio: 0, text })
  await writeAudit(tx, {
    actor: actor.name,
    action: "release started",
    detail: `release ${row.id}: ${text} ${toDetail(wanted)}`,
    at: now,
  })
  return toRelease(row)
}

const toDetail = ({ steps, audience, stepSec, minSamples }: Required<NewRelease>): string =>
  JSON.stringify({ steps, audience, stepSec, minSamples })

async function checkVersion(tx: Tx, { module, version }: Wanted, current: string, now: number): Promise<void> {
  if (version === current)
    throw new ServiceError("unknown_version", `cannot release ${module} ${version}: it is the version that runs`)
  const instances = await readInstances(tx, [module], now)
  if (instances.length === 0)
    throw new ServiceError("unknown_module", `cannot release ${module}: no process reports it now`)
  const found = [...new Set(instances.flatMap(({ body }) => body.found))]
  if (!found.includes(version))
    throw new ServiceError("unknown_version", `cannot release ${module} ${version}: there are ${found.join(", ")}`)
}

async function abort(tx: Tx, id: string, { actor, now }: By): Promise<Release> {
  const before = await tx.selectFrom("release").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()
  if (!before) throw new ServiceError("unknown_release", `cannot find release ${id}`)
  if (before.ended_at !== null)
    throw new ServiceError("not_running", `cannot abort release ${id}: it is ${before.state} already`)
  const why = actor.note ? `aborted: ${actor.note}` : "aborted"
  const at = new Date(now)
  const row = await tx
    .updateTable("release")
    .set({ state: "aborted", why, ended_at: at, ended_by: actor.name })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await writeReleaseEvent(tx, id, { at: now, kind: "aborted", actor: actor.name, ratio: toRatio(before), text: why })
  const detail = `release ${id}: ${before.module} ${before.version}, ${why}`
  await writeAudit(tx, { actor: actor.name, action: "release aborted", detail, at: now })
  return toRelease(row)
}
