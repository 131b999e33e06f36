import type { Agent, Dims } from "@ossagent/agent"

/** Upper ends of the buckets, s. */
const WITHIN = [
  [1, "0-1s"],
  [3, "1-3s"],
  [10, "3-10s"],
  [Number.POSITIVE_INFINITY, "10s+"],
] as const

/** Counts messages by how long their delivery took: what is promised is the share of `0-1s`. */
export function createWithin(agent: Agent, name: string, labels: Dims): (tookMs: number, count: number) => void {
  const counter = agent.counter(name, { unit: "{message}" })
  const buckets = WITHIN.map(([, bucket]) => counter.with({ ...labels, bucket }))
  return (tookMs, count) => {
    const found = WITHIN.findIndex(([most]) => tookMs < most * 1_000)
    buckets[found]?.inc(count)
  }
}
