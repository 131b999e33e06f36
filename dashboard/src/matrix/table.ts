import type { LatestAnswer, Stat, Values } from "@ossagent/wire"
import type { ShownStat } from "../number/unit.ts"

export interface Matrix {
  /** Values of the row's dimensions, joined for people, with the values themselves. */
  rows: { name: string; group: Record<string, string> }[]
  columns: string[]
  cells: Values[]
  before: Values[]
  columnsLeftOff: number
}

const MOST_COLUMNS = 24

interface MatrixOf {
  rowDims: readonly string[]
  columnDim: string
  stat: ShownStat
}

/** Two windows of one metric, a day apart, as a table: rows by name, columns the newest version first. */
export function toMatrix(now: LatestAnswer, before: LatestAnswer | null, of: MatrixOf): Matrix {
  const rows = new Map<string, Record<string, string>>()
  const columns = new Set<string>()
  const found = toCells(now, of)
  const past = before ? toCells(before, of) : new Map<string, number | null>()
  for (const group of now.group) {
    const own = Object.fromEntries(of.rowDims.map((dim) => [dim, group[dim] ?? ""]))
    rows.set(nameOf(own), own)
    columns.add(group[of.columnDim] ?? "")
  }
  const names = [...rows.keys()].sort((a, b) => a.localeCompare(b))
  const all = [...columns].sort(newestFirst)
  const shown = all.slice(0, MOST_COLUMNS)
  const cellsOf = (cells: Map<string, number | null>): Values[] =>
    names.map((name) => shown.map((column) => cells.get(`${name}\u0001${column}`) ?? null))
  return {
    rows: names.map((name) => ({ name, group: rows.get(name) ?? {} })),
    columns: shown,
    cells: cellsOf(found),
    before: cellsOf(past),
    columnsLeftOff: all.length - shown.length,
  }
}

const nameOf = (group: Record<string, string>): string =>
  Object.values(group)
    .map((value) => value || "(none)")
    .join(" / ")

function toCells(answer: LatestAnswer, { rowDims, columnDim, stat }: MatrixOf): Map<string, number | null> {
  const windowSec = Math.max(1, (answer.to - answer.from) / 1_000)
  const values = answer.values[stat === "calls" ? "count" : (stat as Stat)] ?? []
  return new Map(
    answer.group.map((group, i) => {
      const name = nameOf(Object.fromEntries(rowDims.map((dim) => [dim, group[dim] ?? ""])))
      const value = values[i] ?? null
      return [`${name}\u0001${group[columnDim] ?? ""}`, stat === "calls" && value !== null ? value / windowSec : value]
    }),
  )
}

/** Versions by their numbers, the highest first; everything else by name. */
export function newestFirst(a: string, b: string): number {
  return b.localeCompare(a, "en", { numeric: true })
}

/** How a cell differs from the day before: -1…1 for colour, and the ratio; null when one of them is missing. */
export function changeOf(value: number | null, before: number | null): { ratio: number; strength: number } | null {
  if (value === null || before === null || before === 0) return null
  const ratio = value / before - 1
  if (ratio <= -1) return { ratio, strength: -1 }
  // twice or half as much is as strong as it gets
  const strength = Math.max(-1, Math.min(1, Math.log2(1 + ratio)))
  return { ratio, strength }
}
