import type { Alarm, AlarmLiveEvent } from "@ossagent/wire"
import type { Logger } from "pino"

export interface Hub {
  publish: (alarms: readonly Alarm[]) => void
  /** Returns how to leave. */
  join: (listener: (event: AlarmLiveEvent) => void) => () => void
}

/** Changes within this time go out as one event. */
const GATHER_MS = 200

/** Hands changes of alarms to everybody who listens, merged so that a storm is a few events. */
export function createHub(countOpen: () => Promise<AlarmLiveEvent["open"]>, log: Logger): Hub {
  const listeners = new Set<(event: AlarmLiveEvent) => void>()
  const gathered = new Map<string, Alarm>()
  let due = false
  const flush = async (): Promise<void> => {
    due = false
    const changed = [...gathered.values()]
    gathered.clear()
    if (listeners.size === 0) return
    const open = await countOpen()
    for (const listener of listeners) listener({ changed, open })
  }
  return {
    publish: (alarms) => {
      for (const alarm of alarms) gathered.set(alarm.id, alarm)
      if (due) return
      due = true
      setTimeout(() => {
        // the next change brings the page up to date again
        flush().catch((error: unknown) => log.warn({ err: error }, "live event lost"))
      }, GATHER_MS).unref()
    },
    join: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
