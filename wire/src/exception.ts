/** Errors, as the reports `exceptions` and `exception` tell them. They are kept for 90 days. */

export interface ExceptionsQuestion {
  service?: string
  subsystem?: string
  version?: string
  /** Unix ms, `[from, to)`: only errors that were seen in between. */
  from: number
  to: number
  /** Only those that are new since then, Unix ms. */
  newSince?: number
  /** Steps of `counts`: default 30, at most 500. */
  steps?: number
  /** Default 100, at most 1,000 rows. */
  limit?: number
}

/** One error: all that have the same fingerprint in one service. */
export interface ExceptionRow {
  fingerprint: string
  service: string
  /** Where it was seen last. */
  subsystem: string
  type: string
  /** Of the newest. */
  message: string
  /** `file:line` of the application's own code, of the newest; empty when there is none. */
  place: string
  /** Versions in which it was seen in the time asked for, newest first; at most 20. */
  versions: string[]
  /** How often, and how many distinct users where they were given, in the time asked for. */
  count: number
  users: number
  /** The same since it was first seen. */
  total: { count: number; users: number }
  /** Unix ms. */
  firstSeen: number
  lastSeen: number
  firstVersion: string
  /** The service's version before that one, in which it was not seen; null when none is known. */
  versionBefore: string | null
  /** First seen in the time asked for (or since `newSince`), and not in the service's first minutes: those bring what was there before. */
  isNew: boolean
  /** How often in each step, oldest first. */
  counts: number[]
}

export interface ExceptionsAnswer {
  from: number
  to: number
  /** Step i of `counts` begins at `from + i * stepMs`. */
  stepMs: number
  /** New ones first, then by count. */
  rows: ExceptionRow[]
  leftOff: number
}

export interface ExceptionQuestion {
  service: string
  fingerprint: string
  /** Of the counts over time, Unix ms. */
  from: number
  to: number
  /** Default 60, at most 500. */
  steps?: number
}

export interface ExceptionVersion {
  version: string
  /** Since it was first seen. */
  count: number
  users: number
  firstSeen: number
  lastSeen: number
  /** In the time asked for. */
  counts: number[]
}

export interface ExceptionAnswer {
  from: number
  to: number
  stepMs: number
  row: ExceptionRow
  /** Newest first by last seen, at most 50. */
  versions: ExceptionVersion[]
  /** The newest. */
  sample: { message: string; stack: string; subsystem: string; version: string; host: string; at: number }
}
