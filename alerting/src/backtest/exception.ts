/** Replays new errors: when each was first seen is known, so one question does. */
import type { BacktestFiring, ExceptionRow, Rule } from "@ossagent/wire"
import type { Collector } from "../watch/collector.ts"
import { isAbout, toExceptionGroup, toTitle, toWhy } from "../watch/exception-batch.ts"

const MOST_ROWS = 1_000

export async function replayExceptions(
  collector: Collector,
  rule: Rule,
  { from, to, timeoutMs }: { from: number; to: number; timeoutMs: number },
): Promise<{ fired: BacktestFiring[]; more: boolean }> {
  const question = { from, to, newSince: from, steps: 1, limit: MOST_ROWS }
  const { rows, leftOff } = await collector.ask("exceptions", question, timeoutMs)
  const fired = rows.filter((row) => isAbout(rule, row)).map((row) => toFiring(rule, row, to))
  return { fired: fired.sort((a, b) => a.from - b.from), more: leftOff > 0 }
}

function toFiring(rule: Rule, row: ExceptionRow, end: number): BacktestFiring {
  const over = row.lastSeen + rule.keepFiringSec * 1000
  return {
    ...{ group: toExceptionGroup(row), value: row.total.count, title: toTitle(row), why: toWhy(row), flapping: false },
    ...{ from: row.firstSeen, firedAt: row.firstSeen + rule.forSec * 1000, to: over < end ? over : null },
  }
}
