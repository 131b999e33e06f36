/**
 * What users do, from `event()`: funnels, retention, and whether those who did something stay. Events are kept for 90 days; those of the
 * newest seconds are not in these answers yet. A user counts under the version of the event that brought them in.
 */

interface Asked {
  service?: string
  /** Unix ms, `[from, to)`. */
  from: number
  to: number
  /** Also by client version. */
  byVersion?: boolean
}

export interface EventsQuestion {
  service?: string
  from: number
  to: number
}

export interface EventsAnswer {
  /** The most frequent first, at most 500. */
  events: { name: string; count: number; users: number }[]
  services: string[]
}

export interface FunnelQuestion extends Asked {
  /** 2 to 8 different event names, in order. */
  steps: string[]
  /** All steps within so long of the first, s; at most 30 days. */
  withinSec: number
}

export interface FunnelAnswer {
  steps: string[]
  /** The first is of all versions, with `version` null; then the versions with the most users, at most 20. */
  groups: FunnelGroup[]
}

export interface FunnelGroup {
  version: string | null
  /** Users who came as far as each step or farther. */
  users: number[]
}

export interface RetentionQuestion extends Asked {
  /** The event that makes a user one of the day's cohort: the first of it in the time asked for. */
  start: string
  /** The event that counts as having come back; empty: any. */
  back: string
  /** Days looked at after the first, 1 to 30; with the days asked for at most 64. */
  days: number
  /** Whose days: an IANA time zone, default UTC. */
  zone?: string
}

export interface RetentionAnswer {
  /** By day, oldest first; of all versions, or by version where that was asked for. */
  cohorts: RetentionCohort[]
}

export interface RetentionCohort {
  /** The day, like 2026-11-28. */
  day: string
  version: string | null
  users: number
  /** Users who came back on the first, second, … day after; null where that day is not over. */
  back: (number | null)[]
}

export interface ActivityQuestion extends Asked {
  /** The event that tells the two groups apart. */
  did: string
  /** The event that counts as being active; empty: any. */
  active: string
  days: number
  zone?: string
}

export interface ActivityAnswer {
  /** Of all versions first; then by version, where that was asked for. */
  groups: ActivityGroup[]
}

export interface ActivityGroup {
  version: string | null
  /** Whether they did it in the time asked for. Their first day is that of the first time, or the first day they were seen. */
  did: boolean
  users: number
  /** Of the first, second, … day after their first: for how many users it is over, and how many of these were active. */
  days: { users: number; active: number }[]
}
