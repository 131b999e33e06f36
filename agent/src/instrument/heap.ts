import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8"
import type { Agent } from "../agent.ts"

/** V8's heap, whole and by space, read once a flush. */
export function watchHeap(agent: Agent): void {
  const used = agent.gauge("process.heap.used", { unit: "By" })
  const total = agent.gauge("process.heap.total", { unit: "By" })
  const spaceUsed = agent.gauge("process.heap.space.used", { unit: "By" })
  agent.onFlush(() => {
    const heap = getHeapStatistics()
    used.set(heap.used_heap_size)
    total.set(heap.total_heap_size)
    for (const space of getHeapSpaceStatistics()) {
      spaceUsed.with({ space: space.space_name.replace(/_space$/, "") }).set(space.space_used_size)
    }
  })
}
