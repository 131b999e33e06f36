import type { Detection, Group, Matcher, Severity } from "@ossagent/wire"

/** What matchers can ask about: the dimensions of an alarm, and these. */
export interface Facts {
  group: Group
  metric: string
  rule: string
  severity: Severity
  detection: Detection
  owner: string
}

/** Whether all matchers match; none at all match everything. */
export const matchesAll = (facts: Facts, matchers: readonly Matcher[]): boolean =>
  matchers.every((matcher) => matches(facts, matcher))

function matches(facts: Facts, { dim, op, values }: Matcher): boolean {
  const value = toValue(facts, dim)
  if (op === "in") return values.includes(value)
  if (op === "notIn") return !values.includes(value)
  return values.some((pattern) => isLike(value, pattern))
}

/** The value that a matcher of this dimension sees; "" when the alarm has none. */
export function toValue(facts: Facts, dim: string): string {
  switch (dim) {
    case "metric":
    case "rule":
    case "severity":
    case "detection":
    case "owner":
      return facts[dim]
    default:
      return facts.group[dim] ?? ""
  }
}

/** `*` stands for any text. Linear in the text: each part is looked for once. */
export function isLike(value: string, pattern: string): boolean {
  const parts = pattern.split("*")
  const first = parts[0] as string
  if (parts.length === 1) return value === first
  const last = parts.at(-1) as string
  if (!value.startsWith(first) || value.length < first.length + last.length) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return value.endsWith(last) && value.length - last.length >= at
}
