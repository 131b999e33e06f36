import type { Agent } from "@ossagent/agent"
import type { ForceInit } from "./generated/guard.codec.ts"

/** The figures of guard. */
export function createPoints(agent: Agent) {
  const counter = (name: string, unit: string) => agent.counter(name, { unit })
  const accused = counter("im.guard.accused", "{device}")
  const throttled = counter("im.guard.throttled", "{device}")
  const forgotten = counter("im.guard.forgotten", "{throttle}")
  const defied = counter("im.guard.defied", "{time}")
  for (const one of [accused, throttled, forgotten, defied]) one.inc(0)
  return {
    accused,
    throttled,
    forgotten,
    defied,
    /** `force`: null while it is not known. */
    watch: (force: () => ForceInit | null): void => {
      const inForce = agent.gauge("im.guard.in_force", { unit: "{throttle}" })
      agent.onFlush(() => {
        const now = force()
        if (now !== null) inForce.set(now.holds?.length ?? 0)
      })
    },
  }
}

export type Points = ReturnType<typeof createPoints>
