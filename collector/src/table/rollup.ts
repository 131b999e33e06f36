/**
 * Minutes from packed rows, hours from minutes, each computed once. What comes after its minute (or hour) was rolled up is rolled up
 * on its own, from its batch's rows alone: one more partial row, which every reader merges.
 */
import type { Store } from "./client.ts"

export interface Roll {
  /** Of the batch whose storing rolls up; stands in the rows. */
  batch: number
  again: boolean
  store: Store
  /** Unix ms, `[from, to)`. */
  from: number
  to: number
}

const KEY = "metric, service, subsystem, version, host, kind, labels"
const INTO = `${KEY}, t, batch, count, sum, min, max, last, last_t, bucket, bucket_count`
const DAY_MS = 86_400_000

/** Of counters, which have nothing but sums. */
const COUNTERS_FROM_RAW = `
  toUInt64(0), sum(arraySum(p.sum)), toFloat64(0), toFloat64(0),
  toFloat64(0), max(p.t0 + p.dt[-1]),
  emptyArrayInt16(), emptyArrayUInt64()`

const OTHERS_FROM_RAW = `
  sum(arraySum(p.count)), sum(arraySum(p.sum)), min(arrayMin(p.min)), max(arrayMax(p.max)),
  argMax(p.last[-1], (p.t0 + p.dt[-1], p.last[-1])), max(p.t0 + p.dt[-1]),
  (sumMap(p.bucket, p.bucket_count) AS buckets).1, buckets.2`

const FROM_MINUTES = `
  sum(p.count), sum(p.sum), min(p.min), max(p.max),
  argMax(p.last, (p.last_t, p.last)), max(p.last_t),
  (sumMap(p.bucket, p.bucket_count) AS buckets).1, buckets.2`

/** Packed rows to partial aggregates, counters apart: with all the aggregates of the others they would cost three times as much. */
const fromRaw = (step: "toStartOfMinute" | "toStartOfHour", rows: string): string =>
  [
    { kind: "= 'counter'", values: COUNTERS_FROM_RAW },
    { kind: "!= 'counter'", values: OTHERS_FROM_RAW },
  ]
    .map(
      ({ kind, values }) =>
        `SELECT ${KEY}, ${step}(p.t0) AS step, {batch:UInt64}, ${values}
         FROM points_1s AS p
         WHERE p.t0 >= {from:UInt32} AND p.t0 < {to:UInt32} AND p.kind ${kind} ${rows}
         GROUP BY ${KEY}, step`,
    )
    .join(" UNION ALL ")

/** All points of the minutes in `[from, to)`. */
export const rollMinutes = (roll: Roll): Promise<void> =>
  eachDay(roll, "points_1m", ({ from, to, batch, store }) =>
    store.run(`INSERT INTO points_1m (${INTO}) ${fromRaw("toStartOfMinute", "")}`, {
      from: from / 1000,
      to: to / 1000,
      batch,
    }),
  )

/** All minutes of the hours in `[from, to)`. */
export const rollHours = (roll: Roll): Promise<void> =>
  eachDay(roll, "points_1h", ({ from, to, batch, store }) =>
    store.run(
      `INSERT INTO points_1h (${INTO})
       SELECT ${KEY}, toStartOfHour(p.t) AS hour, {batch:UInt64}, ${FROM_MINUTES}
       FROM points_1m AS p
       WHERE p.t >= {from:UInt32} AND p.t < {to:UInt32}
       GROUP BY ${KEY}, hour`,
      { from: from / 1000, to: to / 1000, batch },
    ),
  )

/** The batch's own points of `[from, to)`, which came late for their minute or hour. */
export const rollRaw = (table: "points_1m" | "points_1h", roll: Roll): Promise<void> =>
  eachDay(roll, table, ({ from, to, batch, store }) =>
    store.run(
      `INSERT INTO ${table} (${INTO})
       ${fromRaw(table === "points_1m" ? "toStartOfMinute" : "toStartOfHour", "AND p.batch = {batch:UInt64}")}`,
      { from: Math.floor(from / 1000), to: to / 1000, batch },
    ),
  )

/** One insert for each day, so that it is one part; with `again`, only where the batch's rows are not there yet. */
async function eachDay(roll: Roll, table: string, insert: (day: Roll) => Promise<void>): Promise<void> {
  for (let from = roll.from; from < roll.to; ) {
    const to = Math.min(roll.to, (Math.floor(from / DAY_MS) + 1) * DAY_MS)
    const day = { ...roll, from, to }
    if (!roll.again || !(await isThere(day, table))) await insert(day)
    from = to
  }
}

async function isThere({ store, batch, from, to }: Roll, table: string): Promise<boolean> {
  const sql = `SELECT 1 AS there FROM ${table} WHERE t >= {from:UInt32} AND t < {to:UInt32} AND batch = {batch:UInt64} LIMIT 1`
  // A late row of an hour stands at its start, which may lie before the first late second.
  const hourStart = Math.floor(from / 3_600_000) * 3_600
  const start = table === "points_1h" ? hourStart : Math.floor(from / 60_000) * 60
  return (await store.rows(sql, { from: start, to: to / 1000, batch })).length > 0
}
