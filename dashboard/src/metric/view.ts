/** What a metric page shows, as its address holds it; everything in it can be linked to. */
import type { Compare, Dimension, Filter, Kind } from "@ossagent/wire"
import { type ShownStat, STATS_OF, USUAL_STATS } from "../number/unit.ts"

export interface View {
  filters: Filter[]
  split: Dimension[]
  /** Empty: the usual ones of the metric's kind. */
  stats: ShownStat[]
  compare: Compare[]
  /** Null: chosen by the range. */
  stepSec: number | null
  top: number
  table: boolean
}

const MOST_SPLIT = 4
export const TOPS = [5, 10, 20, 50]
const DEFAULT_TOP = 10
const COMPARES: readonly string[] = ["1d", "7d"]

const isDimension = (name: string): name is Dimension => /^(service|subsystem|version|host|label\..{1,122})$/.test(name)

/** `8.0.1,8.0.2` is one of these, `!8.0.1` none of these; a comma inside a value is written `\,`. */
function parseFilter(dim: Dimension, text: string): Filter {
  const op = text.startsWith("!") ? "notIn" : "in"
  const values = (op === "notIn" ? text.slice(1) : text).split(/(?<!\\),/).map((value) => value.replaceAll("\\,", ","))
  return { dim, op, values }
}

const formatFilter = ({ op, values }: Filter): string =>
  (op === "notIn" ? "!" : "") + values.map((value) => value.replaceAll(",", "\\,")).join(",")

/** A fault of one version must not drown in the sum: without a word in the address, a metric is split by version. */
const STANDARD_SPLIT = "version"
const UNSPLIT = "none"

const listOf = (text: string | null): string[] => (text ?? "").split(",").filter(Boolean)

/** Reads an address's query; what makes no sense is left out. */
export function parseView(params: URLSearchParams): View {
  const filters: Filter[] = []
  for (const [name, text] of params) if (isDimension(name)) filters.push(parseFilter(name, text))
  const step = Number(params.get("step"))
  const top = Number(params.get("top"))
  return {
    filters,
    split: listOf(params.get("split") ?? STANDARD_SPLIT)
      .filter(isDimension)
      .slice(0, MOST_SPLIT),
    stats: listOf(params.get("stat")) as ShownStat[],
    compare: listOf(params.get("compare")).filter((one): one is Compare => COMPARES.includes(one)),
    stepSec: Number.isInteger(step) && step > 0 ? step : null,
    top: TOPS.includes(top) ? top : DEFAULT_TOP,
    table: params.get("view") === "table",
  }
}

/** What must change in the query to come from `before` to `after`; null removes a name. */
export function changesOf(before: View, after: View): Record<string, string | null> {
  const changes: Record<string, string | null> = {}
  for (const { dim } of before.filters) changes[dim] = null
  for (const filter of after.filters) changes[filter.dim] = formatFilter(filter)
  const split = after.split.join(",") || UNSPLIT
  changes.split = split === STANDARD_SPLIT ? null : split
  changes.stat = after.stats.join(",") || null
  changes.compare = after.compare.join(",") || null
  changes.step = after.stepSec === null ? null : String(after.stepSec)
  changes.top = after.top === DEFAULT_TOP ? null : String(after.top)
  changes.view = after.table ? "table" : null
  return changes
}

/** The stats to draw: those asked for that this kind has, else its usual ones. */
export function statsFor(kind: Kind, asked: readonly ShownStat[]): ShownStat[] {
  const fit = STATS_OF[kind].filter((stat) => asked.includes(stat))
  return fit.length > 0 ? fit : [...USUAL_STATS[kind]]
}

/** Stats in one chart share an axis: those that are counted apart from those in the metric's unit. */
const fitsWith = (a: ShownStat, b: ShownStat): boolean => axisOf(a) === axisOf(b)
const axisOf = (stat: ShownStat): string => (stat === "rate" || stat === "calls" || stat === "sum" ? stat : "unit")

/** Adds or removes a stat; one on another axis replaces the others. The last one stays. */
export function toggleStat(shown: readonly ShownStat[], stat: ShownStat): ShownStat[] {
  if (shown.includes(stat)) return shown.length > 1 ? shown.filter((one) => one !== stat) : [...shown]
  return [...shown.filter((one) => fitsWith(one, stat)), stat]
}
