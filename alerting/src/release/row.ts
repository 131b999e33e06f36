import type { Release, ReleaseEvent } from "@ossagent/wire"
import type { Selectable, Transaction } from "kysely"
import type { Database, ReleaseTable } from "../database/types.ts"

export type ReleaseRow = Selectable<ReleaseTable>

/** A row of the database as the contract tells it. */
export function toRelease(row: ReleaseRow): Release {
  return {
    id: row.id,
    service: row.service,
    module: row.module,
    version: row.version,
    from: row.from,
    state: row.state,
    experiment: row.experiment,
    steps: row.steps,
    audience: row.audience,
    stepSec: row.step_sec,
    minSamples: row.min_samples,
    step: row.step,
    stepAt: row.step_at.getTime(),
    why: row.why,
    startedAt: row.started_at.getTime(),
    startedBy: row.started_by,
    endedAt: row.ended_at?.getTime() ?? null,
    endedBy: row.ended_by,
  }
}

export function toReleaseEvent(row: Selectable<Database["release_event"]>): ReleaseEvent {
  const { id, at, kind, actor, ratio, text } = row
  return { id, at: at.getTime(), kind, actor, ratio, text }
}

/** Of users that its step sends to the new version; none before it begins. */
export const toRatio = ({ state, steps, step }: Pick<ReleaseRow, "state" | "steps" | "step">): number =>
  state === "running" || state === "held" ? (steps[step] ?? 0) : 0

/** Writes one line of the timeline. */
export async function writeReleaseEvent(
  tx: Transaction<Database>,
  releaseId: string,
  { at, ...event }: Omit<ReleaseEvent, "id">,
): Promise<void> {
  await tx
    .insertInto("release_event")
    .values({ release_id: releaseId, at: new Date(at), ...event })
    .execute()
}
