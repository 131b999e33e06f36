/**
 * Questions to the collector and its answers. `POST /v1/report/<name>` with a question as JSON and `Authorization: Bearer <read token>`;
 * the answer is JSON, or `{ error: { code, message } }` with a 4xx or 5xx status.
 */
import type {
  ActivityAnswer,
  ActivityQuestion,
  EventsAnswer,
  EventsQuestion,
  FunnelAnswer,
  FunnelQuestion,
  RetentionAnswer,
  RetentionQuestion,
} from "./behaviour.ts"
import type { ExceptionAnswer, ExceptionQuestion, ExceptionsAnswer, ExceptionsQuestion } from "./exception.ts"
import type { Kind } from "./series.ts"

/** A label is asked for as `label.<name>`. */
export type Dimension = "service" | "subsystem" | "version" | "host" | `label.${string}`

/** A series matches when its value of `dim` is (`in`) or is not (`notIn`) one of `values`; a missing label has the value "". */
export interface Filter {
  dim: Dimension
  op: "in" | "notIn"
  values: string[]
}

/** `rate` is `sum` per second; percentiles are of timers and sizes only, relative error at most 2.2 %. */
export type Stat = "rate" | "sum" | "avg" | "min" | "max" | "last" | "count" | Percentile
export type Percentile = "p50" | "p75" | "p90" | "p95" | "p99" | "p999"

export const PERCENTILES: Readonly<Record<Percentile, number>> = {
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
}
export const STATS: readonly Stat[] = [
  "rate",
  "sum",
  "avg",
  "min",
  "max",
  "last",
  "count",
  "p50",
  "p75",
  "p90",
  "p95",
  "p99",
  "p999",
]

/** Comparison with the same clock time, one or seven days earlier. */
export type Compare = "1d" | "7d"

/** One value a step, oldest first; null where nothing was recorded. */
export type Values = (number | null)[]

/** Which dimension values a group stands for; empty for the total. */
export type Group = Record<string, string>

// ---- range: one metric over time -------------------------------------------------------------------------------------------------

export interface RangeQuestion {
  metric: string
  /** Unix ms; both are widened to whole steps. */
  from: number
  to: number
  /** Whole seconds; left out: chosen so that about 300 steps fit. */
  stepSec?: number
  stats: Stat[]
  filters?: Filter[]
  split?: Dimension[]
  /** How many groups at most, largest first (by count for timers and sizes, by sum for counters, by average for gauges); default 10. */
  top?: number
  compare?: Compare[]
}

export interface RangeSeries {
  group: Group
  values: Partial<Record<Stat, Values>>
  compare?: Partial<Record<Compare, Partial<Record<Stat, Values>>>>
}

export interface RangeAnswer {
  metric: string
  kind: Kind
  unit: string
  stepSec: number
  /** Unix ms of each step's start, oldest first. */
  t: number[]
  series: RangeSeries[]
  /** Groups that `top` left off. */
  leftOff: number
  /** The coarsest table read: seconds of its resolution. */
  tierSec: 1 | 60 | 3600
}

// ---- latest: many metrics, one window --------------------------------------------------------------------------------------------

export interface LatestQuestion {
  /** Names of metrics; left out: all of them. */
  metrics?: string[]
  filters?: Filter[]
  /** `"series"` answers a row for each series; dimensions group; left out: one row a metric. */
  split?: Dimension[] | "series"
  /** Window length; the window ends at `to` (exclusive), default now. Default 10 s. */
  windowSec?: number
  to?: number
  stats: Stat[]
  /** Rows at most, default 10,000, at most 200,000; more is an error that says so. */
  limit?: number
}

/** Column-wise; row i is `metric[i]`, `group[i]`, `values.avg[i]` … */
export interface LatestAnswer {
  from: number
  to: number
  metric: string[]
  kind: Kind[]
  unit: string[]
  /** For `split: "series"`: service, subsystem, version, host and every label as `label.<name>`. */
  group: Group[]
  values: Partial<Record<Stat, Values>>
  /** Unix ms of the newest point in the window. */
  lastAt: number[]
}

// ---- matrix: one figure by two dimensions -----------------------------------------------------------------------------------------

export interface MatrixQuestion {
  metric: string
  stat: Stat
  /** Default subsystem × version. */
  rows?: Dimension
  columns?: Dimension
  filters?: Filter[]
  windowSec?: number
  to?: number
}

export interface MatrixAnswer {
  metric: string
  kind: Kind
  unit: string
  from: number
  to: number
  rows: string[]
  columns: string[]
  /** `cells[row][column]`, null where nothing was recorded. */
  cells: Values[]
  /** The same cells a day before, for colour by change. */
  before: Values[]
}

// ---- catalog: what there is --------------------------------------------------------------------------------------------------------

export interface CatalogQuestion {
  /** Words that all must occur (case-insensitive) in metric, service, subsystem or version. */
  search?: string
  service?: string
  subsystem?: string
  metric?: string
  /** Only what was seen since then, Unix ms; default: the last 24 hours. */
  since?: number
  /** Default 1,000, at most 10,000 entries. */
  limit?: number
}

/** One metric of one subsystem. */
export interface CatalogEntry {
  metric: string
  kind: Kind
  unit: string
  service: string
  subsystem: string
  /** Newest first by last seen, at most 50. */
  versions: string[]
  /** At most 50. */
  hosts: string[]
  /** Values of each label, at most 50 a label. */
  labels: Record<string, string[]>
  seriesCount: number
  firstSeen: number
  lastSeen: number
}

export interface CatalogAnswer {
  entries: CatalogEntry[]
  leftOff: number
}

// ---- live: server-sent events ------------------------------------------------------------------------------------------------------

/**
 * `POST /v1/report/live`, answered as `text/event-stream`: an event `data: LiveEvent` for every question as its newest seconds
 * arrive, at most twice a second, and `event: catalog`, `data: CatalogChanged` at the start and when new series have come, at most ten
 * times a second. A comment line every 15 s.
 */
export interface LiveQuestion {
  /** At most 32 questions in one stream; `id` comes back with each event. */
  questions: (Omit<RangeQuestion, "from" | "to" | "compare" | "stepSec"> & { id: string })[]
}

/** There are series that an earlier catalog lacks. */
export interface CatalogChanged {
  /** Another number than before whenever there is a new series. */
  version: number
}

/** The last 10 whole or part seconds, to be laid over what the page holds: a second may be sent again, larger. */
export interface LiveEvent {
  id: string
  stepSec: 1
  t: number[]
  series: RangeSeries[]
  kind: Kind
  unit: string
}

/** Every report: its question and its answer. */
export interface Reports {
  range: { question: RangeQuestion; answer: RangeAnswer }
  latest: { question: LatestQuestion; answer: LatestAnswer }
  matrix: { question: MatrixQuestion; answer: MatrixAnswer }
  catalog: { question: CatalogQuestion; answer: CatalogAnswer }
  exceptions: { question: ExceptionsQuestion; answer: ExceptionsAnswer }
  exception: { question: ExceptionQuestion; answer: ExceptionAnswer }
  events: { question: EventsQuestion; answer: EventsAnswer }
  funnel: { question: FunnelQuestion; answer: FunnelAnswer }
  retention: { question: RetentionQuestion; answer: RetentionAnswer }
  activity: { question: ActivityQuestion; answer: ActivityAnswer }
}

/** The form of every error answer of every OssAgent service. `retryAfterSec` also stands in the `Retry-After` header. */
export interface ErrorAnswer {
  error: { code: string; message: string; retryAfterSec?: number; where?: string }
}
