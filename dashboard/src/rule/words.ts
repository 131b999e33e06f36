import type { Detection, Filter, NewRule, Rule, Stat } from "@ossagent/wire"
import { formatValue, statName } from "../number/unit.ts"
import { formatSpan } from "../time/clock.ts"

/** A rule in a sentence; `unit` is the metric's, as far as the catalog knows it. */
export function describeRule(rule: NewRule, unit = ""): string {
  const where = describeFilters(rule.filters)
  const each =
    rule.split.length > 0 ? ` of each ${rule.split.map((dim) => dim.replace(/^label\./, "")).join(" and ")}` : ""
  const forTime = rule.forSec > 0 ? ` for ${formatSpan(rule.forSec * 1_000)}` : ""
  if (rule.detection === "absence")
    return `${rule.metric || "Everything"}${each}${where} is silent for ${formatSpan((rule.absenceSec ?? 0) * 1_000)}`
  if (rule.detection === "history")
    return `${rule.metric || "Any metric"}${each}${where} is unlike its own history${forTime}`
  if (rule.detection === "exception") return `A service${where} throws an error that it did not before`
  if (rule.detection === "release") return `A release of a service${where} was rolled back`
  const name = nameStat(rule.stat)
  const what = `${name[0]?.toUpperCase()}${name.slice(1)} of ${rule.metric}`
  return `${what}${describeBad(rule, { around: `${each}${where}`, unit })}${forTime}`
}

/** In a sentence about a window the sum and the rate are just that. */
const nameStat = (stat: Stat): string => (stat === "sum" || stat === "rate" ? stat : statName(stat))

interface Around {
  /** Of what and where it is judged. */
  around: string
  unit: string
}

function describeBad(rule: NewRule, { around, unit }: Around): string {
  const { detection, change, versions, burn, of } = rule
  const { op = ">", value = 0 } = rule.threshold ?? {}
  const share = of ? ` as a share of ${nameStat(of.stat)} of ${of.metric}${describeFilters(of.filters)}` : ""
  if (detection === "change" && change) {
    const ago = change.against === "1d" ? "a day" : "a week"
    return `${around} changed by ${sideOf(change.op)} ${formatPercent(change.by)} since ${ago} ago`
  }
  if (detection === "versions" && versions)
    return `${around} is ${sideOf(versions.op)} ${versions.factor} times as much in the newest version as in the one before`
  if (detection === "burn" && burn) {
    const speeds = burn.windows.map(({ factor, longSec }) => `${factor} times in ${formatSpan(longSec * 1_000)}`)
    return `${around}${share} uses up the error budget of ${formatPercent(burn.objective)} too fast: ${speeds.join(" or ")}`
  }
  if (detection === "ratio") return `${around}${share} is ${op === ">" ? "above" : "below"} ${value}`
  return `${around} is ${op === ">" ? "above" : "below"} ${formatValue(value, unit, rule.stat)}`
}

const sideOf = (op: ">" | "<"): string => (op === ">" ? "more than" : "less than")
const formatPercent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`

function describeFilters(filters: readonly Filter[]): string {
  if (filters.length === 0) return ""
  const parts = filters.map(
    ({ dim, op, values }) => `${dim.replace(/^label\./, "")} ${op === "notIn" ? "≠" : "="} ${values.join(" or ")}`,
  )
  return ` where ${parts.join(", ")}`
}

/** `service = shop, version != 8.0.1 | 8.0.2`: how filters are typed. Throws Error that says what cannot be read. */
export function parseFilters(text: string): Filter[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const match = /^(service|subsystem|version|host|label\.[^\s=!]+)\s*(!?=)\s*(.+)$/.exec(part)
      if (!match) throw new Error(`cannot read the filter “${part}”: write it like service = shop`)
      const [, dim = "", sign, values = ""] = match
      return {
        dim: dim as Filter["dim"],
        op: sign === "!=" ? "notIn" : "in",
        values: values.split("|").map((one) => one.trim()),
      }
    })
}

export const formatFilters = (filters: readonly Filter[]): string =>
  filters.map(({ dim, op, values }) => `${dim} ${op === "notIn" ? "!=" : "="} ${values.join(" | ")}`).join(", ")

/** What is sent to change a rule: without what the server adds. */
export function toNewRule({ id: _id, builtIn: _builtIn, updatedAt: _at, updatedBy: _by, ...rule }: Rule): NewRule {
  return Object.fromEntries(
    Object.entries(rule).filter(([, value]) => value !== undefined && value !== null),
  ) as unknown as NewRule
}

export const DETECTION_NAMES: Record<Detection, string> = {
  threshold: "passes a threshold",
  absence: "falls silent",
  history: "is unlike its own history",
  change: "changed since a day or a week ago",
  ratio: "is too large a share of another metric",
  burn: "uses up its error budget too fast",
  versions: "is worse in the newest version",
  exception: "throws what it did not throw before",
  release: "has a release that was rolled back",
}

/** Kinds that judge one metric, not every one. */
export const NEEDS_METRIC: readonly Detection[] = ["threshold", "change", "ratio", "burn", "versions"]

export const EMPTY_RULE: NewRule = {
  name: "",
  enabled: true,
  severity: "warning",
  detection: "threshold",
  metric: "",
  stat: "avg",
  filters: [],
  split: ["service", "subsystem"],
  windowSec: 60,
  forSec: 60,
  keepFiringSec: 60,
  threshold: { op: ">", value: 0 },
}
