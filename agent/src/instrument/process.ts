import type { Agent } from "../agent.ts"

/** CPU and memory of this process, and how long it has been up. */
export function watchProcess(agent: Agent): void {
  const cpu = agent.gauge("process.cpu", { unit: "1" })
  const rss = agent.gauge("process.memory.rss", { unit: "By" })
  agent.gauge("process.uptime", () => process.uptime(), { unit: "s" })
  let before = process.cpuUsage()
  let at = performance.now()
  agent.onFlush(() => {
    const now = performance.now()
    const used = process.cpuUsage(before)
    if (now > at) cpu.set((used.user + used.system) / 1000 / (now - at))
    before = process.cpuUsage()
    at = now
    rss.set(process.memoryUsage.rss())
  })
}
