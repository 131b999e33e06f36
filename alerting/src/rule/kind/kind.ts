/** What every kind of rule that is looked at in windows has: the figures that it needs, and what it says of them. */
import type { Filter, Group, Rule, Stat } from "@ossagent/wire"
import type { Verdict } from "../../alarm/decide.ts"

/** One figure of one window. */
export interface Part {
  metric: string
  stat: Stat
  filters: Filter[]
  windowSec: number
  /** How long before now the window ends. */
  agoSec: number
}

/** The figures of one group, in the order of the parts; null where nothing was recorded. */
export interface Row {
  group: Group
  /** Of the rule's own metric. */
  unit: string
  values: (number | null)[]
}

export interface Judged {
  group: Group
  unit: string
  verdict: Verdict
  /** 0–1. */
  score: number
  value: number
  expected: number | null
  lower: number | null
  upper: number | null
  /** What follows the place in the first line: "http.errors rate is 5 /s, over 1 /s". */
  title: string
  why: string
}

/** A kind of rule. `judge` leaves out groups of which it can say nothing. Pure. */
export interface Kind {
  toParts: (rule: Rule) => Part[]
  judge: (rule: Rule, rows: readonly Row[]) => Judged[]
}

/** The rule's own metric in its own window. */
export const toOwnPart = ({ metric, stat, filters, windowSec, delaySec = 0 }: Rule): Part => ({
  metric,
  stat,
  filters,
  windowSec,
  agoSec: delaySec,
})
