import { readFileSync, statfsSync } from "node:fs"
import { cpus, freemem, loadavg, totalmem } from "node:os"
import { type Agent, createAgent } from "@ossagent/agent"

/** Watches the machine itself: processors, memory, disk, network, load. What the system does not tell is left out. */
export function watchMachine(options: { collector: string; key: string; dataDir: string; spool: string }): Agent {
  const agent = createAgent({
    service: "machine",
    subsystem: "host",
    collector: options.collector,
    key: options.key,
    spool: options.spool,
    onTrouble: () => undefined,
  })
  const cpu = agent.gauge("host.cpu.used", { unit: "1" })
  let before = cpuTimes()
  agent.onFlush(() => {
    const now = cpuTimes()
    if (now.all > before.all) cpu.set((now.busy - before.busy) / (now.all - before.all))
    before = now
  })
  agent.gauge("host.load", () => loadavg()[0] as number, { unit: "{process}" })
  agent.gauge("host.memory.used", () => 1 - availableBytes() / totalmem(), { unit: "1" })
  agent.gauge("host.memory.available", availableBytes, { unit: "By" })
  agent.gauge("host.disk.used", () => disk(options.dataDir).used, { unit: "1" })
  agent.gauge("host.disk.free", () => disk(options.dataDir).freeBytes, { unit: "By" })
  watchNetwork(agent)
  return agent
}

function cpuTimes(): { busy: number; all: number } {
  let busy = 0
  let all = 0
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.irq + times.idle
    all += sum
    busy += sum - times.idle
  }
  return { busy, all }
}

/** What can be had without swapping; caches count as available where the system says so. */
function availableBytes(): number {
  const match = /MemAvailable:\s+(\d+) kB/.exec(readText("/proc/meminfo"))
  return match === null ? freemem() : Number(match[1]) * 1024
}

function disk(path: string): { used: number; freeBytes: number } {
  const { blocks, bavail, bsize } = statfsSync(path)
  return { used: 1 - bavail / blocks, freeBytes: bavail * bsize }
}

function watchNetwork(agent: Agent): void {
  const received = agent.counter("host.network.received", { unit: "By" })
  const sent = agent.counter("host.network.sent", { unit: "By" })
  let before = networkBytes()
  agent.onFlush(() => {
    const now = networkBytes()
    received.inc(Math.max(0, now.received - before.received))
    sent.inc(Math.max(0, now.sent - before.sent))
    before = now
  })
}

/** Bytes of all interfaces but loopback since boot. */
function networkBytes(): { received: number; sent: number } {
  const sum = { received: 0, sent: 0 }
  for (const line of readText("/proc/net/dev").split("\n")) {
    const [name, rest] = line.split(":", 2)
    if (rest === undefined || name?.trim() === "lo") continue
    const fields = rest.trim().split(/\s+/).map(Number)
    sum.received += fields[0] ?? 0
    sum.sent += fields[8] ?? 0
  }
  return sum
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return "" // not a Linux
  }
}
