import type { Agent } from "@ossagent/agent"
import type { FromWorker } from "./messages.ts"

/** Gives figures and events of a version's thread to the agent. */
export function addFigures(agent: Agent, dims: { module: string; logic: string }, message: FromWorker): void {
  for (const [metric, kind, labels, values] of message.figures ?? []) {
    const all = { ...(JSON.parse(labels) as Record<string, string>), ...dims }
    if (kind === "counter") agent.counter(metric).with(all).inc(values[0])
    else {
      const timer = agent.timer(metric).with(all)
      for (const value of values) timer.record(value)
    }
  }
  for (const [name, user, props] of message.events ?? []) agent.event(name, user, { ...props, logic: dims.logic })
}
