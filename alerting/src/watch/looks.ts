/** Rules that are looked at in windows: figures that can share a question do; the answers become rows, and those conditions. */
import {
  type Dimension,
  type Group,
  type LatestAnswer,
  type LatestQuestion,
  PERCENTILES,
  type Rule,
} from "@ossagent/wire"
import { type Batch, type Condition, toCondition } from "../alarm/condition.ts"
import type { Judged, Part, Row } from "../rule/kind/kind.ts"
import { judgeRule, toParts, toReachSec } from "../rule/kind/kinds.ts"
import { toPlace } from "./place.ts"

export interface Asked {
  question: LatestQuestion
  /** Null when it could not be asked. */
  answer: LatestAnswer | null
}

/** A long window moves slowly: it is looked at once in this share of its length. */
const LOOKS_A_WINDOW = 60

/** Rules whose turn it is; `lastAt` remembers when each was looked at, Unix ms. */
export function toDueRules(rules: readonly Rule[], lastAt: Map<string, number>, now: number): Rule[] {
  const due = rules.filter((rule) => {
    const since = now - (lastAt.get(rule.id) ?? Number.NEGATIVE_INFINITY)
    return since < 0 || since >= (toReachSec(rule) * 1_000) / LOOKS_A_WINDOW
  })
  for (const id of [...lastAt.keys()]) if (!rules.some((rule) => rule.id === id)) lastAt.delete(id)
  for (const { id } of due) lastAt.set(id, now)
  return due
}

/** One question for all figures with the same window, split and filters. */
export function toQuestions(rules: readonly Rule[], now: number): Map<string, LatestQuestion> {
  const questions = new Map<string, LatestQuestion>()
  for (const rule of rules) {
    for (const part of toParts(rule)) {
      const key = toQuestionKey(rule, part)
      const known = questions.get(key)
      questions.set(key, {
        metrics: [...new Set([...(known?.metrics ?? []), part.metric])],
        windowSec: part.windowSec,
        to: now - part.agoSec * 1_000,
        stats: [...new Set([...(known?.stats ?? []), part.stat])],
        split: rule.split as Dimension[],
        filters: part.filters,
        limit: 200_000,
      })
    }
  }
  return questions
}

/** Percentiles are asked for by themselves: they read more of each metric than the other figures. */
const toQuestionKey = ({ split }: Rule, { windowSec, agoSec, filters, stat }: Part): string =>
  JSON.stringify([windowSec, agoSec, split, filters, stat in PERCENTILES])

/** What the answers say of these rules. A rule with a question that failed is left out: its alarms stay as they are. */
export function toBatch(rules: readonly Rule[], answers: ReadonlyMap<string, LatestAnswer | null>, at: number): Batch {
  const judged = rules.flatMap((rule) => {
    const rows = toRows(rule, answers)
    return rows ? [{ rule, conditions: judgeRule(rule, rows).map((one) => toRuleCondition(rule, one)) }] : []
  })
  return {
    ruleIds: judged.map(({ rule }) => rule.id),
    rules: judged.map(({ rule }) => rule),
    conditions: judged.flatMap(({ conditions }) => conditions),
    at,
  }
}

/** The figures of each group, joined over the answers; null when one of them is missing. */
function toRows(rule: Rule, answers: ReadonlyMap<string, LatestAnswer | null>): Row[] | null {
  const parts = toParts(rule)
  const rows = new Map<string, Row>()
  for (const [at, part] of parts.entries()) {
    const answer = answers.get(toQuestionKey(rule, part))
    if (!answer) return null
    for (let i = 0; i < answer.metric.length; i++) {
      if (answer.metric[i] !== part.metric) continue
      const group = answer.group[i] ?? {}
      const row = takeRow(rows, group, parts.length)
      row.values[at] = answer.values[part.stat]?.[i] ?? null
      if (part.metric === rule.metric) row.unit = answer.unit[i] ?? ""
    }
  }
  return [...rows.values()]
}

function takeRow(rows: Map<string, Row>, group: Group, width: number): Row {
  const key = JSON.stringify(group)
  const row = rows.get(key) ?? { group, unit: "", values: Array<number | null>(width).fill(null) }
  rows.set(key, row)
  return row
}

export function toRuleCondition(rule: Rule, { title, ...judged }: Judged): Condition {
  const { metric, stat } = rule
  return toCondition({ ...judged, rule, metric, stat, title: `${toPlace(judged.group)}: ${title}` })
}
