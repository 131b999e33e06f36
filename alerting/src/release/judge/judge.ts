/**
 * The judgement of one step of a release: figures of the new version and of the old one over the same time in, each metric's difference with its
 * evidence out, and what follows from all of them. Pure.
 *
 * Users are drawn by lot into the two sides, and on each side into groups; a group's figure over the whole step is one observation. So observations
 * are independent whatever one user does again and again, which calls or minutes would not be.
 */
import type { Judgement, MetricJudgement, ReleaseMetric, Verdict } from "@ossagent/wire"
import { toQ } from "./false-discovery.ts"
import type { StepFigures } from "./figures.ts"
import { judgeMemory } from "./memory.ts"
import { type Finding, judgeMetric, METRICS } from "./metric.ts"

export interface StepPlace {
  at: number
  step: number
  ratio: number
  /** Since the step began. */
  elapsedSec: number
  stepSec: number
  minSamples: number
}

/** Of the expected false discoveries among what is acted on when a step is over … */
const ACT = 0.002
/** … and before: judged again and again, it must be far clearer. */
const ACT_EARLY = 0.0002
/** Not clear enough to act on, too clear to go on. */
const DOUBT = 0.01
/** With fewer of a step's samples nothing is judged. */
const EARLY_SHARE = 0.25

export function judgeStep(figures: StepFigures, place: StepPlace): Judgement {
  const { at, step, ratio } = place
  const samples = { old: countCalls(figures, "old"), new: countCalls(figures, "new") }
  const findings = [...METRICS.map((metric) => judgeMetric(metric, figures.cells)), judgeMemory(figures.heap)]
  const qs = toQ(findings.map(({ p }) => p ?? 1))
  const enough = Math.min(samples.old, samples.new) >= place.minSamples
  const isOver = place.elapsedSec >= place.stepSec && enough
  const bar = isOver ? ACT : ACT_EARLY
  const metrics = findings.map((finding, i) => toMetric(finding, qs[i] as number, bar))
  metrics.push(toCrashes(figures.crashes))
  return { at, step, ratio, samples, metrics, ...toVerdict(metrics, { ...place, samples, enough, isOver }) }
}

const countCalls = ({ cells }: StepFigures, side: "old" | "new"): number =>
  cells.reduce((sum, cell) => sum + (cell.side === side ? cell.calls : 0), 0)

function toMetric({ isBad, isBig, ...finding }: Finding, q: number, bar: number): MetricJudgement {
  const known = finding.p === null ? null : q
  const base = { ...finding, q: known }
  if (known === null) return { ...base, verdict: "unsure", why: finding.why || "too few to say" }
  if (known > DOUBT) return { ...base, verdict: "same", why: "no more than chance" }
  if (!isBig) return { ...base, verdict: "same", why: "a difference, too small to matter" }
  if (!isBad)
    return {
      ...base,
      verdict: finding.delta !== null && finding.delta > 0 ? "different" : "better",
      why: "not for the worse",
    }
  if (known > bar) return { ...base, verdict: "unsure", why: "perhaps worse: not certain enough to act on" }
  return { ...base, verdict: "worse", why: finding.why || "more than chance, and large enough to matter" }
}

function toCrashes(crashes: readonly string[]): MetricJudgement {
  const count = crashes.length
  const rest = { shift: null, share: null, low: null, high: null, delta: null, p: null, q: null, n: count }
  const [verdict, why] =
    count > 0 ? (["worse", crashes[0] as string] as const) : (["same", "none was put out"] as const)
  return { metric: "crashes", unit: "{crash}", old: 0, new: count, ...rest, verdict, why }
}

interface Standing extends StepPlace {
  samples: { old: number; new: number }
  enough: boolean
  isOver: boolean
}

/** Whether to go on, and why: the worst of all metrics decides. */
function toVerdict(metrics: readonly MetricJudgement[], standing: Standing): { verdict: Verdict; why: string } {
  const { samples, minSamples, elapsedSec, stepSec, ratio, isOver, enough } = standing
  const few = Math.min(samples.old, samples.new)
  const crash = metrics.find(({ metric, verdict }) => metric === "crashes" && verdict === "worse")
  if (crash) return { verdict: "roll_back", why: `a process put it out: ${crash.why}` }
  const worse = metrics.filter(({ verdict }) => verdict === "worse")
  if (worse.length > 0 && (isOver || few >= EARLY_SHARE * minSamples))
    return { verdict: "roll_back", why: worse.map(toWords).join("; ") }
  const left = Math.ceil(stepSec - elapsedSec)
  if (left > 0) return { verdict: "wait", why: `the step lasts ${left} s more` }
  if (ratio >= 1) return { verdict: "go_on", why: "nobody is left to compare with, and nothing was put out" }
  if (!enough) return { verdict: "wait", why: `${few} of ${minSamples} calls on the smaller side` }
  const doubts = metrics.filter((one) => one.q !== null && one.verdict === "unsure")
  if (doubts.length > 0) return { verdict: "hold", why: doubts.map(toWords).join("; ") }
  return { verdict: "go_on", why: "no metric is worse" }
}

const NAMES: Record<ReleaseMetric, string> = {
  latency: "latency",
  tail: "the slowest 5 %",
  errors: "errors",
  calls: "calls of each user",
  memory: "memory",
  crashes: "crashes",
}

function toWords({ metric, old, new: fresh, share, q, unit }: MetricJudgement): string {
  const name = NAMES[metric]
  const certain = q === null ? "" : ` (q ${q < 0.0001 ? "< 0.0001" : Number(q.toPrecision(2))})`
  if (metric === "memory") return `memory grows by ${Math.round((fresh ?? 0) / 1_048_576)} MiB an hour${certain}`
  if (old === null || fresh === null) return name
  if (unit === "1") return `errors in ${percent(fresh)} of calls, ${percent(old)} on the old version${certain}`
  if (share === null) return `${name}${certain}`
  return `${name} ${share >= 0 ? "+" : "−"}${percent(Math.abs(share))}${certain}`
}

const percent = (ratio: number): string => `${Number((100 * ratio).toPrecision(2))} %`
