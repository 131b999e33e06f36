/**
 * The two clocks of the watch: a look every few seconds for absence, the collector and thresholds, and one after each minute has
 * closed for the histories. Nothing is judged while the collector's answers cannot be trusted.
 */
import type { Agent } from "@ossagent/agent"
import type { Logger } from "pino"
import type { Book } from "../alarm/book.ts"
import type { Batch } from "../alarm/condition.ts"
import type { CollectorState } from "../detect/collector.ts"
import type { KnownRule, RuleStore } from "../rule/store.ts"
import { type Collector, CollectorError } from "./collector.ts"
import { startLoop } from "./loop.ts"
import type { Minutes } from "./minutes.ts"
import type { Presence } from "./presence.ts"
import { type Bundle, toBundles, toThresholdBatch } from "./thresholds.ts"

/** After an outage of the collector agents bring what they kept: until then a minute is not whole, and no fall. */
const SETTLE_MS = 60_000

export interface WatchDeps {
  collector: Collector
  rules: RuleStore
  book: Book
  presence: Presence
  minutes: Minutes
  lookMs: number
  minuteDelayMs: number
  log: Logger
  agent: Agent
}

export interface Watch {
  stop: () => Promise<void>
}

export function startWatch(deps: WatchDeps): Watch {
  const { log, agent, rules, presence, minutes } = deps
  const took = agent.timer("alerting.look", { unit: "ms" })
  let state: CollectorState = { usable: false, why: "the watch itself was away", forSec: 0 }
  let settledAt = 0
  const looks = startLoop({ name: "look", everyMs: deps.lookMs, log }, async (now) => {
    const began = performance.now()
    const known = await rules.list()
    const before = state.why
    state = await presence.look(known, now)
    if (!state.usable && state.forSec > 0) settledAt = now + SETTLE_MS
    if (state.why !== before) log[state.usable ? "info" : "warn"]({ why: state.why }, "collector")
    if (state.usable) await lookAtThresholds(deps, known, now)
    took.record(performance.now() - began)
    await countAlarms(deps)
  })
  const closes = startLoop({ name: "minute", everyMs: 1_000, log }, async (now) => {
    if (!state.usable || (now < settledAt && settledAt - now <= SETTLE_MS)) return
    const history = (await rules.list()).filter((rule) => rule.detection === "history" && rule.enabled)
    try {
      await minutes.turn(history, now - deps.minuteDelayMs)
    } catch (error) {
      if (!(error instanceof CollectorError)) throw error
      log.debug({ why: error.message }, "minute not asked: made good later")
    }
  })
  return {
    stop: async () => {
      await Promise.all([looks.stop(), closes.stop()])
      await minutes.save()
    },
  }
}

async function lookAtThresholds(deps: WatchDeps, known: readonly KnownRule[], now: number): Promise<void> {
  const rules = known.filter((rule) => rule.detection === "threshold" && rule.enabled)
  const batches = await Promise.all(toBundles(rules, now).map((bundle) => tryAsk(deps, bundle, now)))
  const asked = batches.filter((batch) => batch !== null)
  if (asked.length === 0) return
  const ruleIds = asked.flatMap((batch) => batch.ruleIds)
  const conditions = asked.flatMap((batch) => batch.conditions)
  await deps.book.judge({ ruleIds, conditions, at: now })
}

/** A question that fails leaves the alarms of its rules as they are. */
async function tryAsk({ collector, log }: WatchDeps, bundle: Bundle, now: number): Promise<Batch | null> {
  try {
    return toThresholdBatch(bundle, await collector.ask("latest", bundle.question), now)
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error
    log.warn({ why: error.message, rules: bundle.rules.map((rule) => rule.name) }, "thresholds not looked at")
    return null
  }
}

async function countAlarms({ book, agent }: WatchDeps): Promise<void> {
  const open = await book.countOpen()
  for (const [severity, count] of Object.entries(open))
    agent.gauge("alerting.alarms.open", { unit: "{alarm}" }).with({ severity }).set(count)
}
