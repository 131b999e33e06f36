/**
 * What a rule would have done: `POST /v1/rules/backtest` of the alerting service, with the same credentials as its other calls. Stored
 * figures go through the same judgement as live ones.
 */
import type { NewRule } from "./alarm.ts"
import type { Group } from "./report.ts"

export interface BacktestQuestion {
  rule: NewRule
  /** Unix ms; at most 35 days. */
  from: number
  to: number
}

/** An alarm that would have fired. */
export interface BacktestFiring {
  group: Group
  /** Since when it was bad, when people would have been told, and when it would have resolved (null: not before the end); Unix ms. */
  from: number
  firedAt: number
  to: number | null
  /** As it fired. */
  value: number | null
  title: string
  why: string
  /** It fired and resolved so often that people would have been told once. */
  flapping: boolean
}

export interface BacktestAnswer {
  from: number
  /** Until where it was replayed, Unix ms: before the end asked for when the time for it was over. */
  to: number
  complete: boolean
  /** How often it was looked at, s: live rules are looked at every few seconds. */
  stepSec: number
  /** Oldest first, at most 500. */
  fired: BacktestFiring[]
  /** Of all that fired, those left off too. */
  firedPerDay: number
  leftOff: number
  /** Groups that were looked at; the largest, where there were more. */
  groups: number
}
