import type { ActivityAnswer, ActivityGroup } from "@ossagent/wire"
import type { z } from "zod"
import type { ReportContext } from "../context.ts"
import type { ACTIVITY } from "../question.ts"
import { BACK_AT, DAY_OF, MASK_OF, toDaysParams } from "./days.ts"
import { IN_TIME, OF_SERVICE } from "./events.ts"
import { byVersions, usersOf } from "./versions.ts"

interface Row {
  version: string
  did: 0 | 1
  users: number
  /** For how many users each day after their first is over, and how many of those were active on it. */
  over: number[]
  active: number[]
}

const DID = `name = {did:String} AND ${IN_TIME}`

/** Those who did something against those who did not: how many are active on each day after. It shows no cause. */
export async function activity(question: z.output<typeof ACTIVITY>, context: ReportContext): Promise<ActivityAnswer> {
  const { service = "", did, active, byVersion } = question
  const rows = await context.store.rows<Row>(
    `WITH toInt32(toDate(now(), {zone:String}) - toDate(fromUnixTimestamp64Milli({from:Int64}), {zone:String})) AS today,
       arrayMap(k -> toUInt64(first + k < today), range(1, {days:UInt8} + 1)) AS ended
     SELECT version, times > 0 AS did, count() AS users, sumForEach(ended) AS over,
       sumForEach(arrayMap((there, done) -> there * done, ${BACK_AT}, ended)) AS active
     FROM (
       SELECT countIf(${DID}) AS times, countIf(${IN_TIME}) AS seen,
         if(times > 0, minIf(${DAY_OF}, ${DID}), minIf(${DAY_OF}, ${IN_TIME})) AS first,
         ${byVersion ? `if(times > 0, argMinIf(version, at, ${DID}), argMinIf(version, at, ${IN_TIME}))` : "''"} AS version,
         ${MASK_OF(`{active:String} = '' OR name = {active:String}`)} AS days
       FROM events
       WHERE ${OF_SERVICE} AND at >= fromUnixTimestamp64Milli({from:Int64}) AND at < fromUnixTimestamp64Milli({until:Int64})
       GROUP BY user_id HAVING seen > 0)
     GROUP BY version, did ORDER BY version, did DESC`,
    { ...toDaysParams(question), service, did, active },
    context.signal,
  )
  const all = toGroups(null, rows)
  if (!byVersion) return { groups: all }
  return { groups: [...all, ...byVersions(rows).flatMap(([version, own]) => toGroups(version, own))] }
}

/** Those who did it, then those who did not; nothing for a group without users. */
const toGroups = (version: string | null, rows: readonly Row[]): ActivityGroup[] =>
  [true, false].flatMap((did) => {
    const own = rows.filter((row) => (row.did === 1) === did)
    const [first] = own
    if (first === undefined) return []
    const add = (of: "over" | "active", i: number) => own.reduce((sum, row) => sum + (row[of][i] ?? 0), 0)
    const days = first.over.map((_, i) => ({ users: add("over", i), active: add("active", i) }))
    return [{ version, did, users: usersOf(own), days }]
  })
