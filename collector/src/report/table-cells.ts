import { ServiceError } from "@ossagent/svrkit"
import type { Kind } from "@ossagent/wire"
import type { HeadView } from "../head/head.ts"
import type { Params, Store } from "../table/client.ts"
import { type Cells, fold, foldBucket, type GroupCells } from "./cells.ts"
import { isColumn, labelOf, SEPARATOR, type Selection } from "./selection.ts"

/** Cells that one answer may hold. */
const MOST_ROWS = 200_000

/** How a table's rows are read as partial aggregates. */
interface Source {
  table: "points_1s" | "points_1m" | "points_1h"
  from: number
  to: number
}

export type TierSec = 1 | 60 | 3600

/** The coarsest tier whose rows fall whole into the selection's steps. */
export function tierOf({ stepSec, from }: Pick<Selection, "stepSec" | "from">): TierSec {
  if (stepSec % 3600 === 0 && from % 3600 === 0) return 3600
  return stepSec % 60 === 0 && from % 60 === 0 ? 60 : 1
}

/** Which tables hold the selection's time: what is not rolled up yet is read from the finer one. */
function sourcesOf(selection: Selection, view: HeadView): Source[] {
  const { from, to } = selection
  const tier = tierOf(selection)
  const minutes = tier === 1 ? from : Math.max(from, Math.min(to, view.minutesUntil))
  const hours = tier === 3600 ? Math.max(from, Math.min(minutes, view.hoursUntil)) : from
  const sources: Source[] = [
    { table: "points_1h", from, to: hours },
    { table: "points_1m", from: hours, to: minutes },
    { table: "points_1s", from: minutes, to },
  ]
  return sources.filter((source) => source.to > source.from)
}

/** The table's part of a selection: everything but the batches that the view answers for itself. */
export async function readTableCells(
  cells: Cells,
  selection: Selection,
  view: HeadView,
  store: Store,
  signal?: AbortSignal,
): Promise<void> {
  const sources = sourcesOf(selection, view)
  await Promise.all(sources.map((source) => readValues(cells, selection, source, view, store, signal)))
  if (!selection.buckets) return
  await Promise.all(sources.map((source) => readBuckets(cells, selection, source, view, store, signal)))
}

type Row = { metric: string; kind: Kind; i: number } & Record<`g${number}`, string | object>

async function readValues(
  cells: Cells,
  selection: Selection,
  source: Source,
  view: HeadView,
  store: Store,
  signal?: AbortSignal,
): Promise<void> {
  type ValueRow = Row & { c: number; s: number; mn: number; mx: number; l: number; lt: number }
  const kinds: (Kind[] | null)[] = isWhole(selection, source) ? [null] : [["counter"], ["gauge"], ["timer", "size"]]
  const wanted = kinds.filter((some) => some === null || selection.kind === null || some.includes(selection.kind))
  for (const some of wanted) {
    const { join, time, values } = valuesOf(source, some)
    const { sql: where, params } = whereOf(selection, source, view, some)
    const { select, group } = dimsOf(selection, params)
    const rows = await store.rows<ValueRow>(
      `SELECT p.metric AS metric, toString(p.kind) AS kind, ${select} intDiv(${time} - {from:Int64}, {step:Int64}) AS i, ${values}
       FROM ${source.table} AS p ${join} WHERE ${where} AND ${time} >= {from:Int64} AND ${time} < {to:Int64}
       GROUP BY metric, kind, ${group} i ${havingOf(selection, params)} LIMIT ${MOST_ROWS + 1}`,
      params,
      signal,
    )
    refuseMany(rows.length)
    for (const row of rows) {
      fold(groupOf(cells, row, selection), row.i, {
        count: row.c,
        sum: row.s,
        min: row.mn,
        max: row.mx,
        last: row.l,
        lastAt: row.lt,
      })
    }
  }
}

async function readBuckets(
  cells: Cells,
  selection: Selection,
  source: Source,
  view: HeadView,
  store: Store,
  signal?: AbortSignal,
): Promise<void> {
  type BucketRow = Row & { bs: number[]; ns: number[] }
  const bySecond = source.table === "points_1s" && !isWhole(selection, source)
  const time = bySecond ? "(toUnixTimestamp(p.t0) + d)" : timeOf(source)
  const join = `ARRAY JOIN ${bySecond ? "p.bucket_dt AS d," : ""} p.bucket AS b, p.bucket_count AS n`
  const { sql: where, params } = whereOf(selection, source, view, ["timer", "size"])
  const { select, group } = dimsOf(selection, params)
  const rows = await store.rows<BucketRow>(
    `SELECT metric, kind, ${group} i, groupArray(b) AS bs, groupArray(n) AS ns FROM (
       SELECT p.metric AS metric, toString(p.kind) AS kind, ${select} intDiv(${time} - {from:Int64}, {step:Int64}) AS i, b, sum(n) AS n
       FROM ${source.table} AS p ${join} WHERE ${where} AND ${time} >= {from:Int64} AND ${time} < {to:Int64}
       GROUP BY metric, kind, ${group} i, b ${havingOf(selection, params)})
     GROUP BY metric, kind, ${group} i LIMIT ${MOST_ROWS + 1}`,
    params,
    signal,
  )
  refuseMany(rows.length)
  for (const row of rows) {
    const into = groupOf(cells, row, selection)
    row.bs.forEach((bucket, at) => {
      foldBucket(into, row.i, bucket, row.ns[at] as number)
    })
  }
}

