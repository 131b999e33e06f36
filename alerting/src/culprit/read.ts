import type { Dimension, Filter, Group, Kind, LatestAnswer, MetricPart, Stat } from "@ossagent/wire"
import type { Collector } from "../watch/collector.ts"
import type { Window } from "./windows.ts"

/** Series of one answer at most; of more than these no culprit is looked for. */
const MOST_SERIES = 20_000
/** Values of one dimension at most: with more it is no dimension that anybody is guilty by. */
export const MOST_VALUES = 200

/** What all series of a metric did in a window. */
export interface Reading {
  group: Group
  value: number
  /** Set where the figure is a quotient: how many there were of it. */
  count: number | null
}

/** How figures of a kind and statistic are put together. */
export const isQuotient = (kind: Kind, stat: Stat): boolean =>
  kind !== "counter" && stat !== "count" && stat !== "rate" && stat !== "sum"

/** Reads every series of a part. Percentiles are taken as averages: the part that drags one drags the other. Throws CollectorError. */
export async function readPart(
  collector: Collector,
  { metric, stat, filters }: MetricPart,
  { to, sec }: Window,
  timeoutMs: number,
): Promise<Reading[]> {
  const question = {
    metrics: [metric],
    filters,
    split: "series" as const,
    windowSec: sec,
    to: to * 1000,
    stats: ["sum", "count"] satisfies Stat[],
    limit: MOST_SERIES,
  }
  const answer = await collector.ask("latest", question, timeoutMs)
  return answer.group.map((group, i) => toReading(answer, i, stat, group))
}

function toReading({ kind, values }: LatestAnswer, i: number, stat: Stat, group: Group): Reading {
  const [sum, count] = [values.sum?.[i] ?? 0, values.count?.[i] ?? 0]
  const of = kind[i] as Kind
  if (isQuotient(of, stat)) return { group, value: sum, count }
  return { group, value: of !== "counter" && stat !== "sum" ? count : sum, count: null }
}

const METRIC_DIM = /^(service|subsystem|version|host|label\..+)$/

/** The alarm's place as filters; what is no dimension of a metric is left out. */
export const toFilters = (group: Group): Filter[] =>
  Object.entries(group)
    .filter(([dim]) => METRIC_DIM.test(dim))
    .map(([dim, value]) => ({ dim: dim as Dimension, op: "in", values: [value] }))

/** Every agent sends this gauge, whatever its service does. */
const BEAT = "agent.waiting.memory"

/**
 * Who else was there, with nothing of the metric: versions and hosts of the same subsystems. Errors that come from one host of five are
 * its own; from the only one they may be anybody's. Throws CollectorError.
 */
export async function readIdle(
  collector: Collector,
  seen: readonly Reading[],
  { to, sec }: Window,
  timeoutMs: number,
): Promise<Reading[]> {
  const services = [...new Set(seen.map(({ group }) => group.service ?? ""))].slice(0, MOST_VALUES)
  if (services.length === 0) return []
  const filters: Filter[] = [{ dim: "service", op: "in", values: services }]
  const split: Dimension[] = ["service", "subsystem", "version", "host"]
  const stats: Stat[] = ["count"]
  const question = { metrics: [BEAT], filters, split, windowSec: sec, to: to * 1000, stats, limit: MOST_SERIES }
  const places = new Set(seen.map(({ group }) => toPlaceKey(group)))
  const { group } = await collector.ask("latest", question, timeoutMs)
  return group.filter((one) => places.has(toPlaceKey(one))).map((one) => ({ group: one, value: 0, count: null }))
}

const toPlaceKey = ({ service, subsystem }: Group): string => `${service}\u0001${subsystem}`
