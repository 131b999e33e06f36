import type { Rule } from "@ossagent/wire"
import { formatSeconds, formatValue } from "../../picture/units.ts"
import { type Judged, type Kind, type Row, toOwnPart } from "./kind.ts"
import { judgeThreshold } from "./limit.ts"

const AGO_SEC = { "1d": 86_400, "7d": 604_800 } as const
const WORDS = { "1d": "a day ago", "7d": "a week ago" } as const

/** The value of the window against the same window a day or a week ago, as a share: 0.5 is half as much again. */
export const change: Kind = {
  toParts: (rule) => {
    const own = toOwnPart(rule)
    return [own, { ...own, agoSec: own.agoSec + AGO_SEC[rule.change?.against ?? "1d"] }]
  },
  judge: (rule, rows) => rows.flatMap((row) => judgeRow(rule, row)),
}

/** Nothing then, or nothing now, is no change that can be said as a share: the rule is silent. */
function judgeRow(rule: Rule, { group, unit, values }: Row): Judged[] {
  const [value, before] = values
  if (!rule.change || value == null || before == null || before === 0) return []
  const { op, by, clear, against } = rule.change
  const share = (value - before) / Math.abs(before)
  const { verdict, score } = judgeThreshold(share, { op, value: by, ...(clear === undefined ? {} : { clear }) })
  const limit = before + by * Math.abs(before)
  const { metric, stat } = rule
  const figure = (v: number) => formatValue(v, unit, stat)
  const how = `${Math.abs(Math.round(share * 100))} % ${share < 0 ? "less" : "more"} than ${WORDS[against]} (${figure(before)})`
  return [
    {
      ...{ group, unit, verdict, score, value, expected: before },
      lower: op === "<" ? limit : null,
      upper: op === ">" ? limit : null,
      title: `${metric} ${stat} is ${figure(value)}, ${how}`,
      why: `${metric} (${stat} of ${formatSeconds(rule.windowSec)}) is ${figure(value)}, ${how}`,
    },
  ]
}
