import type { MetricJudgement, ReleaseMetric } from "@ossagent/wire"
import type { Cell } from "./figures.ts"
import { Z_95 } from "./normal.ts"
import { type Stratum, vanElteren } from "./van-elteren.ts"

/** A metric's difference with its evidence, before it is weighed against the others. */
export interface Finding extends Omit<MetricJudgement, "q" | "verdict"> {
  /** In the direction that is bad. */
  isBad: boolean
  /** Large enough to matter. */
  isBig: boolean
}

interface MetricSpec {
  metric: ReleaseMetric
  unit: string
  /** A group's figure; null: it says nothing. */
  value: (cell: Cell) => number | null
  /** Of a whole side. */
  total: (cells: readonly Cell[]) => number | null
  /** Least difference that matters: a share of the old version's figure, or in the metric's unit. */
  least: { share: number } | { absolute: number }
  /** The bad direction. */
  bad: "up" | "both"
  /** From means, where most groups are at zero and the median difference would be none. */
  shiftOf: "median" | "mean"
}

const weighted = (cells: readonly Cell[], pick: (cell: Cell) => number | null): number | null => {
  const known = cells.filter((cell) => cell.calls > 0 && pick(cell) !== null)
  const calls = known.reduce((sum, cell) => sum + cell.calls, 0)
  return calls === 0 ? null : known.reduce((sum, cell) => sum + (pick(cell) as number) * cell.calls, 0) / calls
}
const toErrors = ({ calls, faults }: Cell): number | null => (calls === 0 ? null : faults / calls)

export const METRICS: readonly MetricSpec[] = [
  {
    metric: "latency",
    unit: "ms",
    value: ({ meanMs }) => meanMs,
    total: (cells) => weighted(cells, ({ meanMs }) => meanMs),
    least: { share: 0.1 },
    bad: "up",
    shiftOf: "median",
  },
  {
    metric: "tail",
    unit: "ms",
    value: ({ p95Ms }) => p95Ms,
    total: (cells) => weighted(cells, ({ p95Ms }) => p95Ms),
    least: { share: 0.15 },
    bad: "up",
    shiftOf: "median",
  },
  {
    metric: "errors",
    unit: "1",
    value: toErrors,
    total: (cells) => weighted(cells, toErrors),
    least: { absolute: 0.002 },
    bad: "up",
    shiftOf: "mean",
  },
  {
    metric: "calls",
    unit: "{call}",
    value: ({ calls }) => calls,
    total: (cells) => (cells.length === 0 ? null : cells.reduce((sum, { calls }) => sum + calls, 0)),
    least: { share: 0.5 },
    bad: "both",
    shiftOf: "median",
  },
]

const UNKNOWN = {
  ...{ shift: null, share: null, low: null, high: null, delta: null, p: null },
  ...{ isBad: false, isBig: false, why: "" },
}

export function judgeMetric(spec: MetricSpec, cells: readonly Cell[]): Finding {
  const sides = { old: cells.filter(({ side }) => side === "old"), new: cells.filter(({ side }) => side === "new") }
  const strata = toStrata(spec, cells)
  const { p, delta, shift, n } = vanElteren(strata)
  const [old, fresh] = [spec.total(sides.old), spec.total(sides.new)]
  const base = { metric: spec.metric, unit: spec.unit, old, new: fresh, n }
  if (shift === null || old === null || fresh === null) return { ...base, ...UNKNOWN }
  const { value, low, high } = spec.shiftOf === "median" ? shift : toMeanShift(spec, sides, fresh - old)
  // By the shift alone, and against a typical group: one slow moment on either side moves the totals, and not these.
  const { least } = spec
  const share = "share" in least ? toShare(strata) : null
  const isBig = "share" in least ? Math.abs(share ?? 0) >= least.share : Math.abs(value) >= least.absolute
  const isBad = spec.bad === "both" || delta > 0
  return { ...base, shift: value, share, low, high, delta, p, isBad, isBig, why: "" }
}

/** The median difference within strata, each measured in what is typical of the old version there. */
function toShare(strata: readonly Stratum[]): number {
  const scaled = strata.map(({ old, fresh }) => {
    const scale = toMedian(old) || 1
    return { old: old.map((one) => one / scale), fresh: fresh.map((one) => one / scale) }
  })
  return vanElteren(scaled).shift?.value ?? 0
}

const toMedian = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

function toStrata({ value }: MetricSpec, cells: readonly Cell[]): Stratum[] {
  const strata = new Map<string, { old: number[]; fresh: number[] }>()
  for (const cell of cells) {
    const one = value(cell)
    if (one === null) continue
    const stratum = strata.get(cell.stratum) ?? { old: [], fresh: [] }
    strata.set(cell.stratum, stratum)
    stratum[cell.side === "old" ? "old" : "fresh"].push(one)
  }
  return [...strata.values()]
}

/** The difference of the two sides' ratios, its error from how far groups differ among each other. */
function toMeanShift({ value }: MetricSpec, sides: Record<"old" | "new", readonly Cell[]>, shift: number) {
  const error = (cells: readonly Cell[]): number => {
    const total = weighted(cells, value) ?? 0
    const calls = cells.reduce((sum, cell) => sum + cell.calls, 0)
    const squares = cells.reduce((sum, cell) => sum + (cell.calls * ((value(cell) ?? total) - total)) ** 2, 0)
    return calls === 0 ? 0 : squares / calls ** 2
  }
  const reach = Z_95 * Math.sqrt(error(sides.old) + error(sides.new))
  return { value: shift, low: shift - reach, high: shift + reach }
}
