/** Which series the history detector watches, and how each is looked at. */
import type { Group, Kind, LatestAnswer, Stat } from "@ossagent/wire"
import type { HistoryOptions } from "../detect/history.ts"

/** One value of one minute of one watched series. */
export interface MinuteValue {
  key: string
  metric: string
  kind: Kind
  stat: Stat
  unit: string
  group: Group
  /** As the detector sees it: counts by the minute, everything else as reported. */
  value: number
}

/** Fewer timings than this in a minute say nothing about a percentile. */
export const LEAST_TIMINGS = 10
/** Half a day of minutes would be better, two hours is what a new service can wait for. */
export const WARM_UP_POINTS = 120

export const toSeriesKey = (metric: string, stat: Stat, group: Group): string =>
  [metric, stat, group.service ?? "", group.subsystem ?? "", group.version ?? ""].join("\u0001")

/** The question's statistics: one of them fits each kind. */
export const HISTORY_STATS: Stat[] = ["rate", "avg", "p95", "count"]

/** Every value of a minute's answer that a detector watches. */
export function toMinuteValues(answer: LatestAnswer): MinuteValue[] {
  const values: MinuteValue[] = []
  const at = (stat: Stat, i: number) => answer.values[stat]?.[i] ?? null
  for (let i = 0; i < answer.metric.length; i++) {
    const kind = answer.kind[i] as Kind
    const metric = answer.metric[i] as string
    const group = answer.group[i] ?? {}
    const add = (stat: Stat, value: number | null) => {
      if (value === null || !Number.isFinite(value)) return
      values.push({
        key: toSeriesKey(metric, stat, group),
        metric,
        kind,
        stat,
        unit: answer.unit[i] ?? "",
        group,
        value,
      })
    }
    if (kind === "counter") add("rate", times(at("rate", i), 60))
    else if (kind === "gauge") add("avg", at("avg", i))
    else {
      const count = at("count", i)
      add("count", count)
      if ((count ?? 0) >= LEAST_TIMINGS) add("p95", at("p95", i))
    }
  }
  return values
}

const times = (value: number | null, factor: number): number | null => (value === null ? null : value * factor)

/** Whether "nothing in this minute" is the value 0: agents send counters and timers only when something happened. */
export const isZeroWhenAbsent = (stat: Stat): boolean => stat === "rate" || stat === "count"

const BAD_WHEN_MORE = /error|fail|exception|drop|timeout|reject|retr(y|ies)|refus|lost|shed/i

/** How far off a series must be before it matters to people; the figures are per minute for counts. */
export function toHistoryOptions({
  metric,
  stat,
  unit,
}: Pick<MinuteValue, "metric" | "stat" | "unit">): HistoryOptions {
  const base = { stepSec: 60, warmUp: WARM_UP_POINTS }
  if (stat === "rate" || stat === "count") {
    const direction = BAD_WHEN_MORE.test(metric) ? "up" : "both"
    return { ...base, counts: true, direction, minAbsolute: 10, minRelative: 0.3 }
  }
  if (stat === "p95")
    return { ...base, counts: false, direction: "up", minAbsolute: unit === "ms" ? 5 : 0, minRelative: 0.5 }
  return { ...base, counts: false, direction: "both", minAbsolute: unit === "1" ? 0.1 : 0, minRelative: 0.3 }
}
