/**
 * Which figures a subsystem's card shows. Chosen from what the catalog says it has; one question for each metric serves all cards,
 * for it is split by service and subsystem.
 */
import type { CatalogEntry, Dimension, Filter, Stat } from "@ossagent/wire"
import { isOwn, type Place } from "../catalog/entries.ts"
import { type ShownStat, STATS_OF } from "../number/unit.ts"

export interface Figure {
  label: string
  metric: string
  stat: ShownStat
  unit: string
  /** Share of the same metric's count without the filter: the error ratio. */
  filter?: Filter
}

const MOST = 6
const MOST_OWN = 4

/** Figures that everybody looks at, in their order. */
const USUAL: { label: string; metric: string; stat: ShownStat }[] = [
  { label: "Requests", metric: "http.server.duration", stat: "calls" },
  { label: "Latency p99", metric: "http.server.duration", stat: "p99" },
  { label: "Calls", metric: "rpc.server.calls", stat: "rate" },
  { label: "Failed calls", metric: "rpc.server.errors", stat: "rate" },
  { label: "Calls p99", metric: "rpc.server.duration", stat: "p99" },
  { label: "CPU used", metric: "host.cpu.used", stat: "avg" },
  { label: "Memory used", metric: "host.memory.used", stat: "avg" },
  { label: "Disk used", metric: "host.disk.used", stat: "avg" },
  { label: "Load", metric: "host.load", stat: "avg" },
  { label: "Received", metric: "host.network.received", stat: "rate" },
  { label: "Sent", metric: "host.network.sent", stat: "rate" },
  { label: "Process CPU", metric: "process.cpu", stat: "avg" },
  { label: "Process memory", metric: "process.memory.rss", stat: "avg" },
  { label: "Loop delay p99", metric: "eventloop.delay", stat: "p99" },
  { label: "Loop use", metric: "eventloop.utilization", stat: "avg" },
]

/** Own metrics that say most about a known part; of the others, those with labels come first, then counters and timers. */
const TELLING = [
  "collector.points",
  "collector.series",
  "clickhouse.inserted",
  "clickhouse.query.duration",
  "postgres.commits",
  "postgres.connections",
  "alerting.observations",
  "alerting.series",
  "im.delivery",
  "im.access.connections",
  "im.message.taken",
  "im.mailbox.rows",
  "im.probe.delivery",
  "im.probe.messages",
]
const KIND_RANK = { counter: 0, timer: 1, gauge: 2, size: 3 }

/** At most six: requests first, then the subsystem's own, then process and machine. */
export function figuresOf({ entries }: Place): Figure[] {
  const byName = new Map(entries.map((entry) => [entry.metric, entry]))
  const usual = USUAL.flatMap(({ label, metric, stat }) => {
    const entry = byName.get(metric)
    return entry && STATS_OF[entry.kind].includes(stat) ? [{ label, metric, stat, unit: entry.unit }] : []
  })
  const asked = usual.filter(isAsked)
  const errors = errorFigure(byName.get("http.server.duration"))
  if (errors) asked.splice(1, 0, errors)
  const own = entries
    .filter(({ metric }) => isOwn(metric))
    .sort((a, b) => rankOf(a) - rankOf(b) || a.metric.localeCompare(b.metric))
    .slice(0, MOST_OWN)
    .map(ownFigure)
  const rest = usual.filter((figure) => !isAsked(figure))
  const keep = Math.min(rest.length, Math.max(2, MOST - asked.length - own.length))
  return [...asked, ...own].slice(0, MOST - keep).concat(rest.slice(0, keep))
}

/** Of what others ask of it, over HTTP or by calls. */
const isAsked = ({ metric }: { metric: string }): boolean => /^(http|rpc)\./.test(metric)

function rankOf({ metric, kind, labels }: CatalogEntry): number {
  const told = TELLING.indexOf(metric)
  // somebody took the trouble to give the labelled ones their labels
  const plain = Object.keys(labels).length === 0 ? 10 : 0
  return told >= 0 ? told - TELLING.length : KIND_RANK[kind] + plain
}

function ownFigure({ metric, kind, unit }: CatalogEntry): Figure {
  const stat: ShownStat = kind === "counter" ? "rate" : kind === "gauge" ? "avg" : "p99"
  return { label: kind === "timer" || kind === "size" ? `${metric} p99` : metric, metric, stat, unit }
}

/** What counts as failed, as agents and frameworks write it. */
const FAILED: Filter = {
  dim: "label.status",
  op: "in",
  values: ["5xx", "500", "501", "502", "503", "504", "505", "507", "508", "511", "error"],
}

/** Answers with status 5xx as a share of all, where requests carry a status. */
const errorFigure = (entry: CatalogEntry | undefined): Figure | null =>
  entry?.labels.status ? { label: "Errors", metric: entry.metric, stat: "calls", unit: "1", filter: FAILED } : null

export interface FigureAsk {
  metric: string
  stats: Stat[]
  filters?: Filter[]
  split: Dimension[]
  top: number
}

const EACH_PLACE = { split: ["service", "subsystem"] satisfies Dimension[], top: 200 }

/** The fewest questions that answer all figures of all subsystems, by `askKey`. */
export function toAsks(figures: readonly Figure[]): Map<string, FigureAsk> {
  const asks = new Map<string, FigureAsk>()
  for (const { metric, stat, filter } of figures) {
    const key = askKey(metric, filter)
    const ask = asks.get(key) ?? { ...EACH_PLACE, metric, stats: [], ...(filter ? { filters: [filter] } : {}) }
    asks.set(key, ask)
    const wanted = stat === "calls" ? "count" : stat
    if (!ask.stats.includes(wanted)) ask.stats.push(wanted)
  }
  return asks
}

export const askKey = (metric: string, filter?: Filter): string =>
  filter ? `${metric} ${filter.dim} ${filter.values.join(",")}` : metric
