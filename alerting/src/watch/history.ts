/**
 * Every series against its own history. In: the answer of one closed minute. Out: conditions. Holds one detector state a series, up to
 * a limit; what is over it is counted and not watched. A minute is learnt once, in order; states are saved a part each minute.
 */
import type { Group, Kind, LatestAnswer, Rule, Stat } from "@ossagent/wire"
import { type Batch, type Condition, toCondition } from "../alarm/condition.ts"
import { createHistory, type HistoryOptions, type Judgement, observe } from "../detect/history.ts"
import { F, type HistoryState } from "../detect/state.ts"
import { toHistoryVerdict } from "../detect/verdict.ts"
import { toComparison } from "../detect/words.ts"
import { formatValue } from "../picture/units.ts"
import { toPlace } from "./place.ts"
import { isZeroWhenAbsent, type MinuteValue, toHistoryOptions, toMinuteValues, toSeriesKey } from "./series.ts"

export interface Watched {
  key: string
  metric: string
  stat: Stat
  unit: string
  group: Group
  kind: Kind
  options: HistoryOptions
  state: HistoryState
  /** Changed since it was saved. */
  dirty: boolean
  /** Questions for its past that failed. */
  tries: number
}

export interface HistoryWatch {
  series: Map<string, Watched>
  maxSeries: number
  /** Values that were not watched because the limit is reached, since the start. */
  refused: number
  /** Series whose stored past is not learnt yet, newest last; those over the limit are not listed and learn as they go. */
  cold: Watched[]
  /** Whose agents beat in the newest minute; null before the first. */
  beating: ReadonlySet<string> | null
}

export const createHistoryWatch = (maxSeries: number): HistoryWatch => ({
  series: new Map(),
  maxSeries,
  refused: 0,
  cold: [],
  beating: null,
})

export interface Seen {
  watched: Watched
  value: number
  judgement: Judgement
}

/**
 * Learns one minute.
 *
 * @param minute its start, Unix seconds; a minute that a series has learnt already is left out for it
 * @param sensitivityOf what score counts as out for a series
 * @returns what was observed, with the verdict of each
 */
export function learnMinute(
  watch: HistoryWatch,
  minute: number,
  answer: LatestAnswer,
  sensitivityOf: (watched: Watched) => number,
): (Seen & { verdict: Condition["verdict"] })[] {
  const values = toMinuteValues(answer)
  const alive = new Set(answer.group.map(toInstance))
  const isPartial = findPartial(watch, answer)
  const came = new Set<string>()
  const seen: (Seen & { verdict: Condition["verdict"] })[] = []
  const learn = (watched: Watched, value: number) => {
    if ((watched.state.numbers[F.seen] as number) > 0 && minute <= (watched.state.numbers[F.lastT] as number)) return
    const judgement = observe(watched.state, minute, value, watched.options)
    const verdict = toHistoryVerdict(watched.state, judgement, sensitivityOf(watched))
    watched.dirty = true
    seen.push({ watched, value, judgement, verdict })
  }
  for (const value of values) {
    came.add(value.key)
    if (isZeroWhenAbsent(value.stat) && isPartial(value.group)) continue
    const watched = watch.series.get(value.key) ?? tryAdd(watch, value)
    if (watched) learn(watched, value.value)
  }
  for (const watched of watch.series.values())
    if (!came.has(watched.key) && isZeroWhenAbsent(watched.stat) && alive.has(toInstance(watched.group)))
      if (!isPartial(watched.group)) learn(watched, 0)
  return seen
}

/** Series that wait for their past at most. */
const MOST_COLD = 10_000

/** Every agent sends this gauge with each flush, whatever its service does. */
export const BEAT = "agent.waiting.memory"
const BEAT_MS = 15_000

/**
 * Tells of whom this minute holds a part only: an instance that stopped or started in it, and everything else of a service of which
 * nobody is left. Their counts are no fall: a deploy is not an alarm. Remembers who beats for the next minute.
 */
function findPartial(watch: HistoryWatch, answer: LatestAnswer): (group: Group) => boolean {
  const partial = new Set<string>()
  const beating = new Set<string>()
  const services = new Map<string, boolean>()
  answer.group.forEach((group, i) => {
    if (answer.metric[i] !== BEAT) return
    const instance = toInstance(group)
    const stopped = answer.to - (answer.lastAt[i] ?? answer.to) > BEAT_MS
    const started = watch.beating !== null && !watch.beating.has(instance)
    if (stopped || started) partial.add(instance)
    if (!stopped) beating.add(instance)
    const service = group.service ?? ""
    services.set(service, (services.get(service) ?? true) && (stopped || started))
  })
  watch.beating = beating
  return (group) => partial.has(toInstance(group)) || services.get(group.service ?? "") === true
}

