/**
 * The controller: looks at each open release, judges its step, and takes it on, holds it or rolls it back, each with its reason, in one transaction.
 * One process at a time does it; what it finds was changed meanwhile (a person aborted) it leaves.
 */
import type { Judgement, Release } from "@ossagent/wire"
import type { Kysely, Transaction } from "kysely"
import type { Logger } from "pino"
import type { Database } from "../database/types.ts"
import { type Collector, CollectorError } from "../watch/collector.ts"
import { decideBegin, decideStep, type Move, toCrashes } from "./decide.ts"
import { readFigures } from "./figures.ts"
import { judgeStep } from "./judge/judge.ts"
import { FRESH_MS, type Instance, readInstances } from "./read.ts"
import { toRatio, toRelease, writeReleaseEvent } from "./row.ts"

type Tx = Transaction<Database>

export interface TurnDeps {
  db: Kysely<Database>
  collector: Collector
  /** A step is judged so often, ms. */
  judgeMs: number
  log: Logger
}

const ACTOR = "release"
/** A process that is gone is kept for its page a while. */
const KEEP_INSTANCE_MS = 6 * FRESH_MS

export function createTurn(deps: TurnDeps): (now: number) => Promise<void> {
  const judgedAt = new Map<string, number>()
  return async (now) => {
    const { db, log } = deps
    const rows = await db.selectFrom("release").selectAll().where("ended_at", "is", null).orderBy("id").execute()
    const instances = await readInstances(
      db,
      rows.map(({ module }) => module),
      now,
    )
    for (const row of rows) {
      const release = toRelease(row)
      const own = instances.filter(({ module }) => module === release.module)
      try {
        await look(deps, { release, instances: own, judgedAt, now })
      } catch (error) {
        if (!(error instanceof CollectorError)) throw error
        log.warn({ release: release.id, why: error.message }, "a release is not judged: the collector does not answer")
      }
    }
    for (const id of judgedAt.keys()) if (!rows.some((row) => row.id === id)) judgedAt.delete(id)
    await db
      .deleteFrom("logic_instance")
      .where("at", "<", new Date(now - KEEP_INSTANCE_MS))
      .execute()
  }
}

interface Look {
  release: Release
  instances: readonly Instance[]
  judgedAt: Map<string, number>
  now: number
}

async function look(deps: TurnDeps, { release, instances, judgedAt, now }: Look): Promise<void> {
  if (release.state === "waiting") {
    await apply(deps, release, { move: decideBegin(release, instances, now), judgement: null, now })
    return
  }
  const crashes = toCrashes(release, instances)
  if (crashes.length === 0 && now - (judgedAt.get(release.id) ?? 0) < deps.judgeMs) return
  judgedAt.set(release.id, now)
  const judgement = await judge(deps, release, { crashes, now })
  await apply(deps, release, { move: decideStep(release, judgement), judgement, now })
}

async function judge(
  deps: TurnDeps,
  release: Release,
  { crashes, now }: { crashes: string[]; now: number },
): Promise<Judgement> {
  const { step, stepSec, minSamples, stepAt } = release
  // A crash is acted on though the collector is away.
  const read = readFigures(deps.collector, release, now)
  const figures = await (crashes.length > 0 ? read.catch(() => null) : read)
  return judgeStep(
    { ...(figures ?? { cells: [], heap: [] }), crashes },
    { at: now, step, ratio: toRatio(release), elapsedSec: (now - stepAt) / 1_000, stepSec, minSamples },
  )
}

interface Outcome {
  move: Move
  judgement: Judgement | null
  now: number
}

async function apply({ db, log }: TurnDeps, release: Release, outcome: Outcome): Promise<void> {
  const { move } = outcome
  const done = await db.transaction().execute(async (tx) => {
    // A person may have acted meanwhile: then this look is of another state.
    const row = await tx
      .selectFrom("release")
      .select(["state", "step"])
      .where("id", "=", release.id)
      .forUpdate()
      .executeTakeFirst()
    if (row?.state !== release.state || row.step !== release.step) return false
    await write(tx, release, outcome)
    return true
  })
  if (done && move.act !== "stay") log.info({ release: release.id, module: release.module, ...move }, "a release moved")
}

const EVENTS = { begin: "step", step: "step", hold: "held", done: "done", roll_back: "rolled_back" } as const

async function write(tx: Tx, release: Release, { move, judgement, now }: Outcome): Promise<void> {
  if (judgement !== null) await keepJudgement(tx, release.id, judgement)
  const next = toNext(release, move)
  const at = new Date(now)
  const isEnd = move.act === "done" || move.act === "roll_back"
  await tx
    .updateTable("release")
    .set({
      ...{ state: next.state, step: next.step, why: move.why },
      ...(next.step !== release.step || move.act === "begin" ? { step_at: at } : {}),
      ...(isEnd ? { ended_at: at, ended_by: ACTOR } : {}),
    })
    .where("id", "=", release.id)
    .execute()
  if (move.act === "done")
    await tx
      .updateTable("logic_module")
      .set({ current: release.version, updated_at: at })
      .where("module", "=", release.module)
      .execute()
  if (move.act === "stay") return
  const ratio = isEnd ? toRatio(release) : (next.steps[next.step] ?? 0)
  await writeReleaseEvent(tx, release.id, { at: now, kind: EVENTS[move.act], actor: ACTOR, ratio, text: move.why })
}

function toNext(release: Release, move: Move): Release {
  if (move.act === "begin") return { ...release, state: "running", step: 0 }
  if (move.act === "step") return { ...release, state: "running", step: move.step }
  if (move.act === "hold") return { ...release, state: "held" }
  if (move.act === "done") return { ...release, state: "done" }
  if (move.act === "roll_back") return { ...release, state: "rolled_back" }
  return release
}

const keepJudgement = (tx: Tx, id: string, judgement: Judgement) => {
  const { step, at } = judgement
  const values = { at: new Date(at), body: JSON.stringify(judgement) }
  return tx
    .insertInto("release_judgement")
    .values({ release_id: id, step, ...values })
    .onConflict((conflict) => conflict.columns(["release_id", "step"]).doUpdateSet(values))
    .execute()
}
