import type { Agent } from "@ossagent/agent"
import { ClientVersions } from "../client-versions.ts"

/** Segments of a message's way, by client version. */
export function createPoints(agent: Agent) {
  const whole = new ClientVersions(agent, "message")
  const mailbox = new ClientVersions(agent, "mailbox")
  const flagged = agent.counter("im.message.flagged", { unit: "{message}" })
  const unjudged = agent.counter("im.message.unjudged", { unit: "{message}" })
  const kinds = agent.counter("im.message.taken", { unit: "{message}" })
  const taken = {
    user: kinds.with({ to: "user" }),
    group: kinds.with({ to: "group" }),
    large: kinds.with({ to: "large_group" }),
  }
  for (const zero of [flagged, unjudged, ...Object.values(taken)]) zero.inc(0)
  return { whole, mailbox, flagged, unjudged, taken }
}

export type MessagePoints = ReturnType<typeof createPoints>
