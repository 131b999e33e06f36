import type { Agent, Dims } from "@ossagent/agent"
import { createWithin } from "./within.ts"

/** One part of a message's way. */
export interface Segment {
  record: (ms: number) => void
}

/** A segment's timer `im.segment.NAME`, and its messages by buckets of time in `im.segment.within`. */
export function createSegment(agent: Agent, name: string, dims: Dims): Segment {
  const timer = agent.timer(`im.segment.${name}`).with(dims)
  const within = createWithin(agent, "im.segment.within", { ...dims, segment: name })
  return {
    record: (ms) => {
      timer.record(ms)
      within(ms, 1)
    },
  }
}
