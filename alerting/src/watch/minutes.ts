/** Drives the history watch: minute after minute as they close, those that were missed first. */
import type { Agent } from "@ossagent/agent"
import type { Dimension, Rule } from "@ossagent/wire"
import type { Logger } from "pino"
import type { Batch } from "../alarm/condition.ts"
import type { Collector } from "./collector.ts"
import { createHistoryWatch, type HistoryWatch, learnMinute, toHistoryBatch, toRuleOf } from "./history.ts"
import type { HistoryStore } from "./history-store.ts"
import { HISTORY_STATS } from "./series.ts"
import { warmSome } from "./warm.ts"

export interface MinutesDeps {
  collector: Collector
  store: HistoryStore
  judge: (batch: Batch) => Promise<unknown>
  /** Fingerprints of open alarms of these rules. */
  readOpen: (ruleIds: readonly string[]) => Promise<ReadonlySet<string>>
  maxSeries: number
  /** Unix ms. */
  clock: () => number
  log: Logger
  agent: Agent
}

export interface Minutes {
  restore: () => Promise<void>
  /** Learns every closed minute up to `now` and judges the newest. */
  turn: (rules: readonly Rule[], now: number) => Promise<void>
  /** Saves everything that is not saved yet. */
  save: () => Promise<void>
}

const MINUTE = 60
/** Minutes that are made good after an outage; what is older is a gap. */
const CATCH_UP = 120
/** A state is saved once in so many minutes; after a crash so many are learnt again. */
const SAVE_PARTS = 5
const FORGET_SEC = 8 * 86_400

export function createMinutes(deps: MinutesDeps): Minutes {
  const watch = createHistoryWatch(deps.maxSeries)
  const points = toPoints(deps.agent)
  let last: number | null = null
  let unjudged: Learnt | null = null
  /** A database that is away must not swallow a verdict: what was learnt is judged as soon as it is back. */
  const judgeLeft = async (rules: readonly Rule[], now: number): Promise<void> => {
    if (unjudged && rules.length > 0) {
      const open = await deps.readOpen(rules.map((rule) => rule.id))
      await deps.judge(
        toHistoryBatch(rules, unjudged, (print) => (print === "" ? open.size > 0 : open.has(print)), now),
      )
    }
    unjudged = null
  }
  return {
    restore: async () => {
      watch.series.clear()
      watch.cold = []
      unjudged = null
      const newest = await deps.store.load(watch)
      if (newest !== null) last = newest - SAVE_PARTS * MINUTE
      if (watch.series.size > 0) deps.log.info({ series: watch.series.size }, "histories restored")
    },
    turn: async (rules, now) => {
      await judgeLeft(rules, now)
      const newest = Math.floor(now / 1000 / MINUTE) * MINUTE - MINUTE
      const from = last === null ? newest : Math.max(last + MINUTE, newest - CATCH_UP * MINUTE)
      for (let minute = from; minute <= newest; minute += MINUTE) {
        const seen = await learn(deps, { watch, rules, minute, points })
        last = minute
        if (minute === newest) unjudged = seen
        await judgeLeft(rules, now)
        if (minute === newest) points.lag.record(deps.clock() - (minute + MINUTE) * 1000)
        await savePart(deps.store, watch, minute)
      }
      if (last !== null && from <= newest) points.warmed.inc(await warmSome(deps, watch, last))
    },
    save: () => deps.store.save([...watch.series.values()].filter((watched) => watched.dirty)),
  }
}

const toPoints = (agent: Agent) => ({
  watched: agent.gauge("alerting.series", { unit: "{series}" }),
  observed: agent.counter("alerting.observations", { unit: "{point}" }),
  warmed: agent.counter("alerting.series.warmed", { unit: "{series}" }),
  refused: agent.counter("alerting.observations.refused", { unit: "{point}" }),
  took: agent.timer("alerting.minute", { unit: "ms" }),
  /** From the end of a minute to the last verdict on it. */
  lag: agent.timer("alerting.minute.lag", { unit: "ms" }),
})

interface Turn {
  watch: HistoryWatch
  rules: readonly Rule[]
  minute: number
  points: ReturnType<typeof toPoints>
}

type Learnt = ReturnType<typeof learnMinute>

async function learn(deps: MinutesDeps, { watch, rules, minute, points }: Turn): Promise<Learnt> {
  const answer = await deps.collector.ask("latest", {
    split: ["service", "subsystem", "version"] as Dimension[],
    windowSec: MINUTE,
    to: (minute + MINUTE) * 1000,
    stats: HISTORY_STATS,
    limit: 200_000,
  })
  const began = performance.now()
  const ruleOf = toRuleOf(rules)
  const refusedBefore = watch.refused
  const seen = learnMinute(watch, minute, answer, (watched) => ruleOf(watched)?.sensitivity ?? 0.99)
  points.observed.inc(seen.length)
  points.refused.inc(watch.refused - refusedBefore)
  points.watched.set(watch.series.size)
  points.took.record(performance.now() - began)
  if (watch.refused > refusedBefore)
    deps.log.warn({ series: watch.series.size, refused: watch.refused - refusedBefore }, "more series than are watched")
  return seen
}

async function savePart(store: HistoryStore, watch: HistoryWatch, minute: number): Promise<void> {
  const part = (minute / MINUTE) % SAVE_PARTS
  const due = [...watch.series.values()].filter((watched, i) => watched.dirty && i % SAVE_PARTS === part)
  await store.save(due)
  if ((minute / MINUTE) % 60 === 0) await store.evict(watch, minute - FORGET_SEC)
}
