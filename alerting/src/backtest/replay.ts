import type { Rule } from "@ossagent/wire"
import type { Collector } from "../watch/collector.ts"
import type { Ledger } from "./ledger.ts"
import type { Span } from "./span.ts"

/** What a replay works with. */
export interface Reading {
  collector: Collector
  ledger: Ledger
  /** Where the time asked for begins, Unix ms; what lies before it is only learnt from. */
  from: number
  /** Keys of the groups that were looked at. */
  groups: Set<string>
  /** Until the time for it is over, whole ms, at least 1. */
  leftMs: () => number
  /** Gives others their turn now and then; true when the time is over. */
  pause: () => Promise<boolean>
}

/** How a kind of rule is replayed. */
export interface Replay {
  /** Refuses what cannot be replayed with a ServiceError. */
  toNeeds: (rule: Rule) => { windowSec: number; backSec: number }
  /** Replays part after part of a span, oldest first; answers how many steps it came along. */
  create: (rule: Rule) => (reading: Reading, span: Span) => Promise<number>
}
