/** The figures of a step from the collector: new against old, by groups of users and strata, over the same time. */
import {
  type Dimension,
  type Filter,
  type LatestAnswer,
  type RangeAnswer,
  RELEASE_GROUPS,
  type Release,
} from "@ossagent/wire"
import type { Collector } from "../watch/collector.ts"
import type { Cell, HeapPoint, StepFigures } from "./judge/figures.ts"

/** A new ratio holds when every process has asked for the plan; what a process emitted is there a moment later. */
const SETTLE_MS = 4_000
const LAG_MS = 3_000
const LEAST_MS = 5_000
const MOST_MS = 86_400_000
const HEAP_STEP_SEC = 20
const CELLS: Dimension[] = ["version", "label.region", "label.side", "label.group"]

const is = (dim: Dimension, ...values: string[]): Filter => ({ dim, op: "in", values })

/** Null while the step is too young for figures. Throws CollectorError. */
export async function readFigures(
  collector: Collector,
  { module, version, from: old, stepAt, startedAt }: Release,
  now: number,
): Promise<Omit<StepFigures, "crashes"> | null> {
  const to = now - LAG_MS
  const from = Math.max(stepAt + SETTLE_MS, to - MOST_MS)
  if (to - from < LEAST_MS) return null
  const both = [is("label.module", module), is("label.logic", version, old)]
  const latest = await collector.ask("latest", {
    metrics: ["logic.calls", "logic.errors", "logic.duration"],
    filters: [...both, is("label.side", "old", "new")],
    split: CELLS,
    windowSec: Math.floor((to - from) / 1000),
    to,
    stats: ["sum", "avg", "p95"],
    limit: 200_000,
  })
  const heap = await collector.ask("range", {
    metric: "logic.heap_live",
    from: Math.max(startedAt, to - MOST_MS),
    to,
    stepSec: HEAP_STEP_SEC,
    stats: ["avg"],
    filters: both,
    split: ["label.logic"],
  })
  return { cells: toCells(latest), heap: toHeap(heap, version, old) }
}

/** Strata that called at all have all their groups on both sides: a group without a call is a figure of calls too. */
export function toCells({ metric, group, values }: LatestAnswer): Cell[] {
  const strata = new Map<string, Cell[]>()
  metric.forEach((name, i) => {
    const {
      version = "",
      "label.region": region = "",
      "label.side": side = "",
      "label.group": number = "",
    } = group[i] ?? {}
    const stratum = `${version} ${region}`.trim()
    const cells = strata.get(stratum) ?? toEmpty(stratum)
    strata.set(stratum, cells)
    const at = number === "" ? Number.NaN : Number(number)
    const cell = at < RELEASE_GROUPS ? cells[(side === "new" ? RELEASE_GROUPS : 0) + at] : undefined
    if (cell === undefined) return
    if (name === "logic.calls") cell.calls = values.sum?.[i] ?? 0
    else if (name === "logic.errors") cell.faults = values.sum?.[i] ?? 0
    else Object.assign(cell, { meanMs: values.avg?.[i] ?? null, p95Ms: values.p95?.[i] ?? null })
  })
  return [...strata.values()].filter((cells) => cells.some(({ calls }) => calls > 0)).flat()
}

const toEmpty = (stratum: string): Cell[] =>
  (["old", "new"] as const).flatMap((side) =>
    Array.from({ length: RELEASE_GROUPS }, () => ({ stratum, side, calls: 0, faults: 0, meanMs: null, p95Ms: null })),
  )

function toHeap({ t, series }: RangeAnswer, version: string, old: string): HeapPoint[] {
  const of = (logic: string) => series.find(({ group }) => group["label.logic"] === logic)?.values.avg
  const [before, fresh] = [of(old), of(version)]
  return t.map((at, i) => ({ at, old: before?.[i] ?? null, new: fresh?.[i] ?? null }))
}
