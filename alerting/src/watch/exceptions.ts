/** Watches for errors that a service did not throw before. The collector says what is new: see its `report/exception`. */
import type { Logger } from "pino"
import type { Batch } from "../alarm/condition.ts"
import type { KnownRule } from "../rule/store.ts"
import { type Collector, CollectorError } from "./collector.ts"
import { toExceptionConditions, toExceptionPrint } from "./exception-batch.ts"

export interface ExceptionsDeps {
  collector: Collector
  judge: (batch: Batch) => Promise<unknown>
  /** Fingerprints of the open alarms of these rules. */
  readOpen: (ruleIds: readonly string[]) => Promise<ReadonlySet<string>>
  /** When the newest closed alarm of each fingerprint was closed, Unix ms. */
  readClosed: (prints: readonly string[]) => Promise<ReadonlyMap<string, number>>
  log: Logger
}

export interface Exceptions {
  look: (rules: readonly KnownRule[], now: number) => Promise<void>
}

/** So long an error counts as new. */
const NEW_MS = 86_400_000
/** Senders' clocks may be ahead. */
const AHEAD_MS = 60_000
const LEAST_WINDOW_MS = 60_000
const MOST_ROWS = 500

export function createExceptions(deps: ExceptionsDeps): Exceptions {
  return {
    look: async (known, now) => {
      const rules = known.filter((rule) => rule.detection === "exception" && rule.enabled)
      if (rules.length === 0) return
      const answer = await tryAsk(deps, rules, now)
      if (answer === null) return
      const { rows, leftOff } = answer
      const closedAt = await deps.readClosed(rules.flatMap((rule) => rows.map((row) => toExceptionPrint(rule, row))))
      for (const rule of rules) {
        const open = await deps.readOpen([rule.id])
        const look = { rows, more: leftOff > 0, open, closedAt, at: now }
        const conditions = toExceptionConditions(rule, look)
        if (conditions.length > 0) await deps.judge({ ruleIds: [rule.id], rules: [rule], conditions, at: now })
      }
    },
  }
}

/** Null when the collector does not answer: the alarms stay as they are. */
async function tryAsk({ collector, log }: ExceptionsDeps, rules: readonly KnownRule[], now: number) {
  const windowMs = Math.max(LEAST_WINDOW_MS, ...rules.map((rule) => rule.keepFiringSec * 1000))
  const question = { from: now - windowMs, to: now + AHEAD_MS, newSince: now - NEW_MS, steps: 1, limit: MOST_ROWS }
  try {
    return await collector.ask("exceptions", question)
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error
    log.warn({ why: error.message }, "new errors not looked for")
    return null
  }
}
