/** Replays rules that are looked at in windows: threshold, change, ratio, burn, versions. */
import type { Group, Rule } from "@ossagent/wire"
import type { Part, Row } from "../rule/kind/kind.ts"
import { judgeRule, toParts } from "../rule/kind/kinds.ts"
import { toRuleCondition } from "../watch/looks.ts"
import { readFigure, toNeeded } from "./figure.ts"
import type { Reading, Replay } from "./replay.ts"
import type { Span } from "./span.ts"
import { readTable, type Table } from "./table.ts"

export const windowed: Replay = {
  toNeeds: (rule) => {
    const parts = toParts(rule)
    return {
      windowSec: Math.min(...parts.map(({ windowSec }) => windowSec)),
      backSec: Math.max(...parts.map(({ windowSec, agoSec }) => windowSec + agoSec)),
    }
  },
  create: (rule) => async (reading, span) => {
    const figures = await readFigures(reading, rule, span)
    for (const key of figures.groups.keys()) reading.groups.add(key)
    for (let step = 0; step < span.steps; step++) {
      if (await reading.pause()) return step
      judgeStep(rule, reading, figures.toRows(step), (span.from + (step + 1) * span.stepSec) * 1000)
    }
    return span.steps
  },
}

function judgeStep(rule: Rule, { ledger }: Reading, rows: readonly Row[], at: number): void {
  const judged = judgeRule(rule, rows).filter(({ verdict }) => verdict !== "good" || ledger.anyOpen)
  if (judged.length > 0 || ledger.anyOpen)
    ledger.judge(
      judged.map((one) => toRuleCondition(rule, one)),
      at,
    )
}

interface Figures {
  groups: ReadonlyMap<string, Group>
  /** The rows of a look at the end of a step, as the live watch has them: only groups of which something was recorded. */
  toRows: (step: number) => Row[]
}

/** A table, and how many of its steps lie before the span. */
interface Lead {
  table: Table
  lead: number
}

async function readFigures(reading: Reading, rule: Rule, span: Span): Promise<Figures> {
  const parts = toParts(rule)
  const tables = await readTables(reading, rule, parts, span)
  const groups = new Map<string, Group>()
  for (const { table } of tables.values()) for (const [key, { group }] of table.rows) groups.set(key, group)
  const own = parts.find(({ metric }) => metric === rule.metric)
  const unit = own === undefined ? "" : (tables.get(toKey(own))?.table.unit ?? "")
  const figureOf = (part: Part, key: string, step: number): number | null => {
    const { table, lead } = tables.get(toKey(part)) as Lead
    const row = table.rows.get(key)
    return row === undefined ? null : readFigure(row.values, part.stat, lead + step, toWidth(part, span))
  }
  const toRows = (step: number): Row[] =>
    [...groups]
      .map(([key, group]) => ({ group, unit, values: parts.map((part) => figureOf(part, key, step)) }))
      .filter(({ values }) => values.some((value) => value !== null))
  return { groups, toRows }
}

/** One question for all parts of the same metric, filters and time. */
async function readTables(
  { collector, leftMs }: Reading,
  { split }: Rule,
  parts: readonly Part[],
  span: Span,
): Promise<Map<string, Lead>> {
  const tables = new Map<string, Lead>()
  for (const part of parts) {
    const key = toKey(part)
    if (tables.has(key)) continue
    const alike = parts.filter((one) => toKey(one) === key)
    const lead = Math.max(...alike.map((one) => toWidth(one, span))) - 1
    const ago = Math.round(part.agoSec / span.stepSec)
    const read = { from: span.from - (ago + lead) * span.stepSec, steps: span.steps + lead, stepSec: span.stepSec }
    const stats = [...new Set(alike.flatMap(({ stat }) => toNeeded(stat)))]
    const { metric, filters } = part
    tables.set(key, { table: await readTable(collector, { metric, filters, split, stats }, read, leftMs()), lead })
  }
  return tables
}

const toKey = ({ metric, filters, agoSec }: Part): string => JSON.stringify([metric, filters, agoSec])

const toWidth = ({ windowSec }: Part, { stepSec }: Span): number => Math.max(1, Math.round(windowSec / stepSec))