function refuseMany(rows: number): void {
  if (rows > MOST_ROWS) {
    throw new ServiceError(
      "too_much",
      `cannot answer: more than ${MOST_ROWS} cells; ask for larger steps, less time or a narrower filter`,
    )
  }
}

/** Whether a raw row, 10 s long, falls whole into a step: then its arrays are folded without being unrolled. */
const isWhole = ({ stepSec, from, to }: Selection, source: Source): boolean =>
  source.table !== "points_1s" || (stepSec % 10 === 0 && from % 10 === 0 && to % 10 === 0)

const timeOf = (source: Source): string =>
  source.table === "points_1s" ? "toUnixTimestamp(p.t0)" : "toUnixTimestamp(p.t)"

function valuesOf(source: Source, unrolled: readonly Kind[] | null): { join: string; time: string; values: string } {
  if (source.table !== "points_1s") {
    return {
      join: "",
      time: timeOf(source),
      values: aggregate("p.count", "p.sum", "p.min", "p.max", "p.last", "toUnixTimestamp(p.last_t)"),
    }
  }
  if (unrolled === null) {
    const last = "toUnixTimestamp(p.t0) + p.dt[-1]"
    return {
      join: "",
      time: timeOf(source),
      values: aggregate(
        "arraySum(p.count)",
        "arraySum(p.sum)",
        "arrayMin(p.min)",
        "arrayMax(p.max)",
        "p.last[-1]",
        last,
      ),
    }
  }
  const time = "(toUnixTimestamp(p.t0) + d)"
  if (unrolled[0] === "counter")
    return { join: "ARRAY JOIN p.dt AS d, p.sum AS vs", time, values: aggregate("0", "vs", "0", "0", "0", time) }
  const many = "ARRAY JOIN p.dt AS d, p.count AS vc, p.sum AS vs, p.min AS vmin, p.max AS vmax"
  if (unrolled[0] === "gauge")
    return { join: `${many}, p.last AS vl`, time, values: aggregate("vc", "vs", "vmin", "vmax", "vl", time) }
  return { join: many, time, values: aggregate("vc", "vs", "vmin", "vmax", "0", time) }
}

const aggregate = (count: string, sum: string, min: string, max: string, last: string, lastAt: string): string =>
  `sum(${count}) AS c, sum(${sum}) AS s, min(${min}) AS mn, max(${max}) AS mx, argMax(${last}, (${lastAt}, ${last})) AS l, max(${lastAt}) AS lt`

/** Conditions on key columns and on the time of rows, which is coarser than that of their points. */
function whereOf(
  selection: Selection,
  source: Source,
  view: HeadView,
  kinds: readonly Kind[] | null,
): { sql: string; params: Params } {
  const column = source.table === "points_1s" ? "p.t0" : "p.t"
  const slack = source.table === "points_1s" ? 9 : 0
  const params: Params = {
    from: source.from,
    to: source.to,
    step: selection.stepSec,
    rowFrom: source.from - slack,
    rowTo: source.to,
    batches: [...view.numbers],
  }
  // Steps are counted from the selection's start, whichever source a row comes from.
  params.from = selection.from
  const parts = [
    `${column} >= {rowFrom:UInt32} AND ${column} < {rowTo:UInt32} AND p.batch NOT IN {batches:Array(UInt64)}`,
  ]
  if (selection.metrics !== null) {
    parts.push("p.metric IN {metrics:Array(String)}")
    params.metrics = [...selection.metrics]
  }
  const some = selection.kind === null ? kinds : [selection.kind]
  if (some !== null) {
    parts.push("p.kind IN {kinds:Array(String)}")
    params.kinds = [...some]
  }
  selection.filters.forEach(({ dim, op, values }, at) => {
    parts.push(
      `${dimSql(dim, `filter${at}Label`, params)} ${op === "in" ? "IN" : "NOT IN"} {filter${at}:Array(String)}`,
    )
    params[`filter${at}`] = [...values]
  })
  return { sql: parts.join(" AND "), params }
}

function dimSql(dim: string, param: string, params: Params): string {
  if (dim === "labels") return "p.labels"
  if (isColumn(dim)) return `p.${dim}`
  params[param] = labelOf(dim)
  return `p.labels[{${param}:String}]`
}

function dimsOf(selection: Selection, params: Params): { select: string; group: string } {
  const select = selection.dims.map((dim, at) => `${dimSql(dim, `dim${at}`, params)} AS g${at}, `).join("")
  return { select, group: selection.dims.map((_, at) => `g${at}, `).join("") }
}

function havingOf(selection: Selection, params: Params): string {
  if (selection.groups === null) return ""
  params.groups = [...selection.groups]
  params.separator = SEPARATOR
  const key = selection.dims.map((_, at) => `g${at}`).join(", {separator:String}, ")
  return `HAVING concat(${key}, '') IN {groups:Array(String)}`
}

/** The group's key: its values, and the metric where there are several. */
export function groupKey(
  selection: Pick<Selection, "metrics">,
  metric: string,
  kind: Kind,
  values: readonly string[],
): string {
  const own = values.join(SEPARATOR)
  return selection.metrics?.length === 1 ? own : `${metric}${SEPARATOR}${kind}${SEPARATOR}${own}`
}

function groupOf(cells: Cells, row: Row, selection: Selection): GroupCells {
  const values = selection.dims.map((dim, at) => {
    const value = row[`g${at}`]
    return dim === "labels" ? canonicalLabels(value as Record<string, string>) : (value as string)
  })
  const { metric, kind } = row
  return cells.group(groupKey(selection, metric, kind, values), () => ({ metric, kind, values }))
}

const canonicalLabels = (labels: Record<string, string>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))))
