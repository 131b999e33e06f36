import type { FunnelAnswer, FunnelGroup } from "@ossagent/wire"
import type { z } from "zod"
import type { ReportContext } from "../context.ts"
import type { FUNNEL } from "../question.ts"
import { IN_TIME, OF_SERVICE } from "./events.ts"
import { byVersions } from "./versions.ts"

interface Row {
  version: string
  /** Steps that so many users came to, and no farther. */
  level: number
  users: number
}

/** How many users come from step to step, in order and in time. */
export async function funnel(question: z.output<typeof FUNNEL>, context: ReportContext): Promise<FunnelAnswer> {
  const { service = "", from, to, steps, withinSec, byVersion } = question
  const names = steps.map((_, i) => `name = {steps:Array(String)}[${i + 1}]`)
  const rows = await context.store.rows<Row>(
    `SELECT version, level, count() AS users FROM (
       SELECT windowFunnel({withinMs:UInt64})(toUInt64(toUnixTimestamp64Milli(at)), ${names.join(", ")}) AS level,
         ${byVersion ? `argMinIf(version, at, ${names[0]})` : "''"} AS version
       FROM events WHERE name IN {steps:Array(String)} AND ${IN_TIME} AND ${OF_SERVICE}
       GROUP BY user_id)
     WHERE level > 0 GROUP BY version, level`,
    { service, from, to, steps, withinMs: withinSec * 1_000 },
    context.signal,
  )
  const all = toGroup(null, rows, steps.length)
  if (!byVersion) return { steps, groups: [all] }
  return { steps, groups: [all, ...byVersions(rows).map(([version, own]) => toGroup(version, own, steps.length))] }
}

function toGroup(version: string | null, rows: readonly Row[], steps: number): FunnelGroup {
  const users = new Array<number>(steps).fill(0)
  for (const row of rows) for (let step = 0; step < row.level; step++) users[step] = (users[step] ?? 0) + row.users
  return { version, users }
}
