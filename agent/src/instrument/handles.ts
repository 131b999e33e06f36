import type { Agent } from "../agent.ts"

/** Sockets, timers, files and requests that keep this process alive. */
export function watchHandles(agent: Agent): void {
  agent.gauge("process.handles", () => process.getActiveResourcesInfo().length, { unit: "{handle}" })
}
