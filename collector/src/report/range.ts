import { ServiceError } from "@ossagent/svrkit"
import type { Compare, Filter, Group, Kind, RangeAnswer, RangeSeries, Stat, Values } from "@ossagent/wire"
import type { z } from "zod"
import type { Registry } from "../head/registry.ts"
import { type Cells, type GroupCells, statOf, weightOf } from "./cells.ts"
import { type ReportContext, readCells } from "./context.ts"
import type { RANGE } from "./question.ts"
import { type Selection, slotsOf } from "./selection.ts"
import { tierOf } from "./table-cells.ts"

const DAY_SEC = 86_400
const STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1_800,
  3_600,
  7_200,
  14_400,
  21_600,
  43_200,
  86_400,
  7 * 86_400,
]
const MOST_STEPS = 11_000
const WANTED_STEPS = 300
const SHIFT_SEC: Record<Compare, number> = { "1d": DAY_SEC, "7d": 7 * DAY_SEC }

type Question = z.output<typeof RANGE>

/** One metric over time, split and compared. */
export async function range(question: Question, context: ReportContext): Promise<RangeAnswer> {
  const { metric, stats, filters, split, top, compare } = question
  const { kind, unit } = kindOf(context.registry, metric, filters)
  const now = Date.now()
  const stepSec = stepOf(question, now)
  const from = Math.floor(question.from / 1000 / stepSec) * stepSec
  const to = Math.ceil(question.to / 1000 / stepSec) * stepSec
  const buckets = stats.some((stat) => stat.startsWith("p"))
  const whole: Selection = { metrics: [metric], kind, filters, dims: split, from, to, stepSec, buckets, groups: null }
  const { groups, leftOff } = split.length === 0 ? { groups: null, leftOff: 0 } : await topGroups(whole, top, context)
  const selection = { ...whole, groups }
  const cells = await readCells(context, selection)
  const steps = (to - from) / stepSec
  const clock: Clock = { from, stepSec, steps, nowSec: now / 1000 }
  const series = inOrder(cells, groups).map((group) => seriesOf(group, split, stats, clock))
  await Promise.all(compare.map((shift) => addCompared(series, { selection, stats, shift, clock }, context)))
  const t = Array.from({ length: steps }, (_, i) => (from + i * stepSec) * 1000)
  return { metric, kind, unit, stepSec, t, series, leftOff, tierSec: tierOf(selection) }
}

/** The metric's kind and unit, from the newest of the series that match. Throws `unknown_metric`. */
export function kindOf(registry: Registry, metric: string, filters: readonly Filter[]): { kind: Kind; unit: string } {
  const matching = slotsOf(registry, { metrics: [metric], kind: null, filters })
  const slots = matching.length > 0 ? matching : [...(registry.byMetric.get(metric) ?? [])]
  let newest: number | undefined
  for (const slot of slots) {
    if (newest === undefined || (registry.lastSeen[slot] as number) > (registry.lastSeen[newest] as number))
      newest = slot
  }
  if (newest === undefined) {
    throw new ServiceError(
      "unknown_metric",
      `cannot find the metric ${JSON.stringify(metric)}: nothing emitted it in the last 35 days`,
    )
  }
  return { kind: registry.kindOf(newest), unit: registry.unitOf(newest) }
}

/** The step asked for, or one for about 300 steps, as fine as the tables still keep. */
function stepOf({ from, to, stepSec }: Pick<Question, "from" | "to" | "stepSec">, now: number): number {
  const lengthSec = (to - from) / 1000
  const ageSec = (now - from) / 1000
  const finest = ageSec > 35 * DAY_SEC ? 3_600 : ageSec > DAY_SEC ? 60 : 1
  const step =
    stepSec ??
    STEPS.find((one) => one >= finest && lengthSec / one <= WANTED_STEPS) ??
    Math.ceil(lengthSec / WANTED_STEPS / DAY_SEC) * DAY_SEC
  if (lengthSec / step > MOST_STEPS) {
    const wanted = Math.ceil(lengthSec / MOST_STEPS)
    throw new ServiceError(
      "too_much",
      `cannot answer ${Math.ceil(lengthSec / step)} steps of ${step} s: at most ${MOST_STEPS}; ask for steps of at least ${wanted} s`,
    )
  }
  if (step % finest !== 0) {
    throw new ServiceError(
      "too_much",
      `cannot answer steps of ${step} s that far back: after ${finest === 60 ? "a day" : "35 days"} steps are multiples of ${finest} s`,
    )
  }
  return step
}

/** The keys of the groups that carry most, over the whole time. */
async function topGroups(
  whole: Selection,
  top: number,
  context: ReportContext,
): Promise<{ groups: string[]; leftOff: number }> {
  const stepSec = whole.to - whole.from
  const totals = await readCells(context, { ...whole, stepSec: roundUpTo(stepSec, whole.stepSec), buckets: false })
  const ranked = [...totals.groups.values()].sort((a, b) => weightOf(b) - weightOf(a) || (a.key < b.key ? -1 : 1))
  return { groups: ranked.slice(0, top).map((group) => group.key), leftOff: Math.max(0, ranked.length - top) }
}

const roundUpTo = (value: number, unit: number): number => Math.ceil(value / unit) * unit

function inOrder(cells: Cells, groups: readonly string[] | null): GroupCells[] {
  if (groups === null) return [...cells.groups.values()]
  return groups.flatMap((key) => cells.groups.get(key) ?? [])
}

interface Clock {
  /** Unix seconds of the first step. */
  from: number
  stepSec: number
  steps: number
  nowSec: number
}

/** Reads the statistics of one group off its cells. */
export function seriesOf(
  group: GroupCells,
  dims: readonly string[],
  stats: readonly Stat[],
  clock: Clock,
): RangeSeries {
  const labels: Group = Object.fromEntries(dims.map((dim, at) => [dim, group.values[at] as string]))
  return { group: labels, values: valuesOf(group, stats, clock) }
}

function valuesOf(group: GroupCells | undefined, stats: readonly Stat[], clock: Clock): Partial<Record<Stat, Values>> {
  const values: Partial<Record<Stat, Values>> = {}
  for (const stat of stats) {
    const column: Values = new Array(clock.steps).fill(null)
    for (const [step, cell] of group?.steps ?? []) {
      if (step >= clock.steps) continue
      // The step under way has fewer seconds as yet: its rate is over those.
      const soFar = Math.min(clock.stepSec, Math.max(1, clock.nowSec - (clock.from + step * clock.stepSec)))
      column[step] = statOf(cell, (group as GroupCells).kind, stat, soFar)
    }
    values[stat] = column
  }
  return values
}

interface Compared {
  selection: Selection
  stats: readonly Stat[]
  shift: Compare
  clock: Clock
}

async function addCompared(
  series: RangeSeries[],
  { selection, stats, shift, clock }: Compared,
  context: ReportContext,
): Promise<void> {
  const by = SHIFT_SEC[shift]
  // Further back only coarser rows may be left: whole minutes, in steps of at least one.
  const earlier = { ...selection, from: selection.from - by, to: selection.to - by }
  const cells = await readCells(context, earlier)
  for (const one of series) {
    const key = Object.values(one.group).join("\u0001")
    one.compare ??= {}
    one.compare[shift] = valuesOf(cells.groups.get(key), stats, { ...clock, from: clock.from - by })
  }
}
