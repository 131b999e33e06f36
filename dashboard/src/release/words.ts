import type { LogicState, MetricJudgement, Release, ReleaseMetric, ReleaseState, Verdict } from "@ossagent/wire"
import { formatValue } from "../number/unit.ts"
import type { Tone } from "../piece/badge.tsx"
import type { IconName } from "../piece/icon.tsx"

type Look = [tone: Tone, icon: IconName, word: string]

const STATES: Record<ReleaseState, Look> = {
  waiting: ["info", "clock", "waiting"],
  running: ["info", "live", "under way"],
  held: ["warn", "pause", "held"],
  done: ["ok", "check", "done"],
  rolled_back: ["bad", "back", "rolled back"],
  aborted: ["plain", "close", "aborted"],
}
/** An experiment is not under way to anywhere. */
export const lookOfState = ({ state, experiment }: Pick<Release, "state" | "experiment">): Look =>
  experiment && state === "running"
    ? ["info", "live", "being measured"]
    : experiment && state === "aborted"
      ? ["plain", "check", "ended"]
      : STATES[state]

export const VERDICTS: Record<Verdict, Look> = {
  wait: ["plain", "clock", "waits"],
  go_on: ["ok", "check", "goes on"],
  hold: ["warn", "pause", "holds"],
  roll_back: ["bad", "back", "rolls back"],
}

export const METRIC_VERDICTS: Record<MetricJudgement["verdict"], Look> = {
  same: ["ok", "check", "same"],
  better: ["ok", "check", "better"],
  different: ["info", "info", "different"],
  unsure: ["plain", "help", "unsure"],
  worse: ["bad", "critical", "worse"],
}

export const VERSION_STATES: Record<LogicState, Look> = {
  loading: ["info", "clock", "loading"],
  ready: ["ok", "check", "ready"],
  draining: ["plain", "clock", "draining"],
  put_out: ["bad", "critical", "put out"],
  failed: ["bad", "critical", "cannot be loaded"],
}

export const METRICS: Record<ReleaseMetric, string> = {
  latency: "Latency, mean",
  tail: "Latency, 95th percentile",
  errors: "Errors",
  calls: "Calls of equally many users",
  memory: "Memory, growth",
  crashes: "Put out",
}

export const formatRatio = (ratio: number): string => `${Number((100 * ratio).toPrecision(3))} %`

/** A figure of a metric: with its unit, and per hour where it is growth. */
export function formatFigure(value: number | null, unit: string): string {
  if (value === null) return "–"
  if (unit === "1") return `${Number((100 * value).toPrecision(3))} %`
  if (unit === "By/h") return `${formatValue(value, "By", "avg")}/h`
  return unit.startsWith("{") ? Number(value.toPrecision(4)).toLocaleString("en") : formatValue(value, unit, "avg")
}

/** A difference, its sign first: `+4.1 ms`, `−0.2 points`. */
export function formatShift(value: number | null, unit: string): string {
  if (value === null) return "–"
  const sign = value > 0 ? "+" : value < 0 ? "−" : "±"
  const size = Math.abs(value)
  return `${sign}${unit === "1" ? `${Number((100 * size).toPrecision(2))} points` : formatFigure(size, unit)}`
}

export const formatShare = (share: number): string =>
  `${share > 0 ? "+" : share < 0 ? "−" : "±"}${Number((100 * Math.abs(share)).toPrecision(2))} %`

/** p and q: what is smaller than is worth to be told is not. */
export function formatChance(value: number | null): string {
  if (value === null) return "–"
  return value < 0.0001 ? "< 0.0001" : String(Number(value.toPrecision(2)))
}

/** "1, 5, 20, 100" → ratios. Throws Error with a sentence for people. */
export function parsePercents(text: string): number[] {
  const parts = text.split(/[\s,;→]+/).filter((part) => part !== "")
  const steps = parts.map((part) => Number(part.replace(/%$/, "")) / 100)
  if (steps.length === 0 || steps.some((step) => !(step > 0 && step <= 1)))
    throw new Error("Steps are percents above 0, at most 100, with commas between.")
  if (steps.some((step, i) => i > 0 && step <= (steps[i - 1] as number)))
    throw new Error("Each step must be more than the one before.")
  return steps
}

export const toList = (text: string): string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")

/** Who may get the new version, in words; empty: everybody. */
export function describeAudience({ versions, regions, users }: Release["audience"]): string {
  const parts = [
    versions.length > 0 ? `client versions ${versions.join(", ")}` : "",
    regions.length > 0 ? `regions ${regions.join(", ")}` : "",
    users.length > 0 ? `${users.length} listed ${users.length === 1 ? "user" : "users"} in any case` : "",
  ]
  return parts.filter((part) => part !== "").join("; ")
}
