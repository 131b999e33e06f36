import type { Rule } from "@ossagent/wire"
import { formatSeconds, formatValue } from "../../picture/units.ts"
import { type Judged, type Kind, type Row, toOwnPart } from "./kind.ts"
import { judgeThreshold } from "./limit.ts"

/** The value of the window against a fixed limit. */
export const threshold: Kind = {
  toParts: (rule) => [toOwnPart(rule)],
  judge: (rule, rows) => rows.flatMap((row) => judgeRow(rule, row)),
}

function judgeRow(rule: Rule, { group, unit, values }: Row): Judged[] {
  const value = values[0] ?? null
  if (value === null || !rule.threshold) return []
  const { metric, stat } = rule
  const { op, value: limit } = rule.threshold
  const judgement = judgeThreshold(value, rule.threshold)
  const figure = (v: number) => formatValue(v, unit, stat)
  const side = op === ">" ? "over" : "under"
  const how = `${judgement.verdict === "bad" ? "" : "not "}${side} ${figure(limit)}`
  return [
    {
      ...{ group, unit, value, expected: null, ...judgement },
      title: `${metric} ${stat} is ${figure(value)}, ${side} ${figure(limit)}`,
      why: `${metric} (${stat} of ${formatSeconds(rule.windowSec)}) is ${figure(value)}, ${how}`,
    },
  ]
}
