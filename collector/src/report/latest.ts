import { ServiceError } from "@ossagent/svrkit"
import type { Dimension, Group, LatestAnswer, Values } from "@ossagent/wire"
import type { z } from "zod"
import type { Registry } from "../head/registry.ts"
import { type GroupCells, statOf } from "./cells.ts"
import { type ReportContext, readCells } from "./context.ts"
import type { LATEST } from "./question.ts"
import type { Selection } from "./selection.ts"

const SERIES_DIMS: readonly (Dimension | "labels")[] = ["service", "subsystem", "version", "host", "labels"]

/** Many metrics over one window: a row for each metric and group, or for each series. */
export async function latest(question: z.output<typeof LATEST>, context: ReportContext): Promise<LatestAnswer> {
  const { metrics, filters, split, windowSec, stats, limit } = question
  const to = Math.floor((question.to ?? Date.now()) / 1000)
  const from = to - windowSec
  const dims = split === "series" ? SERIES_DIMS : split
  const buckets = stats.some((stat) => stat.startsWith("p"))
  const selection: Selection = {
    metrics: metrics ?? null,
    kind: null,
    filters,
    dims,
    from,
    to,
    stepSec: windowSec,
    buckets,
    groups: null,
  }
  const cells = await readCells(context, selection)
  if (cells.groups.size > limit) {
    throw new ServiceError(
      "too_much",
      `cannot answer ${cells.groups.size} rows: the limit is ${limit}; filter, or ask for a higher one (at most 200,000)`,
    )
  }
  const groups = [...cells.groups.values()]
  const values = Object.fromEntries(
    stats.map((stat) => [stat, groups.map((group) => statOf(group.steps.get(0), group.kind, stat, windowSec))]),
  )
  const units = unitsOf(context.registry)
  return {
    from: from * 1000,
    to: to * 1000,
    metric: groups.map((group) => group.metric),
    kind: groups.map((group) => group.kind),
    unit: groups.map((group) => units(group.metric)),
    group: groups.map((group) => groupOf(group, dims)),
    values: values as Partial<Record<(typeof stats)[number], Values>>,
    lastAt: groups.map((group) => (group.steps.get(0)?.lastAt ?? 0) * 1000),
  }
}

function groupOf(group: GroupCells, dims: readonly string[]): Group {
  const named: Group = {}
  dims.forEach((dim, at) => {
    const value = group.values[at] as string
    if (dim !== "labels") named[dim] = value
    else
      for (const [name, text] of Object.entries(JSON.parse(value) as Record<string, string>))
        named[`label.${name}`] = text
  })
  return named
}

/** Looks a metric's unit up, once each. */
function unitsOf(registry: Registry): (metric: string) => string {
  const known = new Map<string, string>()
  return (metric) => {
    let unit = known.get(metric)
    if (unit === undefined) {
      const [slot] = registry.byMetric.get(metric) ?? []
      unit = slot === undefined ? "" : registry.unitOf(slot)
      known.set(metric, unit)
    }
    return unit
  }
}
