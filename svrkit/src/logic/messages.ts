/** What goes between the main thread and the thread of one version. Calls and their answers go in batches, as one buffer each. */

/** `[seq, method, request, user, version, region, priority, deadlineAt]`; the deadline is Unix ms. */
export type CallItem = [number, string, unknown, string, string, string, number, number]
/** `[seq, ok, value]` or `[seq, false, failure]`. */
export type AnswerItem = [number, boolean, unknown]
/** `[id, seq of the call or 0, group, function, arguments]` */
export type UseItem = [number, number, string, string, unknown[]]
/** `[metric, kind, labels as JSON, values]`: a counter has one value. */
export type FigureItem = [string, "counter" | "timer", string, number[]]
/** `[name, user, props]` */
export type EventItem = [string, string, Record<string, string | number | boolean>]

/** Why a handler failed. `told`: an error of the service's table, meant for the caller; else a fault of the version. */
export interface Failure {
  told: boolean
  code: string
  message: string
  stack: string
  retryAfterMs: number
}

export interface ToWorker {
  calls?: CallItem[]
  used?: AnswerItem[]
  stop?: true
}

export interface FromWorker {
  ready?: { methods: string[] }
  failed?: Failure
  answers?: AnswerItem[]
  uses?: UseItem[]
  figures?: FigureItem[]
  events?: EventItem[]
  /** Figures and events that found no room. */
  dropped?: number
  stopped?: true
}

export interface WorkerData {
  /** Of the module's `index.js`. */
  url: string
  module: string
  version: string
  pulse: SharedArrayBuffer
  /** Groups and functions that may be called. */
  grants: [string, string[]][]
}

export function toFailure(error: unknown): Failure {
  const { name, code, message, stack, retryAfterMs, retryAfterSec } = (error ?? {}) as Partial<Record<string, unknown>>
  const told = (name === "RpcError" || name === "ServiceError") && typeof code === "string"
  return {
    told,
    code: told ? String(code) : "internal",
    message: typeof message === "string" ? message : String(error),
    stack: typeof stack === "string" ? stack : "",
    retryAfterMs: Number(retryAfterMs ?? Number(retryAfterSec ?? 0) * 1_000) || 0,
  }
}
