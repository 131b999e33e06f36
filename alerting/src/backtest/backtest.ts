/**
 * backtest: what a rule would have done. In: a rule and a stretch of time. Out: the alarms that would have fired. `windowed.ts`, `absence.ts`,
 * `history.ts` and `exception.ts` turn stored figures into looks, each with the judgement of the live watch; `ledger.ts` is the live state
 * machine over them.
 */
import { ServiceError } from "@ossagent/svrkit"
import type { BacktestAnswer, BacktestFiring, BacktestQuestion, Rule } from "@ossagent/wire"
import { isWindowed } from "../rule/kind/kinds.ts"
import { type Collector, CollectorError } from "../watch/collector.ts"
import { absence } from "./absence.ts"
import { replayExceptions } from "./exception.ts"
import { history, LEARN_SEC } from "./history.ts"
import { Ledger } from "./ledger.ts"
import type { Reading, Replay } from "./replay.ts"
import { type Span, toParts, toSpan } from "./span.ts"
import { windowed } from "./windowed.ts"

const MOST_FIRED = 500
const DAY_MS = 86_400_000
/** Work in one turn of the event loop, which the live watch shares. */
const TURN_MS = 10

export interface BacktestDeps {
  collector: Collector
  now: () => number
  /** For the whole of it; what was replayed until then is answered. */
  limitMs: number
}

/** Throws ServiceError: `cannot_replay` for what cannot be, `unavailable` when the collector does not answer. */
export async function backtest(deps: BacktestDeps, question: BacktestQuestion): Promise<BacktestAnswer> {
  const rule: Rule = { ...question.rule, id: "backtest", builtIn: false, updatedAt: 0, updatedBy: "" }
  try {
    if (rule.detection === "release")
      throw new ServiceError(
        "cannot_replay",
        "cannot replay the rule: releases are judged while they run, see their page",
      )
    if (rule.detection === "exception") return await testExceptions(deps, rule, question)
    return await replay(deps, rule, question)
  } catch (error) {
    throw error instanceof CollectorError ? toRefusal(error) : error
  }
}

function toRefusal(error: CollectorError): ServiceError {
  const { away, message } = error
  if (!away) return new ServiceError("cannot_replay", `cannot replay the rule: ${message}`, { cause: error })
  return new ServiceError("unavailable", `cannot replay the rule: ${message}`, { retryAfterSec: 5, cause: error })
}

async function testExceptions({ collector, limitMs }: BacktestDeps, rule: Rule, { from, to }: BacktestQuestion) {
  const { fired, more } = await replayExceptions(collector, rule, { from, to, timeoutMs: limitMs })
  const groups = new Set(fired.map(({ group }) => group.exception)).size
  return toAnswer({ from, to, complete: !more, stepSec: 0, fired, groups })
}

async function replay(deps: BacktestDeps, rule: Rule, { from, to }: BacktestQuestion): Promise<BacktestAnswer> {
  const kind = toReplay(rule)
  const learnSec = rule.detection === "history" ? LEARN_SEC : 0
  const span = toSpan({ from: from - learnSec * 1000, to, now: deps.now(), ...kind.toNeeds(rule) })
  const reading = createReading(deps, rule, from)
  const steps = await replayParts(kind.create(rule), reading, span)
  const reached = Math.max(from, (span.from + steps * span.stepSec) * 1000)
  const { fired } = reading.ledger
  const complete = steps === span.steps
  return toAnswer({
    from,
    to: complete ? to : reached,
    complete,
    stepSec: span.stepSec,
    fired,
    groups: reading.groups.size,
  })
}

function toReplay(rule: Rule): Replay {
  if (isWindowed(rule)) return windowed
  if (rule.detection === "absence") return absence
  return history
}

function createReading({ collector, limitMs }: BacktestDeps, rule: Rule, from: number): Reading {
  const deadline = performance.now() + limitMs
  let turnEnds = performance.now() + TURN_MS
  return {
    collector,
    from,
    ledger: new Ledger(rule),
    groups: new Set(),
    leftMs: () => Math.max(1, Math.floor(deadline - performance.now())),
    pause: async () => {
      if (performance.now() < turnEnds) return false
      await new Promise((resolve) => setImmediate(resolve))
      turnEnds = performance.now() + TURN_MS
      return performance.now() >= deadline
    },
  }
}

/** How many steps it came along before the time was over. */
async function replayParts(run: ReturnType<Replay["create"]>, reading: Reading, span: Span): Promise<number> {
  let done = 0
  for (const part of toParts(span)) {
    const steps = await tryPart(run, reading, part)
    done += steps
    if (steps < part.steps) break
  }
  return done
}

/** A question that is cut off by the end of the time is no fault: it is told how far the replay came. */
async function tryPart(run: ReturnType<Replay["create"]>, reading: Reading, part: Span): Promise<number> {
  try {
    return await run(reading, part)
  } catch (error) {
    if (error instanceof CollectorError && reading.leftMs() <= 1) return 0
    throw error
  }
}

function toAnswer(
  all: Omit<BacktestAnswer, "firedPerDay" | "leftOff" | "fired"> & { fired: BacktestFiring[] },
): BacktestAnswer {
  const days = Math.max(all.to - all.from, 1) / DAY_MS
  const fired = all.fired.slice(0, MOST_FIRED)
  const firedPerDay = Number((all.fired.length / days).toPrecision(3))
  return { ...all, fired, firedPerDay, leftOff: all.fired.length - fired.length }
}
