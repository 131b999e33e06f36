/**
 * culprit: which dimension is guilty when a total moves. In: an alarm. Out: the values that explain the move, in words, or null.
 * `windows.ts` says what is compared with what, `read.ts` asks the collector, `slices.ts` splits, `rank.ts` judges.
 */
import type { Alarm, Culprit, MetricPart, NewRule } from "@ossagent/wire"
import { type Collector, CollectorError } from "../watch/collector.ts"
import { rankCulprits } from "./rank.ts"
import { type Reading, readIdle, readPart, toFilters } from "./read.ts"
import { toSlices } from "./slices.ts"
import { toActual, toBaselines, type Window } from "./windows.ts"

/** People wait for the message that the culprit stands in. */
const TIMEOUT_MS = 2_500
/** A second culprit is named beside the first when it is at least half as surprising. */
const BESIDE = 0.5

type Looked = Pick<Alarm, "metric" | "stat" | "group" | "detection" | "startedAt">
interface CulpritOptions {
  /** The alarm's, for what it is filtered by and, of a quotient, what it divides by. */
  rule?: Pick<NewRule, "filters" | "of">
  /** For all questions together. */
  timeoutMs?: number
  /** Told why the collector could not be asked. */
  onFault?: (error: CollectorError) => void
}

/**
 * Who is guilty of what an alarm tells; null when nothing stands out, when there is nothing to compare with, or when the collector does
 * not answer in time. Asks three questions, more only where there is nothing near to compare with or two metrics are divided. Never throws
 * for the collector's sake.
 */
export async function findCulprit(
  collector: Collector,
  alarm: Looked,
  now: number,
  { rule, onFault, timeoutMs = TIMEOUT_MS }: CulpritOptions = {},
): Promise<Culprit | null> {
  if (alarm.metric === "" || alarm.detection === "absence") return null
  const deadline = performance.now() + timeoutMs
  const ask = { collector, leftMs: () => Math.max(1, Math.floor(deadline - performance.now())) }
  try {
    return await look(ask, alarm, now, rule)
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error
    onFault?.(error)
    return null
  }
}

interface Ask {
  collector: Collector
  leftMs: () => number
}

async function look(ask: Ask, alarm: Looked, now: number, rule?: CulpritOptions["rule"]): Promise<Culprit | null> {
  const place = toFilters(alarm.group)
  const part = { metric: alarm.metric, stat: alarm.stat, filters: [...place, ...(rule?.filters ?? [])] }
  const of = rule?.of === undefined ? null : { ...rule.of, filters: [...place, ...rule.of.filters] }
  const window = toActual(alarm, now)
  const actual = await readBoth(ask, part, of, window)
  if (actual.top.length + actual.bottom.length === 0) return null
  const idle = actual.top.some(({ count }) => count !== null)
    ? []
    : await readIdle(ask.collector, [...actual.top, ...actual.bottom], window, ask.leftMs())
  const before = await readBefore(ask, part, of, { alarm, now, sec: window.sec })
  const below = of === null ? null : { actual: actual.bottom, forecast: before.bottom }
  const compared = { actual: actual.top, forecast: before.top, idle, of: below }
  return toWhole(rankCulprits(toSlices(compared, Object.keys(alarm.group))))
}

interface Both {
  top: Reading[]
  /** Of a quotient of two metrics. */
  bottom: Reading[]
}

/** The nearest baseline that has anything, as if it were as long as what it is compared with; nothing when none has. */
async function readBefore(
  ask: Ask,
  part: MetricPart,
  of: MetricPart | null,
  { alarm, now, sec }: { alarm: Looked; now: number; sec: number },
): Promise<Both> {
  for (const window of toBaselines(alarm, now)) {
    const { top, bottom } = await readBoth(ask, part, of, window)
    if (top.length + bottom.length === 0) continue
    return { top: scaled(top, sec / window.sec), bottom: scaled(bottom, sec / window.sec) }
  }
  return { top: [], bottom: [] }
}

async function readBoth(ask: Ask, part: MetricPart, of: MetricPart | null, window: Window): Promise<Both> {
  const read = (one: MetricPart): Promise<Reading[]> => readPart(ask.collector, one, window, ask.leftMs())
  const [top, bottom] = await Promise.all([read(part), of === null ? [] : read(of)])
  return { top, bottom }
}

const scaled = (readings: readonly Reading[], by: number): Reading[] =>
  readings.map(({ group, value, count }) => ({ group, value: value * by, count: count === null ? null : count * by }))

/** The most surprising one, with the next in its words where that is nearly as much so. */
function toWhole([first, second]: Culprit[]): Culprit | null {
  if (first === undefined) return null
  if (second === undefined || second.surprise < BESIDE * first.surprise) return first
  return { ...first, text: `${first.text}; ${second.text}` }
}
