import type { NewRule } from "@ossagent/wire"

const base = { enabled: true, filters: [], keepFiringSec: 60 }

/** The rules that come with the product; the key is their name for ever, also in the database. */
export const BUILT_IN = {
  absence: {
    ...base,
    name: "Service fell silent",
    severity: "critical",
    detection: "absence",
    metric: "",
    stat: "count",
    split: ["service", "subsystem"],
    windowSec: 60,
    forSec: 0,
    keepFiringSec: 5,
    absenceSec: 30,
  },
  collector: {
    ...base,
    name: "Collector in trouble",
    severity: "critical",
    detection: "absence",
    metric: "",
    stat: "count",
    split: [],
    windowSec: 60,
    forSec: 0,
    keepFiringSec: 10,
    absenceSec: 20,
  },
  history: {
    ...base,
    name: "Unlike its own history",
    severity: "warning",
    detection: "history",
    metric: "",
    stat: "avg",
    split: ["service", "subsystem", "version"],
    windowSec: 60,
    forSec: 0,
    keepFiringSec: 180,
    sensitivity: 0.99,
  },
  disk: gauge("Disk almost full", "host.disk.used", { op: ">", value: 0.9, clear: 0.88 }, { severity: "critical" }),
  memory: gauge("Memory almost full", "host.memory.used", { op: ">", value: 0.95, clear: 0.92 }, { forSec: 60 }),
  cpu: gauge("Process takes a whole core", "process.cpu", { op: ">", value: 0.98, clear: 0.9 }, { forSec: 300 }),
  eventLoopUse: gauge(
    "Event loop saturated",
    "eventloop.utilization",
    { op: ">", value: 0.95, clear: 0.85 },
    { forSec: 120 },
  ),
  eventLoopDelay: {
    ...base,
    name: "Event loop blocked",
    severity: "warning",
    detection: "threshold",
    metric: "eventloop.delay",
    stat: "p99",
    split: ["service", "subsystem", "host"],
    windowSec: 30,
    forSec: 60,
    threshold: { op: ">", value: 500, clear: 300 },
  },
  httpLatency: {
    ...base,
    name: "Slow HTTP answers",
    severity: "warning",
    detection: "threshold",
    metric: "http.server.duration",
    stat: "p99",
    split: ["service", "subsystem", "version"],
    windowSec: 60,
    forSec: 120,
    threshold: { op: ">", value: 5_000, clear: 4_000 },
  },
  dropped: {
    ...base,
    name: "Points dropped by an agent",
    severity: "warning",
    detection: "threshold",
    metric: "agent.dropped",
    stat: "sum",
    split: ["service", "subsystem"],
    windowSec: 60,
    forSec: 0,
    threshold: { op: ">", value: 0 },
  },
} satisfies Record<string, NewRule>

export type BuiltIn = keyof typeof BUILT_IN

function gauge(
  name: string,
  metric: string,
  threshold: NonNullable<NewRule["threshold"]>,
  rest: Partial<Pick<NewRule, "severity" | "forSec">> = {},
): NewRule {
  return {
    ...base,
    name,
    severity: "warning",
    detection: "threshold",
    metric,
    stat: "avg",
    split: ["service", "subsystem", "host"],
    windowSec: 30,
    forSec: 30,
    threshold,
    ...rest,
  }
}
