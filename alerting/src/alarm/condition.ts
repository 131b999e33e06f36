import type { Alarm, Group, Rule, Stat } from "@ossagent/wire"
import type { Verdict } from "./decide.ts"
import { toFingerprint } from "./fingerprint.ts"

export type RuleOfCondition = Pick<
  Rule,
  "id" | "name" | "owner" | "detection" | "severity" | "forSec" | "keepFiringSec"
>

/** What one look said about one thing that a rule watches. */
export interface Condition {
  fingerprint: string
  rule: RuleOfCondition
  verdict: Verdict
  title: string
  why: string
  metric: string
  stat: Stat
  unit: string
  group: Group
  value: number | null
  expected: number | null
  lower: number | null
  upper: number | null
  score: number
  /** Since when it is bad, where that is known better than "since this look"; Unix ms. */
  since?: number
}

/** Everything that one look at some rules said. An open alarm of these rules without a condition counts as good: it no longer reports. */
export interface Batch {
  ruleIds: string[]
  /** These rules as they are now: what no longer reports ends as its rule says, also when nothing else of it does. */
  rules?: readonly RuleOfCondition[]
  conditions: Condition[]
  at: number
}

export type ConditionInput = Omit<Condition, "fingerprint" | "expected" | "lower" | "upper"> &
  Partial<Pick<Alarm, "expected" | "lower" | "upper">>

export function toCondition(input: ConditionInput): Condition {
  const { rule, metric, stat, group } = input
  const fingerprint = toFingerprint({ ruleId: rule.id, metric, stat, group })
  return { expected: null, lower: null, upper: null, ...input, fingerprint }
}
