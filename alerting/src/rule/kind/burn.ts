import type { Rule } from "@ossagent/wire"
import { formatSeconds, formatValue } from "../../picture/units.ts"
import { type Judged, type Kind, type Part, type Row, toOwnPart } from "./kind.ts"
import { toOther, toQuotient } from "./ratio.ts"

/**
 * How fast the error budget of a promise is used up, in pairs of windows: the long one says that it matters, the short one that it still
 * goes on. The rule's metric counts bad ones, `of` counts all.
 */
export const burn: Kind = {
  toParts: (rule) =>
    (rule.burn?.windows ?? []).flatMap(({ longSec, shortSec }) =>
      [longSec, shortSec].flatMap((windowSec): Part[] => {
        const own = { ...toOwnPart(rule), stat: "sum" as const, windowSec }
        return [own, { ...own, ...toOther(rule), stat: "sum" }]
      }),
    ),
  judge: (rule, rows) => rows.flatMap((row) => judgeRow(rule, row)),
}

interface Pair {
  longSec: number
  factor: number
  long: number
  short: number
}

function judgeRow(rule: Rule, { group, values }: Row): Judged[] {
  if (!rule.burn) return []
  const budget = 1 - rule.burn.objective
  const pairs = rule.burn.windows.flatMap(({ longSec, factor }, i): Pair[] => {
    const long = toQuotient(values[4 * i], values[4 * i + 1])
    const short = toQuotient(values[4 * i + 2], values[4 * i + 3])
    return long === null || short === null ? [] : [{ longSec, factor, long: long / budget, short: short / budget }]
  })
  const worst = pairs.reduce<Pair | null>(
    (most, one) => (most === null || toShare(one) > toShare(most) ? one : most),
    null,
  )
  if (worst === null) return []
  const share = toShare(worst)
  const verdict = share >= 1 ? "bad" : worst.short < worst.factor ? "good" : "between"
  const times = (value: number) => `${Number(value.toPrecision(2))} times`
  const promise = formatValue(rule.burn.objective, "1", "avg")
  const what = `${rule.metric} of ${toOther(rule).metric} uses up the budget of ${promise} ${times(worst.long)} as fast as promised`
  return [
    {
      ...{ group, unit: "1", verdict, score: share / (1 + share), value: worst.long * budget, expected: budget },
      lower: null,
      upper: worst.factor * budget,
      title: what,
      why: `${what} over ${formatSeconds(worst.longSec)}, ${times(worst.short)} of late; ${times(worst.factor)} are too many`,
    },
  ]
}

/** 1: both windows burn exactly as fast as is too fast. */
const toShare = ({ long, short, factor }: Pair): number => Math.min(long, short) / factor
