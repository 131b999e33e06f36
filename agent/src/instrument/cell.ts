/**
 * instrument: what the host touches. A handle (`Counter`, `Gauge`, `Timer`) is one series' cell: it folds what it is given into a few
 * fields and, once an interval, puts itself on its kind's list of the changed. `buffer/flush.ts` drains those lists.
 */
import type { Kind, Series } from "@ossagent/wire"
import type { Counter } from "./counter.ts"
import type { Gauge } from "./gauge.ts"
import type { Timer } from "./timer.ts"

/** Dimensions that one call adds to its metric: `subsystem` and `version` are the series' own, all others are labels. */
export type Dims = Readonly<Record<string, string | number | boolean | undefined>>

/** What every handle has: its series, and its id on the wire once it was sent. */
export interface Cell {
  readonly series: Series
  /** Id within the agent's epoch; 0 until first sent. */
  id: number
}

/** The handles touched since the last flush, by kind; a handle stands there at most once. */
export interface Changed {
  counters: Counter[]
  gauges: Gauge[]
  timers: Timer[]
}

/** What the agent did not take from its host, by reason, since it started. */
export type Refused = Record<
  "not_a_number" | "bad_name" | "too_many_series" | "too_many_exceptions" | "bad_event",
  number
>

export interface MetricOptions {
  /** UCUM-like: `ms`, `By`, `1`, `{request}`. */
  unit?: string
  /** Labels of every series of this metric. */
  labels?: Dims
  subsystem?: string
}

/** What a handle needs of its agent. */
export interface Instruments {
  changed: Changed
  refused: Refused
}

export type { Kind, Series }
