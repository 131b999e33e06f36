/**
 * Gives series without a saved state the past that the collector has stored, so that a new process is not blind until it has seen two
 * hours itself. A few questions a minute, for the series that came last first: a watch of many new series warms up over some minutes.
 */
import { setImmediate as rest } from "node:timers/promises"
import type { Dimension, Group, RangeAnswer, RangeSeries, Stat } from "@ossagent/wire"
import type { Logger } from "pino"
import { learnPast } from "../detect/past.ts"
import { F } from "../detect/state.ts"
import { type Collector, CollectorError } from "./collector.ts"
import { BEAT, type HistoryWatch, type Watched } from "./history.ts"
import { isZeroWhenAbsent, LEAST_TIMINGS } from "./series.ts"

const MINUTE = 60
/** As long as the detector looks back. */
const PAST_SEC = 7 * 86_400
const SPLIT: Dimension[] = ["service", "subsystem", "version"]
/** Series a turn: two questions and some 50 ms of work each. */
const SERIES_A_TURN = 30
/** A question that fails so often is not asked again. */
const MOST_TRIES = 3

export interface WarmDeps {
  collector: Collector
  log: Logger
}

/**
 * Warms some of the cold series up to and including `minute`, which they have learnt already.
 *
 * @param minute start of the newest minute, Unix seconds
 * @returns how many were warmed
 */
export async function warmSome(deps: WarmDeps, watch: HistoryWatch, minute: number): Promise<number> {
  let warmed = 0
  for (let i = 0; i < SERIES_A_TURN; i++) {
    const next = watch.cold.at(-1)
    if (next === undefined) break
    const result = await tryWarm(deps, watch, next, minute)
    if (result === "away") break
    if (result === "warmed") warmed++
    await rest()
  }
  return warmed
}

async function tryWarm(
  { collector, log }: WarmDeps,
  watch: HistoryWatch,
  next: Watched,
  minute: number,
): Promise<"warmed" | "not stored" | "away"> {
  try {
    const past = await ask(collector, next.metric, toStats(next), next.group, minute)
    const beats = isZeroWhenAbsent(next.stat) ? await ask(collector, BEAT, ["last"], next.group, minute) : null
    leave(watch, next)
    return take(next, past, beats) ? "warmed" : "not stored"
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error
    log.debug({ metric: next.metric, why: error.message }, "past not asked")
    if (++next.tries >= MOST_TRIES || !error.away) leave(watch, next)
    return error.away ? "away" : "not stored"
  }
}

const toStats = ({ stat }: Watched): Stat[] => (stat === "p95" ? ["p95", "count"] : [stat])

function ask(collector: Collector, metric: string, stats: Stat[], group: Group, minute: number): Promise<RangeAnswer> {
  const filters = SPLIT.map((dim) => ({ dim, op: "in" as const, values: [group[dim] ?? ""] }))
  const to = (minute + MINUTE) * 1000
  return collector.ask("range", {
    metric,
    from: to - PAST_SEC * 1000,
    to,
    stepSec: MINUTE,
    stats,
    filters,
    split: SPLIT,
    top: 1,
  })
}

/** False where less is stored than the series has seen by itself. */
function take(next: Watched, past: RangeAnswer, beats: RangeAnswer | null): boolean {
  const own = past.series.find((series) => isOf(next, series))
  if (!own) return false
  const alive = beats?.series.find((series) => isOf(next, series))
  const t = past.t.map((ms) => ms / 1000)
  const state = learnPast(t, toValues(next, own, alive), next.options)
  if ((state.numbers[F.seen] as number) <= (next.state.numbers[F.seen] as number)) return false
  next.state = state
  next.dirty = true
  return true
}

const isOf = ({ group }: Watched, series: RangeSeries): boolean =>
  SPLIT.every((dim) => (group[dim] ?? "") === (series.group[dim] ?? ""))

function leave(watch: HistoryWatch, watched: Watched): void {
  const at = watch.cold.indexOf(watched)
  if (at >= 0) watch.cold.splice(at, 1)
}

/** As the detector sees them: counts by the minute, 0 where the instance lived and counted nothing. */
function toValues({ stat }: Watched, { values }: RangeSeries, alive: RangeSeries | undefined): (number | null)[] {
  const own = values[stat] ?? []
  if (stat === "p95") return own.map((value, i) => ((values.count?.[i] ?? 0) >= LEAST_TIMINGS ? value : null))
  if (!isZeroWhenAbsent(stat)) return [...own]
  const beat = alive?.values.last ?? []
  const factor = stat === "rate" ? MINUTE : 1
  return own.map((value, i) => (value !== null ? value * factor : (beat[i] ?? null) !== null ? 0 : null))
}
