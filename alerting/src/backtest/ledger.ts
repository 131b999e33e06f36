import type { BacktestFiring, Rule } from "@ossagent/wire"
import type { Batch, Condition } from "../alarm/condition.ts"
import { FLAP_WITHIN_MS } from "../alarm/decide.ts"
import { toPlan } from "../alarm/plan.ts"
import type { AlarmRow } from "../alarm/row.ts"

/** The alarms of a replay: the live plan, kept in memory instead of the database. */
export class Ledger {
  readonly fired: BacktestFiring[] = []
  private readonly rule: Rule
  private readonly open = new Map<string, { row: AlarmRow; firing: BacktestFiring | null }>()
  /** When each fingerprint that fired resolved, oldest first. */
  private readonly resolved = new Map<string, number[]>()

  constructor(rule: Rule) {
    this.rule = rule
  }

  isOpen(fingerprint: string): boolean {
    return this.open.has(fingerprint)
  }

  /** Whether anything is open: good conditions matter only then. */
  get anyOpen(): boolean {
    return this.open.size > 0
  }

  /** One look; times must not go back. */
  judge(conditions: Condition[], at: number): void {
    const batch: Batch = { ruleIds: [this.rule.id], conditions: [...conditions, ...this.toGone(conditions)], at }
    const flaps = new Map(conditions.map(({ fingerprint }) => [fingerprint, this.countFlaps(fingerprint, at)]))
    const { opened, changed } = toPlan({
      open: [...this.open.values()].map(({ row }) => row),
      batch,
      silences: [],
      flaps,
    })
    for (const { row } of [...opened, ...changed]) this.take(row)
  }

  /** What no longer reports is good, with the rule's own patience. */
  private toGone(conditions: readonly Condition[]): Condition[] {
    const seen = new Set(conditions.map(({ fingerprint }) => fingerprint))
    const gone = [...this.open.values()].filter(({ row }) => !seen.has(row.fingerprint))
    return gone.map(({ row }) => ({
      ...row,
      ...{ stat: this.rule.stat, rule: this.rule, verdict: "good", why: "it no longer reports", value: null },
    }))
  }

  private take(row: AlarmRow): void {
    const known = this.open.get(row.fingerprint)
    const firing = known?.firing ?? (row.fired_at === null ? null : this.fire(row))
    if (row.state !== "resolved") {
      this.open.set(row.fingerprint, { row, firing })
      return
    }
    this.open.delete(row.fingerprint)
    if (firing === null || row.resolved_at === null) return
    firing.to = row.resolved_at.getTime()
    this.resolved.set(row.fingerprint, [...(this.resolved.get(row.fingerprint) ?? []), firing.to])
  }

  private fire(row: AlarmRow): BacktestFiring {
    const firing: BacktestFiring = {
      ...{ group: row.group, value: row.value, title: row.title, why: row.why, flapping: row.state === "flapping" },
      from: row.started_at.getTime(),
      firedAt: row.fired_at?.getTime() ?? row.started_at.getTime(),
      to: null,
    }
    this.fired.push(firing)
    return firing
  }

  private countFlaps(fingerprint: string, at: number): number {
    const times = (this.resolved.get(fingerprint) ?? []).filter((time) => time > at - FLAP_WITHIN_MS)
    if (times.length > 0) this.resolved.set(fingerprint, times)
    return times.length
  }
}
