import type { Filter, NewRule, Rule } from "@ossagent/wire"
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
  const { op = ">", value = 0 } = rule.threshold ?? {}
  const side = op === ">" ? "above" : "below"
  const name = statName(rule.stat)
  return `${name[0]?.toUpperCase()}${name.slice(1)} of ${rule.metric}${each}${where} is ${side} ${formatValue(value, unit, rule.stat)}${forTime}`
}

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
