import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks"
import type { Agent } from "../agent.ts"

const KIND_OF: Record<number, string> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
}

/** How long each garbage collection held the process up, by kind. */
export function watchGc(agent: Agent): void {
  const pause = agent.timer("gc.pause")
  const take = (entries: PerformanceEntry[]): void => {
    for (const entry of entries as (PerformanceEntry & { detail?: { kind?: number } })[]) {
      const kind = KIND_OF[entry.detail?.kind ?? 0] ?? "unknown"
      pause.with({ kind }).record(entry.duration)
    }
  }
  const observer = new PerformanceObserver((list) => take(list.getEntries()))
  observer.observe({ entryTypes: ["gc"] })
  agent.onFlush(() => take(observer.takeRecords()))
  agent.onStop(() => observer.disconnect())
}
