import type { RetentionAnswer, RetentionCohort } from "@ossagent/wire"
import type { z } from "zod"
import type { ReportContext } from "../context.ts"
import type { RETENTION } from "../question.ts"
import { BACK_AT, DAY_OF, MASK_OF, toDaysParams } from "./days.ts"
import { OF_SERVICE } from "./events.ts"
import { byVersions } from "./versions.ts"

interface Row {
  day: string
  version: string
  users: number
  back: number[]
  /** Days after it that are over. */
  over: number
}

const IS_START = `name = {start:String} AND at < fromUnixTimestamp64Milli({to:Int64})`

/** Of those who began on a day: how many come back on each day after it. */
export async function retention(
  question: z.output<typeof RETENTION>,
  context: ReportContext,
): Promise<RetentionAnswer> {
  const { service = "", start, back, byVersion } = question
  const rows = await context.store.rows<Row>(
    `SELECT toString(addDays(toDate(fromUnixTimestamp64Milli({from:Int64}), {zone:String}), first)) AS day, version,
       count() AS users, sumForEach(${BACK_AT}) AS back,
       toInt32(toDate(now(), {zone:String}) - toDate(fromUnixTimestamp64Milli({from:Int64}), {zone:String})) - first - 1 AS over
     FROM (
       SELECT minIf(${DAY_OF}, ${IS_START}) AS first, countIf(${IS_START}) AS started,
         ${byVersion ? `argMinIf(version, at, ${IS_START})` : "''"} AS version,
         ${MASK_OF(`{back:String} = '' OR name = {back:String}`)} AS days
       FROM events
       WHERE ({back:String} = '' OR name IN ({start:String}, {back:String})) AND ${OF_SERVICE}
         AND at >= fromUnixTimestamp64Milli({from:Int64}) AND at < fromUnixTimestamp64Milli({until:Int64})
       GROUP BY user_id HAVING started > 0)
     GROUP BY first, version ORDER BY first, version`,
    { ...toDaysParams(question), service, start, back },
    context.signal,
  )
  if (!byVersion) return { cohorts: rows.map(toCohort) }
  const kept = new Set(byVersions(rows).map(([version]) => version))
  return {
    cohorts: rows.filter(({ version }) => kept.has(version)).map((row) => ({ ...toCohort(row), version: row.version })),
  }
}

const toCohort = ({ day, users, back, over }: Row): RetentionCohort => ({
  ...{ day, version: null, users },
  back: back.map((count, i) => (i < over ? count : null)),
})
