import type { MetricPart, Rule } from "@ossagent/wire"
import { formatSeconds, formatValue } from "../../picture/units.ts"
import { type Judged, type Kind, type Row, toOwnPart } from "./kind.ts"
import { judgeThreshold } from "./limit.ts"

/** One metric divided by another against a fixed limit. */
export const ratio: Kind = {
  toParts: (rule) => {
    const own = toOwnPart(rule)
    return [own, { ...own, ...toOther(rule) }]
  },
  judge: (rule, rows) => rows.flatMap((row) => judgeRow(rule, row)),
}

/** What the rule divides by. */
export const toOther = ({ of }: Rule): MetricPart => of ?? { metric: "", stat: "sum", filters: [] }

function judgeRow(rule: Rule, { group, values }: Row): Judged[] {
  const quotient = toQuotient(values[0], values[1])
  if (quotient === null || !rule.threshold) return []
  const judgement = judgeThreshold(quotient, rule.threshold)
  const figure = (v: number) => formatValue(v, "1", "avg")
  const what = `${rule.metric} / ${toOther(rule).metric}`
  const side = rule.threshold.op === ">" ? "over" : "under"
  const limit = figure(rule.threshold.value)
  return [
    {
      ...{ group, unit: "1", value: quotient, expected: null, ...judgement },
      title: `${what} is ${figure(quotient)}, ${side} ${limit}`,
      why: `${what} (${formatSeconds(rule.windowSec)}) is ${figure(quotient)}, ${judgement.verdict === "bad" ? "" : "not "}${side} ${limit}`,
    },
  ]
}

/** Null where there is nothing to divide by. Nothing above it is 0: agents send counters only when something happened. */
export const toQuotient = (above: number | null | undefined, below: number | null | undefined): number | null =>
  below == null || below === 0 ? null : (above ?? 0) / below
