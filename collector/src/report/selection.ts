/**
 * report: one file for each question. A question becomes a `Selection`; its partial aggregates come from the tables
 * (`table-cells.ts`) and from the head (`head-cells.ts`) into the same `Cells`, and statistics are read off at the end.
 */
import type { Dimension, Filter, Kind } from "@ossagent/wire"
import type { Column, Registry } from "../head/registry.ts"

/** What to aggregate: series by filters, into groups by dimensions, into steps of time. */
export interface Selection {
  /** Null: all metrics. */
  metrics: readonly string[] | null
  /** Only series of this kind, where one metric name has several. */
  kind: Kind | null
  filters: readonly Filter[]
  dims: readonly (Dimension | "labels")[]
  /** Unix seconds, `[from, to)`. */
  from: number
  to: number
  stepSec: number
  /** Whether histograms are wanted besides. */
  buckets: boolean
  /** Only these groups, by key. */
  groups: readonly string[] | null
}

const COLUMN_DIMS = new Set<string>(["service", "subsystem", "version", "host"])
export const isColumn = (dim: string): dim is Exclude<Column, "metric"> => COLUMN_DIMS.has(dim)
export const labelOf = (dim: string): string => dim.slice("label.".length)

/** Separates the values in a group's key; names cannot hold it. */
export const SEPARATOR = "\u0001"

/** The value of a dimension of a known series. */
export function dimensionOf(registry: Registry, slot: number, dim: Dimension | "labels"): string {
  if (dim === "labels") return JSON.stringify(registry.labelsOf(slot))
  return isColumn(dim) ? registry.text(dim, slot) : registry.label(slot, labelOf(dim))
}

/** The slots that a selection's metrics and filters pass. */
export function slotsOf(registry: Registry, selection: Pick<Selection, "metrics" | "kind" | "filters">): number[] {
  const { metrics, kind, filters } = selection
  const tests = filters.map(({ dim, op, values }) => ({ dim, want: op === "in", values: new Set(values) }))
  const slots: number[] = []
  const consider = (slot: number): void => {
    if (kind !== null && registry.kindOf(slot) !== kind) return
    for (const { dim, want, values } of tests) if (values.has(dimensionOf(registry, slot, dim)) !== want) return
    slots.push(slot)
  }
  if (metrics === null) for (const slot of registry) consider(slot)
  else for (const metric of metrics) for (const slot of registry.byMetric.get(metric) ?? []) consider(slot)
  return slots
}
