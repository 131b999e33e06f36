/**
 * The two clocks of the watch: a look every few seconds for absence, the collector and thresholds, and one after each minute has
 * closed for the histories. Nothing is judged while the collector's answers cannot be trusted.
 */
import type { Agent } from "@ossagent/agent"
import type { LatestAnswer, LatestQuestion, Rule } from "@ossagent/wire"
import type { Logger } from "pino"
import type { Book } from "../alarm/book.ts"
import type { CollectorState } from "../detect/collector.ts"
import { isWindowed } from "../rule/kind/kinds.ts"
import type { RuleStore } from "../rule/store.ts"
import { type Collector, CollectorError } from "./collector.ts"
import type { CollectorStanding, CollectorStore } from "./collector-store.ts"
import type { Exceptions } from "./exceptions.ts"
import { toBatch, toDueRules, toQuestions } from "./looks.ts"
import { startLoop } from "./loop.ts"
import type { Minutes } from "./minutes.ts"
import type { Presence } from "./presence.ts"

/** After an outage of the collector agents bring what they kept: until then a minute is not whole, and no fall. */
const SETTLE_MS = 60_000

/** What one process at a time does. */
export const LOOK = "look"
export const MINUTE = "minute"

export interface WatchDeps {
  collector: Collector
  rules: RuleStore
  book: Book
  presence: Presence
  minutes: Minutes
  standings: CollectorStore
  /** Whether this process is the one that does {@link LOOK} or {@link MINUTE}. */
  holds: (what: string) => boolean
  exceptions: Exceptions
  lookMs: number
  minuteDelayMs: number
  log: Logger
  agent: Agent
}

export interface Watch {
  stop: () => Promise<void>
}

export function startWatch(deps: WatchDeps): Watch {
  const { log, agent, rules, presence, minutes, standings, holds } = deps
  const took = agent.timer("alerting.look", { unit: "ms" })
  let state: CollectorState = { usable: false, why: "the watch itself was away", forSec: 0 }
  let settledAt = 0
  const lookedAt = new Map<string, number>()
  const looks = startLoop({ name: "look", everyMs: deps.lookMs, log }, async (now) => {
    if (!holds(LOOK)) return
    const began = performance.now()
    const known = await rules.list()
    const before = state.why
    state = await presence.look(known, now)
    if (!state.usable && state.forSec > 0) settledAt = now + SETTLE_MS
    if (state.why !== before) log[state.usable ? "info" : "warn"]({ why: state.why }, "collector")
    await standings.save({ usable: state.usable, settledAt }, now)
    if (state.usable) await lookAtRules(deps, toDueRules(known.filter(isWatched), lookedAt, now), now)
    if (state.usable) await deps.exceptions.look(known, now)
    took.record(performance.now() - began)
    await countAlarms(deps)
  })
  const closes = startLoop({ name: "minute", everyMs: 1_000, log }, async (now) => {
    if (!holds(MINUTE) || !isWhole(await standings.load(now), now)) return
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

/** A time to settle that lies too far ahead is one of a clock that was set back. */
const isWhole = (standing: CollectorStanding | null, now: number): boolean =>
  standing?.usable === true && !(now < standing.settledAt && standing.settledAt - now <= SETTLE_MS)

const isWatched = (rule: Rule): boolean => rule.enabled && isWindowed(rule)

async function lookAtRules(deps: WatchDeps, rules: readonly Rule[], now: number): Promise<void> {
  const questions = [...toQuestions(rules, now)]
  const answers = new Map(
    await Promise.all(questions.map(async ([key, question]) => [key, await tryAsk(deps, question)] as const)),
  )
  const batch = toBatch(rules, answers, now)
  if (batch.ruleIds.length > 0) await deps.book.judge(batch)
}

/** A question that fails leaves the alarms of its rules as they are. */
async function tryAsk({ collector, log }: WatchDeps, question: LatestQuestion): Promise<LatestAnswer | null> {
  try {
    return await collector.ask("latest", question)
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error
    log.warn({ why: error.message, metrics: question.metrics }, "figures not looked at")
    return null
  }
}

async function countAlarms({ book, agent }: WatchDeps): Promise<void> {
  const open = await book.countOpen()
  for (const [severity, count] of Object.entries(open))
    agent.gauge("alerting.alarms.open", { unit: "{alarm}" }).with({ severity }).set(count)
}
