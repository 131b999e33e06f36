/** Threshold rules: rules that can share a question do; one answer becomes conditions. */
import type { Dimension, LatestAnswer, LatestQuestion, Rule } from "@ossagent/wire"
import { type Batch, type Condition, toCondition } from "../alarm/condition.ts"
import { judgeThreshold } from "../detect/threshold.ts"
import { formatSeconds, formatValue } from "../picture/units.ts"
import { toPlace } from "./place.ts"

export interface Bundle {
  question: LatestQuestion
  rules: Rule[]
}

/** One question for all rules with the same window, split, filters and statistic. */
export function toBundles(rules: readonly Rule[], to: number): Bundle[] {
  const bundles = new Map<string, Bundle>()
  for (const rule of rules) {
    const { windowSec, stat, filters } = rule
    const split = rule.split as Dimension[]
    const key = JSON.stringify([windowSec, stat, split, filters])
    const bundle = bundles.get(key) ?? {
      question: { metrics: [], windowSec, to, stats: [stat], split, filters, limit: 200_000 },
      rules: [],
    }
    if (!bundle.question.metrics?.includes(rule.metric)) bundle.question.metrics?.push(rule.metric)
    bundle.rules.push(rule)
    bundles.set(key, bundle)
  }
  return [...bundles.values()]
}

export function toThresholdBatch({ rules }: Bundle, answer: LatestAnswer, at: number): Batch {
  const conditions: Condition[] = []
  for (const rule of rules) {
    for (let i = 0; i < answer.metric.length; i++) {
      const value = answer.values[rule.stat]?.[i] ?? null
      if (answer.metric[i] !== rule.metric || value === null) continue
      conditions.push(toThresholdCondition(rule, { value, group: answer.group[i] ?? {}, unit: answer.unit[i] ?? "" }))
    }
  }
  return { ruleIds: rules.map((rule) => rule.id), conditions, at }
}

function toThresholdCondition(
  rule: Rule,
  { value, group, unit }: Pick<Condition, "group" | "unit"> & { value: number },
) {
  const threshold = rule.threshold ?? { op: ">", value: Number.POSITIVE_INFINITY }
  const judgement = judgeThreshold(value, threshold)
  const { metric, stat } = rule
  const figure = (v: number) => formatValue(v, unit, stat)
  const side = threshold.op === ">" ? "over" : "under"
  const how =
    judgement.verdict === "bad" ? `${side} ${figure(threshold.value)}` : `not ${side} ${figure(threshold.value)}`
  const why = `${metric} (${stat} of ${formatSeconds(rule.windowSec)}) is ${figure(value)}, ${how}`
  const title = `${toPlace(group)}: ${metric} ${stat} is ${figure(value)}, ${side} ${figure(threshold.value)}`
  return toCondition({ rule, title, why, metric, stat, unit, group, value, ...judgement })
}
