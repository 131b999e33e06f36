import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { Agent } from "../agent.ts"

/** Listens to a channel of Node's until the agent stops. What `take` throws stays here: it must not reach the host. */
export function listen<T>(agent: Agent, channel: string, take: (message: T) => void): void {
  const guarded = (message: unknown): void => {
    try {
      take(message as T)
    } catch {
      // a message of another form than known: its figure is missing, the host is unharmed
    }
  }
  subscribe(channel, guarded)
  agent.onStop(() => void unsubscribe(channel, guarded))
}
