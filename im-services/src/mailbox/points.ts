import type { Agent } from "@ossagent/agent"

/** What a SET measures of its own work. */
export interface SetPoints {
  batch: (rows: number, spent: { prepareMs: number; commitMs: number }) => void
  /** From the request to its durability, ms. */
  waited: (ms: number) => void
  repeated: (count: number) => void
  failed: () => void
}

export function createSetPoints(agent: Agent, set: number): SetPoints {
  const labels = { set }
  const rows = agent.counter("im.mailbox.rows", { unit: "{row}" }).with(labels)
  const batches = agent.counter("im.mailbox.batches", { unit: "{batch}" }).with(labels)
  const prepare = agent.timer("im.mailbox.prepare").with(labels)
  const commit = agent.timer("im.mailbox.commit").with(labels)
  const wait = agent.timer("im.mailbox.durable").with(labels)
  const repeats = agent.counter("im.mailbox.repeats", { unit: "{message}" }).with(labels)
  const failures = agent.counter("im.mailbox.batches_failed", { unit: "{batch}" }).with(labels)
  failures.inc(0)
  repeats.inc(0)
  return {
    batch: (count, { prepareMs, commitMs }) => {
      rows.inc(count)
      batches.inc()
      prepare.record(prepareMs)
      commit.record(commitMs)
    },
    waited: (ms) => wait.record(ms),
    repeated: (count) => repeats.inc(count),
    failed: () => failures.inc(),
  }
}
