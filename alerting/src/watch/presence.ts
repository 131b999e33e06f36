/**
 * Absence rules and the collector itself. One look: ask who reported when; decide first whether the answer can be trusted, then who is
 * silent. Known services are kept in PostgreSQL, so that a restart does not forget that one is absent.
 */
import type { Dimension, Group, LatestAnswer } from "@ossagent/wire"
import type { Logger } from "pino"
import type { Batch } from "../alarm/condition.ts"
import { type AbsenceMemory, createAbsenceMemory, look, loseSight, type Present, type Seen } from "../detect/absence.ts"
import { type CollectorState, createCollectorMemory, type LookResult, toCollectorState } from "../detect/collector.ts"
import type { KnownRule } from "../rule/store.ts"
import { type Collector, CollectorError } from "./collector.ts"
import { toAbsenceBatch, toCollectorBatch } from "./presence-batch.ts"
import type { PresenceStore } from "./presence-store.ts"

export interface PresenceSettings {
  minRunSec: number
  /** Somebody must have reported this lately, or the collector has nothing fresh. */
  freshSec: number
  /** A longer pause between two looks means that this process was asleep. */
  maxLookGapSec: number
}

export interface PresenceDeps {
  collector: Collector
  store: PresenceStore
  settings: PresenceSettings
  judge: (batch: Batch) => Promise<unknown>
  log: Logger
}

export interface Presence {
  /** Loads what was known before; until then nobody is known. */
  restore: () => Promise<void>
  look: (rules: readonly KnownRule[], now: number) => Promise<CollectorState>
  /** Nobody misses it any more, until it is seen again. */
  forget: (ruleId: string, group: Group) => Promise<void>
  /** Nobody misses anything of this service any more, until it is seen again; answers how much was forgotten. */
  forgetService: (service: string) => Promise<number>
}

const SAVE_EVERY_MS = 30_000

export function createPresence(deps: PresenceDeps): Presence {
  const memories = new Map<string, AbsenceMemory>()
  const collectorMemory = createCollectorMemory()
  const dirty = new Map<string, { ruleId: string; present: Present }>()
  let savedAt = 0
  const memoryOf = (ruleId: string): AbsenceMemory => {
    const memory = memories.get(ruleId) ?? createAbsenceMemory()
    memories.set(ruleId, memory)
    return memory
  }
  const lookAt = async (rule: KnownRule, answer: LatestAnswer, now: number): Promise<void> => {
    const settings = { absenceSec: rule.absenceSec ?? 30, minRunSec: deps.settings.minRunSec }
    const found = look(memoryOf(rule.id), toSeen(answer, now), now, settings)
    const save =
      now - savedAt >= SAVE_EVERY_MS ? [...found.changed, ...found.alive.filter((p) => p.proven)] : found.changed
    for (const present of save) dirty.set(`${rule.id}\u0001${present.key}`, { ruleId: rule.id, present })
    await deps.judge(toAbsenceBatch(rule, found, now))
  }
  const forget: Presence["forget"] = async (ruleId, group) => {
    const key = toKey(group)
    memories.get(ruleId)?.known.delete(key)
    dirty.delete(`${ruleId}\u0001${key}`)
    await deps.store.remove(ruleId, key)
  }
  return {
    restore: async () => {
      memories.clear()
      dirty.clear()
      for (const [ruleId, known] of await deps.store.load()) memories.set(ruleId, createAbsenceMemory(known))
    },
    look: async (rules, now) => {
      const absence = rules.filter((rule) => rule.detection === "absence" && rule.enabled && rule.key !== "collector")
      const { result, answer } = await readAll(deps, absence, now)
      const anybodyKnown = [...memories.values()].some((memory) => memory.known.size > 0)
      const maxLookGapSec = deps.settings.maxLookGapSec
      const state = toCollectorState(collectorMemory, result, now, { anybodyKnown, maxLookGapSec })
      const watched = rules.find((rule) => rule.key === "collector")
      if (watched?.enabled) await deps.judge(toCollectorBatch(watched, state, now))
      if (!state.usable || !answer) {
        for (const memory of memories.values()) loseSight(memory)
        return state
      }
      for (const rule of absence) {
        const own = isPlain(rule) ? answer : await tryAsk(deps, rule)
        if (own === null) loseSight(memoryOf(rule.id))
        else await lookAt(rule, own, now)
      }
      if (now - savedAt >= SAVE_EVERY_MS) savedAt = now
      await flush(deps.store, dirty)
      return state
    },
    forget,
    forgetService: async (service) => {
      const known = [...memories].flatMap(([ruleId, memory]) =>
        [...memory.known.values()].map(({ group }) => ({ ruleId, group })),
      )
      const gone = known.filter(({ group }) => group.service === service)
      for (const { ruleId, group } of gone) await forget(ruleId, group)
      return gone.length
    },
  }
}

async function flush(store: PresenceStore, dirty: Map<string, { ruleId: string; present: Present }>): Promise<void> {
  if (dirty.size === 0) return
  const saved = [...dirty.entries()]
  await store.save(saved.map(([, entry]) => entry))
  for (const [key, entry] of saved) if (dirty.get(key) === entry) dirty.delete(key)
}

const PLAIN_SPLIT = ["service", "subsystem"]

/** Whether a rule is answered by the question that is asked anyway. */
const isPlain = (rule: KnownRule): boolean =>
  rule.metric === "" && rule.filters.length === 0 && JSON.stringify(rule.split) === JSON.stringify(PLAIN_SPLIT)

async function readAll(
  { collector, settings, log }: PresenceDeps,
  rules: readonly KnownRule[],
  now: number,
): Promise<{ result: LookResult; answer: LatestAnswer | null }> {
  try {
    const windowSec = Math.max(60, ...rules.filter(isPlain).map((rule) => 2 * (rule.absenceSec ?? 0)))
    const split = PLAIN_SPLIT as Dimension[]
    const answer = await collector.ask("latest", { split, windowSec, stats: ["count"], limit: 200_000 })
    const fresh = toSeen(answer, now).some((one) => now - one.lastAt < settings.freshSec * 1000)
    return { result: fresh ? "fresh" : "stale", answer }
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error
    log.debug({ why: error.message }, "collector not asked")
    return { result: "none", answer: null }
  }
}

/** Null when this rule's own question fails: the others are looked at all the same. */
async function tryAsk(deps: PresenceDeps, rule: KnownRule): Promise<LatestAnswer | null> {
  try {
    return await ask(deps, rule)
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error
    deps.log.warn({ rule: rule.id, why: error.message }, "an absence rule cannot be asked: its alarms stay as they are")
    return null
  }
}

function ask({ collector }: PresenceDeps, rule: KnownRule): Promise<LatestAnswer> {
  const windowSec = Math.max(60, 2 * (rule.absenceSec ?? 0))
  const metrics = rule.metric === "" ? undefined : [rule.metric]
  const split = rule.split as Dimension[]
  return collector.ask("latest", { metrics, filters: rule.filters, split, windowSec, stats: ["count"], limit: 200_000 })
}

const toKey = (group: Group): string => JSON.stringify(Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Newest point by group, whatever the metric, on this process's clock: the answer says what time it is over there. */
function toSeen(answer: LatestAnswer, now: number): Seen[] {
  const shift = now - answer.to
  const seen = new Map<string, Seen>()
  answer.group.forEach((group, i) => {
    const key = toKey(group)
    const lastAt = (answer.lastAt[i] ?? 0) + shift
    const known = seen.get(key)
    if (!known || known.lastAt < lastAt) seen.set(key, { key, group, lastAt })
  })
  return [...seen.values()]
}
