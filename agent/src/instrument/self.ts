import type { Agent } from "../agent.ts"
import type { Outbox } from "../buffer/outbox.ts"
import type { Spool } from "../buffer/spool.ts"
import type { Refused } from "./cell.ts"
import type { Counter } from "./counter.ts"
import type { Timer } from "./timer.ts"

/** The agent's figures of itself that its sender records. */
export interface SelfPoints {
  sent: Counter
  roundTrip: Timer
}

/** What the agent did not take, did not keep, and still holds. */
export function watchItself(agent: Agent, outbox: Outbox, spool: Spool | null, refused: Refused): SelfPoints {
  const unit = "{point}"
  const refusedPoints = agent.counter("agent.refused", { unit })
  const droppedPoints = agent.counter("agent.dropped", { unit })
  const seen = new Map<string, number>()
  const count = (counter: Counter, totals: Record<string, number>): void => {
    for (const [reason, total] of Object.entries(totals)) {
      const before = seen.get(reason) ?? 0
      if (total > before) counter.with({ reason }).inc(total - before)
      seen.set(reason, total)
    }
  }
  const waiting = agent.gauge("agent.waiting.memory", { unit: "By" })
  const spooled = agent.gauge("agent.waiting.spool", { unit: "By" })
  agent.onFlush(() => {
    count(refusedPoints, refused)
    count(droppedPoints, outbox.dropped)
    waiting.set(outbox.bytes)
    if (spool !== null) spooled.set(spool.bytes)
  })
  return { sent: agent.counter("agent.sent", { unit }), roundTrip: agent.timer("agent.roundtrip") }
}
