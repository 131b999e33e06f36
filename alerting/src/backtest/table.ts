import type { Dimension, Filter, Group, RangeAnswer, Stat, Values } from "@ossagent/wire"
import type { Collector } from "../watch/collector.ts"
import type { Span } from "./span.ts"

/** Groups of one replay at most: the largest. */
export const MOST_GROUPS = 50

/** What is asked of one metric. */
export interface Source {
  metric: string
  filters: Filter[]
  split: string[]
  stats: Stat[]
}

/** One metric over a span: a row for each group, a column for each statistic, a value a step. */
export interface Table {
  kind: RangeAnswer["kind"] | null
  unit: string
  rows: Map<string, { group: Group; values: Partial<Record<Stat, Values>> }>
}

export const toGroupKey = (group: Group): string =>
  JSON.stringify(Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Throws CollectorError. */
export async function readTable(
  collector: Collector,
  { metric, filters, split, stats }: Source,
  { from, steps, stepSec }: Span,
  timeoutMs: number,
): Promise<Table> {
  const dims = split as Dimension[]
  const question = {
    metric,
    from: from * 1000,
    to: (from + steps * stepSec) * 1000,
    stepSec,
    stats,
    filters,
    split: dims,
  }
  const answer = await collector.ask("range", { ...question, top: MOST_GROUPS }, timeoutMs)
  const rows = new Map(answer.series.map(({ group, values }) => [toGroupKey(group), { group, values }]))
  return { kind: answer.kind, unit: answer.unit, rows }
}
