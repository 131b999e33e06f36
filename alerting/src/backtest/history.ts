/** Replays "unlike its own history": stored minutes through the live detector, which learns for some days before the time asked for. */
import { ServiceError } from "@ossagent/svrkit"
import type { Kind, LatestAnswer, Rule, Stat } from "@ossagent/wire"
import { createHistoryWatch, learnMinute, toHistoryBatch } from "../watch/history.ts"
import { HISTORY_STATS } from "../watch/series.ts"
import type { Reading, Replay } from "./replay.ts"
import type { Span } from "./span.ts"
import { readTable, type Table } from "./table.ts"

const MINUTE = 60
const SPLIT = ["service", "subsystem", "version"]
/** Every agent sends it with each flush: minutes in which one starts or stops are no whole ones. */
const BEAT = "agent.waiting.memory"
/** What the detector learns before the time asked for. */
export const LEARN_SEC = 2 * 86_400

export const history: Replay = {
  toNeeds: (rule) => {
    if (rule.metric !== "") return { windowSec: MINUTE, backSec: 0 }
    throw new ServiceError("cannot_replay", "cannot replay a rule about every metric: name one")
  },
  create: (rule) => {
    const watch = createHistoryWatch(1_000)
    return async (reading, span) => {
      if (span.stepSec !== MINUTE) throw tooLong(span)
      const tables = await readBoth(reading, rule, span)
      for (const key of tables.own.rows.keys()) reading.groups.add(key)
      for (let step = 0; step < span.steps; step++) {
        if (await reading.pause()) return step
        const minute = span.from + step * MINUTE
        const seen = learnMinute(watch, minute, toAnswer(rule, tables, step, minute), () => rule.sensitivity ?? 0.99)
        const at = (minute + MINUTE) * 1000
        const isOpen = (print: string): boolean =>
          print === "" ? reading.ledger.anyOpen : reading.ledger.isOpen(print)
        const { conditions } = toHistoryBatch([rule], seen, isOpen, at)
        if (minute * 1000 >= reading.from && (conditions.length > 0 || reading.ledger.anyOpen))
          reading.ledger.judge(conditions, at)
      }
      return span.steps
    }
  },
}

const tooLong = ({ stepSec }: Span): ServiceError =>
  new ServiceError(
    "cannot_replay",
    `cannot replay histories in steps of ${stepSec} s: they are of minutes; choose a later or a shorter time`,
  )

interface Both {
  own: Table
  beat: Table
}

async function readBoth({ collector, leftMs }: Reading, rule: Rule, span: Span): Promise<Both> {
  const filters = rule.filters.filter(({ dim }) => SPLIT.includes(dim))
  const source = { metric: rule.metric, filters, split: SPLIT, stats: HISTORY_STATS }
  const own = await readTable(collector, source, span, leftMs())
  const stats: Stat[] = ["count"]
  return { own, beat: await readTable(collector, { metric: BEAT, filters, split: SPLIT, stats }, span, leftMs()) }
}

/** The minute as the collector would have answered it. */
function toAnswer(rule: Rule, { own, beat }: Both, step: number, minute: number): LatestAnswer {
  const [from, to] = [minute * 1000, (minute + MINUTE) * 1000]
  const answer: LatestAnswer = { from, to, metric: [], kind: [], unit: [], group: [], values: {}, lastAt: [] }
  const add = (metric: string, table: Table, kind: Kind, lastAt: (key: string) => number): void => {
    for (const [key, { group, values }] of table.rows) {
      const found = HISTORY_STATS.map((stat) => values[stat]?.[step] ?? null)
      if (found.every((value) => value === null)) continue
      answer.metric.push(metric)
      answer.kind.push(kind)
      answer.unit.push(table.unit)
      answer.group.push(group)
      answer.lastAt.push(lastAt(key))
      for (const [i, stat] of HISTORY_STATS.entries()) {
        answer.values[stat] ??= []
        answer.values[stat].push(found[i] as number | null)
      }
    }
  }
  // Who does not beat in the next minute has stopped in this one.
  const goesOn = (key: string): boolean => {
    const column = beat.rows.get(key)?.values.count
    return column === undefined || step + 1 >= column.length || (column[step + 1] ?? null) !== null
  }
  if (own.kind !== null) add(rule.metric, own, own.kind, () => to)
  if (rule.metric !== BEAT) add(BEAT, beat, "gauge", (key) => (goesOn(key) ? to : from))
  return answer
}
