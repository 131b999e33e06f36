import type { Compare, Group, RangeAnswer, Stat, Values } from "@ossagent/wire"
import { isAdditive, type ShownStat, statName } from "../number/unit.ts"

export interface Line {
  /** Name of its column in the rows. */
  key: string
  label: string
  stat: ShownStat
  group: Group
  /** Set: the same clock time, so long before. */
  ago: Compare | null
  /** 0–9: place in the palette; lines with the same place belong together. */
  color: number
  /** 0: in full; the higher, the fainter. Tells the stats of one group apart where colour tells the groups apart. */
  shade: number
  values: Values
}

export type Row = { t: number } & Record<string, number | null>

const PALETTE = 10
export const AGO: Record<Compare, string> = { "1d": "a day before", "7d": "a week before" }

/** What the collector must be asked for so that `shown` can be drawn. */
export const toStats = (shown: readonly ShownStat[]): Stat[] => [
  ...new Set(shown.map((stat) => (stat === "calls" ? "count" : stat))),
]

/** An answer as lines: each group and stat, then the same before. One group is coloured by stat, several by group. */
export function toLines(answer: RangeAnswer, shown: readonly ShownStat[], compare: readonly Compare[] = []): Line[] {
  const { series, stepSec } = answer
  const lines: Line[] = []
  series.forEach((one, g) => {
    shown.forEach((stat, s) => {
      const color = (series.length > 1 ? g : s) % PALETTE
      const shade = series.length > 1 ? shown.length - 1 - s : 0
      const base = { stat, group: one.group, color, shade }
      const label = labelOf(one.group, stat, shown.length > 1)
      lines.push({
        ...base,
        key: `l${g}_${s}`,
        label,
        ago: null,
        values: fillZeros(pick(one.values, stat, stepSec), stat, stepSec),
      })
      for (const ago of compare) {
        const before = one.compare?.[ago]
        if (!before) continue
        const values = fillZeros(pick(before, stat, stepSec), stat, stepSec)
        // nothing so long ago: a line less
        if (values.some((value) => value !== null))
          lines.push({ ...base, key: `l${g}_${s}_${ago}`, label: `${label}, ${AGO[ago]}`, ago, values })
      }
    })
  })
  return lines
}

/** At the end of a line, so long may what was recorded still be under way. */
const UNDER_WAY_SEC = 5

/** Agents send what changed: between and after a counter's points nothing is zero. Before its first point nothing is nothing. */
export function fillZeros(values: Values, stat: ShownStat, stepSec: number): Values {
  if (!isAdditive(stat)) return values
  const end = values.length - Math.ceil(UNDER_WAY_SEC / stepSec)
  const last = values.findLastIndex((value) => value !== null)
  let begun = false
  return values.map((value, i) => {
    begun ||= value !== null
    return value === null && begun && (i < last || i < end) ? 0 : value
  })
}

function pick(values: Partial<Record<Stat, Values>>, stat: ShownStat, stepSec: number): Values {
  if (stat !== "calls") return values[stat] ?? []
  return (values.count ?? []).map((count) => (count === null ? null : count / stepSec))
}

/** `8.0.1 · eu-west`, with the stat where a group has several; the total is called by its stat. */
function labelOf(group: Group, stat: ShownStat, several: boolean): string {
  const names = Object.values(group).map((value) => value || "(none)")
  if (names.length === 0) return statName(stat)
  return several ? `${names.join(" · ")} ${statName(stat)}` : names.join(" · ")
}

/** Lines as rows of one table, as charts want them; a missing step is null, and so is what `hidden` names. */
export function toRows(t: readonly number[], lines: readonly Line[], hidden: ReadonlySet<string> = new Set()): Row[] {
  const shown = lines.filter(({ key }) => !hidden.has(key))
  return t.map((at, i) => {
    const row: Row = { t: at }
    for (const { key, values } of shown) row[key] = values[i] ?? null
    return row
  })
}

/** Last, average and largest of what is there; nulls when nothing is. */
export function summarize(values: Values): { last: number | null; avg: number | null; max: number | null } {
  let sum = 0
  let count = 0
  let last: number | null = null
  let max: number | null = null
  for (const value of values) {
    if (value === null || value === undefined) continue
    sum += value
    count++
    last = value
    max = max === null || value > max ? value : max
  }
  return { last, avg: count > 0 ? sum / count : null, max }
}

/** The rows as CSV (RFC 4180): time as ISO 8601, then a column a line. */
export function toCsv(rows: readonly Row[], lines: readonly Line[]): string {
  const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  // a spreadsheet would run a name that begins like a formula
  const safe = (text: string): string => quote(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
  const head = ["time", ...lines.map(({ label }) => safe(label))].join(",")
  const body = rows.map((row) => [new Date(row.t).toISOString(), ...lines.map(({ key }) => row[key] ?? "")].join(","))
  return `${[head, ...body].join("\r\n")}\r\n`
}