const toInstance = ({ service, subsystem, version }: Group): string =>
  `${service ?? ""}\u0001${subsystem ?? ""}\u0001${version ?? ""}`

function tryAdd(watch: HistoryWatch, value: MinuteValue): Watched | null {
  if (watch.series.size >= watch.maxSeries) {
    watch.refused++
    return null
  }
  const { key, metric, stat, unit, group, kind } = value
  const watched = {
    key,
    metric,
    stat,
    unit,
    group,
    kind,
    options: toHistoryOptions(value),
    state: createHistory(),
    dirty: true,
    tries: 0,
  }
  watch.series.set(key, watched)
  if (watch.cold.length < MOST_COLD) watch.cold.push(watched)
  return watched
}

/** A series as it was saved; its key is made anew. */
export function restoreSeries(
  watch: HistoryWatch,
  saved: { metric: string; stat: Stat; unit: string; group: Group; kind: Kind; state: HistoryState },
): void {
  const key = toSeriesKey(saved.metric, saved.stat, saved.group)
  if (watch.series.size >= watch.maxSeries && !watch.series.has(key)) return
  watch.series.set(key, { ...saved, key, options: toHistoryOptions(saved), dirty: false, tries: 0 })
}

/** Forgets series that had no point since `before` (Unix seconds). Returns their keys. */
export function evict(watch: HistoryWatch, before: number): string[] {
  const gone = [...watch.series.values()].filter(({ state }) => (state.numbers[F.lastT] as number) < before)
  for (const { key } of gone) watch.series.delete(key)
  watch.cold = watch.cold.filter(({ key }) => watch.series.has(key))
  return gone.map(({ key }) => key)
}

/** The first rule, users' own before the built-in one, that speaks of a series. */
export function toRuleOf(rules: readonly Rule[]): (watched: Pick<Watched, "metric" | "group">) => Rule | null {
  const ordered = [...rules].sort((a, b) => Number(a.builtIn) - Number(b.builtIn))
  return ({ metric, group }) =>
    ordered.find(
      (rule) =>
        (rule.metric === "" || rule.metric === metric) &&
        rule.filters.every(({ dim, op, values }) => values.includes(group[dim] ?? "") === (op === "in")),
    ) ?? null
}

/** Conditions of one minute. Good ones matter only where an alarm is open: the others are left out. */
export function toHistoryBatch(
  rules: readonly Rule[],
  seen: readonly (Seen & { verdict: Condition["verdict"] })[],
  isOpen: (fingerprint: string) => boolean,
  at: number,
): Batch {
  const ruleOf = toRuleOf(rules)
  const conditions: Condition[] = []
  const anyOpen = isOpen("")
  for (const one of seen) {
    if (one.verdict === "good" && !anyOpen) continue
    const rule = ruleOf(one.watched)
    if (!rule?.enabled) continue
    const condition = toHistoryCondition(rule, one)
    if (one.verdict !== "good" || isOpen(condition.fingerprint)) conditions.push(condition)
  }
  return { ruleIds: rules.map((rule) => rule.id), rules, conditions, at }
}

function toHistoryCondition(
  rule: Rule,
  { watched, value, judgement, verdict }: Seen & Pick<Condition, "verdict">,
): Condition {
  const { metric, stat, unit, group } = watched
  const scale = stat === "rate" ? 1 / 60 : 1
  const { expected, lower, upper, score } = judgement
  const figure = (v: number) => formatValue(v * scale, unit, stat)
  const side = value > expected ? "more" : "less"
  const band = `${figure(lower)} to ${figure(upper)}`
  return toCondition({
    rule,
    verdict,
    title: `${toPlace(group)}: ${metric} ${stat} is ${figure(value)}, ${side} than its history (${band})`,
    why: `${metric} (${stat} of the minute) is ${figure(value)}; ${toComparison(judgement, figure)}; expected about ${figure(expected)}`,
    metric,
    stat,
    unit,
    group,
    value: value * scale,
    expected: expected * scale,
    lower: lower * scale,
    upper: upper * scale,
    score,
  })
}
