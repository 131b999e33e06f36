/** Replays absence: who reported in which step, through the live judgement of silence. */
import { ServiceError } from "@ossagent/svrkit"
import type { Rule } from "@ossagent/wire"
import { createAbsenceMemory, look, type Seen } from "../detect/absence.ts"
import { toAbsenceBatch } from "../watch/presence-batch.ts"
import type { Replay } from "./replay.ts"
import type { Span } from "./span.ts"
import { readTable, type Table } from "./table.ts"

/** Every agent sends it with each flush, whatever its service does. */
const BEAT = "agent.waiting.memory"
/** Of so many steps a silence consists at least, or it would be taken for one by the length of a step. */
const LEAST_STEPS = 2
/** As the live watch has it by default. */
const MIN_RUN_SEC = 20

const toAbsenceSec = ({ absenceSec = 30 }: Pick<Rule, "absenceSec">): number => absenceSec

export const absence: Replay = {
  toNeeds: (rule) => ({ windowSec: Math.max(1, Math.floor(toAbsenceSec(rule) / 6)), backSec: 0 }),
  create: (rule) => {
    const memory = createAbsenceMemory()
    const settings = { absenceSec: toAbsenceSec(rule), minRunSec: MIN_RUN_SEC }
    return async (reading, span) => {
      refuseCoarse(rule, span)
      const { filters, split } = rule
      const source = { metric: rule.metric || BEAT, filters, split, stats: ["count" as const, "sum" as const] }
      const table = await readTable(reading.collector, source, span, reading.leftMs())
      for (const key of table.rows.keys()) reading.groups.add(key)
      for (let step = 0; step < span.steps; step++) {
        if (await reading.pause()) return step
        const at = (span.from + (step + 1) * span.stepSec) * 1000
        const found = look(memory, toSeen(table, step, at), at, settings)
        if (found.silent.length > 0 || reading.ledger.anyOpen)
          reading.ledger.judge(toAbsenceBatch(rule, found, at).conditions, at)
      }
      return span.steps
    }
  },
}

function refuseCoarse(rule: Rule, { stepSec }: Span): void {
  if (stepSec * LEAST_STEPS <= toAbsenceSec(rule)) return
  throw new ServiceError(
    "cannot_replay",
    `cannot replay a silence of ${toAbsenceSec(rule)} s: so far back figures are told apart by ${stepSec} s; choose a later or a shorter time`,
  )
}

const toSeen = ({ rows }: Table, step: number, at: number): Seen[] =>
  [...rows]
    .filter(([, { values }]) => (values.count?.[step] ?? values.sum?.[step] ?? null) !== null)
    .map(([key, { group }]) => ({ key, group, lastAt: at }))
