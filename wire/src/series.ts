/**
 * What a metric series is, on every side of every border.
 *
 * Two series are one when all of `service, subsystem, version, host, metric, kind, labels` are equal. `unit` describes and does not
 * identify.
 */
export type Kind = "counter" | "gauge" | "timer" | "size"

/** Kinds in the order of their number in frames and tables: append only. */
export const KINDS: readonly Kind[] = ["counter", "gauge", "timer", "size"]

/** Labels of one series, at most {@link LIMITS.labels}; keys and values are short and of low cardinality. */
export type Labels = Readonly<Record<string, string>>

export interface Series {
  service: string
  subsystem: string
  /** The client version where a request carries one, else the service's own. */
  version: string
  host: string
  metric: string
  kind: Kind
  /** UCUM-like: `ms`, `By`, `1` (a ratio 0–1), `{thing}`; empty when it says nothing. */
  unit: string
  labels: Labels
}

/** Whether points of this kind carry a histogram. */
export const hasBuckets = (kind: Kind): boolean => kind === "timer" || kind === "size"

/** Limits of the contract, in characters and pieces; enforced by the agent and again by the collector. */
export const LIMITS = {
  name: 128,
  value: 128,
  labels: 8,
  unit: 32,
  /** Series of one service and metric; what is over it is folded into the version, host or label value {@link OTHER}. */
  seriesPerMetric: 2_000,
} as const

/** The dimension value that takes what is over the cardinality limit. */
export const OTHER = "other"

/**
 * The identity of a series as one string, equal exactly when the series are one.
 * Label order does not matter. Separator U+0001 cannot occur in a valid name.
 */
export function seriesKey({ metric, service, subsystem, version, host, kind, labels }: Series): string {
  const names = Object.keys(labels)
  if (names.length > 1) names.sort()
  const pairs = names.map((name) => `${name}\u0002${labels[name]}`)
  // Joined, not added up: V8 would keep a tree of its parts, five times as large.
  return [metric, service, subsystem, version, host, kind, ...pairs].join("\u0001")
}
