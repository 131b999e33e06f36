/** release: logic versions go out by steps. In: what processes with logic report, and the collector's figures. Out: the plan that they ask for, and alarms. */
import type { Rule } from "@ossagent/wire"
import type { Kysely } from "kysely"
import type { Logger } from "pino"
import type { Batch } from "../alarm/condition.ts"
import type { Database } from "../database/types.ts"
import type { Collector } from "../watch/collector.ts"
import { type Loop, startLoop } from "../watch/loop.ts"
import { lookAtReleases } from "./alarm.ts"
import { createTurn } from "./turn.ts"

/** What one process at a time does. */
export const RELEASE = "release"

export interface ReleaseDeps {
  db: Kysely<Database>
  collector: Collector
  rules: { list: () => Promise<Rule[]> }
  judge: (batch: Batch) => Promise<unknown>
  holds: (what: string) => boolean
  lookMs: number
  judgeMs: number
  log: Logger
}

export function startReleases(deps: ReleaseDeps): Loop {
  const { rules, holds, lookMs, log } = deps
  const turn = createTurn(deps)
  return startLoop({ name: "release", everyMs: lookMs, log }, async (now) => {
    if (!holds(RELEASE)) return
    await turn(now)
    await lookAtReleases(deps, await rules.list(), now)
  })
}
