import type { Agent, Counter, Timer } from "@ossagent/agent"

/** What async tells of itself. */
export interface AsyncPoints {
  /** Members' mailboxes written to. */
  stored: Counter
  /** Written before: a job that was done twice. */
  repeated: Counter
  skipped: Counter
  retries: Counter
  /** Jobs given up, for they could never be done. */
  refused: Counter
  finished: Counter
  /** From the acknowledgement to the last member's mailbox. */
  delay: Timer
}

export function createPoints(agent: Agent): AsyncPoints {
  const counter = (name: string): Counter => {
    const one = agent.counter(`im.async.${name}`)
    one.inc(0)
    return one
  }
  return {
    stored: counter("stored"),
    repeated: counter("repeated"),
    skipped: counter("skipped"),
    retries: counter("retries"),
    refused: counter("refused"),
    finished: counter("finished"),
    delay: agent.timer("im.async.delay"),
  }
}
