import type { Agent } from "../agent.ts"

const SAMPLE_MS = 20

/**
 * How late the event loop comes to a timer that is due, and which share of the time it is busy. An own timer and not
 * `monitorEventLoopDelay`: that one gives percentiles only, which cannot be merged over seconds and hosts.
 */
export function watchEventLoop(agent: Agent): void {
  const delay = agent.timer("eventloop.delay")
  const utilization = agent.gauge("eventloop.utilization", { unit: "1" })
  let at = performance.now()
  const sampling = setInterval(() => {
    const now = performance.now()
    delay.record(Math.max(0, now - at - SAMPLE_MS))
    at = now
  }, SAMPLE_MS)
  sampling.unref()
  let before = performance.eventLoopUtilization()
  agent.onFlush(() => {
    const now = performance.eventLoopUtilization()
    utilization.set(performance.eventLoopUtilization(now, before).utilization)
    before = now
  })
  agent.onStop(() => clearInterval(sampling))
}
