/**
 * Logic versions and their gray releases. Same port as `alarm.ts`; `POST /v1/logic/report` takes the token of services with logic, and nothing else.
 *
 * | call | what |
 * |---|---|
 * | `POST /v1/logic/report` `LogicReport` | `LogicAnswer`: what is to run; each two seconds from every process with logic |
 * | `GET /v1/logic` | `{ modules: LogicModuleState[] }`: what runs where |
 * | `GET /v1/releases?module=&service=&experiment=&before=<id>&limit=` | `{ releases: Release[], nextBefore }`, newest first |
 * | `GET /v1/releases/:id` | `ReleasePage` |
 * | `GET /v1/releases/marks?from=&to=` | `{ marks: ReleaseMark[] }`, newest first, at most 200 |
 * | `POST /v1/releases` `NewRelease` | `{ release }` |
 * | `POST /v1/releases/:id/abort` `{ note? }` | `{ release }`: traffic is back on the old version with the next report of each process |
 */

/** Users are spread over so many buckets; a ratio is a number of them. */
export const RELEASE_BUCKETS = 10_000
/** Users of each judged side are put in so many groups; a group is one observation, for its users are what was drawn by lot. */
export const RELEASE_GROUPS = 16

/** Whose calls may go to the new version. An empty list lets all through. */
export interface Audience {
  /** Client versions. */
  versions: string[]
  regions: string[]
  /** Always get the new version, whatever the ratio, and are not judged. */
  users: string[]
}

/** What one module is to run. */
export interface LogicPlan {
  module: string
  /** The version that takes what no release takes. */
  current: string
  release: { id: string; version: string; ratio: number; audience: Audience } | null
}

/** `put_out`: it threw, leaked or blocked; `failed`: it could not be loaded. Both until the next release. */
export type LogicState = "loading" | "ready" | "draining" | "put_out" | "failed"

/** What a process runs, and what it did with the plan. */
export interface LogicReport {
  service: string
  /** Unique for each process. */
  instance: string
  modules: {
    module: string
    current: string
    /** Versions that could be loaded: folders with an `index.js`. */
    found: string[]
    versions: {
      version: string
      state: LogicState
      why: string
      release: string | null
      heapBytes: number
      calls: number
    }[]
  }[]
}

export interface LogicAnswer {
  /** Of the modules that were reported. */
  plans: LogicPlan[]
}

export interface LogicModuleState {
  module: string
  service: string
  current: string
  found: string[]
  instances: { instance: string; at: number; versions: LogicReport["modules"][number]["versions"] }[]
}

export interface NewRelease {
  module: string
  version: string
  /** Ratios, each 0–1 and larger than the one before; an experiment has one. Default 0.01, 0.05, 0.2, 1. */
  steps?: number[]
  audience?: Partial<Audience>
  /** Held at its ratio until it is ended: reported, not decided. */
  experiment?: boolean
  /** A step lasts at least so long, seconds; default 300. */
  stepSec?: number
  /** A step waits until each side has so many calls; default 2,000. */
  minSamples?: number
}

/** `waiting`: no process has said yet that it runs the new version. */
export type ReleaseState = "waiting" | "running" | "held" | "done" | "rolled_back" | "aborted"
export type Verdict = "wait" | "go_on" | "hold" | "roll_back"

export interface Release {
  id: string
  service: string
  module: string
  version: string
  /** The version before it. */
  from: string
  state: ReleaseState
  experiment: boolean
  steps: number[]
  audience: Audience
  stepSec: number
  minSamples: number
  /** Index into `steps`. */
  step: number
  stepAt: number
  /** Why it is in this state, in words. */
  why: string
  startedAt: number
  startedBy: string
  endedAt: number | null
  endedBy: string | null
}

/** `latency`: mean; `tail`: 95th percentile; `calls`: of equally many users; `memory`: growth of the live heap. */
export type ReleaseMetric = "latency" | "tail" | "errors" | "calls" | "memory" | "crashes"

/** One metric of one judgement: new against old, over the same time. */
export interface MetricJudgement {
  metric: ReleaseMetric
  unit: string
  /** Means of the two sides; null when nothing was recorded. */
  old: number | null
  new: number | null
  /** Shift by Hodges and Lehmann, in the metric's unit, with its 95 % interval; null where it cannot be said. */
  shift: number | null
  /** The shift as a share of a typical group's figure on the old version; null where that says nothing. */
  share: number | null
  low: number | null
  high: number | null
  /** Cliff's delta, −1 to 1: positive where the new version has more. */
  delta: number | null
  p: number | null
  /** By Benjamini and Hochberg over all metrics of this judgement. */
  q: number | null
  /** Groups of users, or windows, on both sides. */
  n: number
  verdict: "same" | "worse" | "better" | "different" | "unsure"
  why: string
}

export interface Judgement {
  at: number
  step: number
  ratio: number
  /** Calls of each side so far in this step. */
  samples: { old: number; new: number }
  verdict: Verdict
  why: string
  metrics: MetricJudgement[]
}

/** One durable line of a release's timeline. */
export interface ReleaseEvent {
  id: string
  at: number
  kind: "started" | "step" | "held" | "rolled_back" | "aborted" | "done"
  actor: string
  ratio: number
  text: string
}

export interface ReleasePage {
  release: Release
  /** The newest of each step, oldest step first. */
  judgements: Judgement[]
  timeline: ReleaseEvent[]
}

/** What a chart shows of a release. */
export interface ReleaseMark extends Pick<ReleaseEvent, "at" | "kind" | "ratio"> {
  releaseId: string
  service: string
  module: string
  version: string
}
