/** The picture of an alarm: asks the collector for the last hours of its series and draws them. */
import type { Alarm, Dimension, Filter, RangeAnswer, Stat } from "@ossagent/wire"
import type { Collector } from "../watch/collector.ts"
import { toChartSvg } from "./chart.ts"
import { renderPng } from "./render.ts"

const TIMEOUT_MS = 4_000
const HOUR = 3_600_000

/** A PNG, or null where there is nothing to draw. Throws CollectorError. */
export async function readPicture(collector: Collector, alarm: Alarm, now: number): Promise<Buffer | null> {
  if (alarm.detection === "exception") return null
  const shown = alarm.metric === "" ? await readBusiest(collector, alarm, now) : alarm
  if (!shown) return null
  const lookBackMs = alarm.detection === "absence" ? HOUR / 2 : 3 * HOUR
  const from = Math.min(alarm.startedAt, now) - lookBackMs
  const stepSec = alarm.detection === "absence" ? 10 : 60 // sums and counts are judged by the minute
  const filters = toFilters(alarm)
  const stats = [shown.stat]
  const answer = await collector.ask(
    "range",
    { metric: shown.metric, from, to: now, stepSec, stats, filters },
    TIMEOUT_MS,
  )
  const values = answer.series[0]?.values[shown.stat]
  if (!values?.some((value) => value !== null)) return null
  return renderPng(toChartSvg(toInput(alarm, shown, answer, values)))
}

const toFilters = (alarm: Alarm): Filter[] =>
  Object.entries(alarm.group).map(([dim, value]) => ({ dim: dim as Dimension, op: "in", values: [value] }))

function toInput(alarm: Alarm, shown: Shown, answer: RangeAnswer, values: (number | null)[]) {
  const own = alarm.metric !== ""
  const place = Object.values(alarm.group).join(" / ")
  return {
    title: alarm.title,
    subtitle: `${shown.metric} (${[shown.stat, answer.unit.replace(/[{}]/g, "")].filter(Boolean).join(", ")}) of ${place || "everything"}`,
    unit: answer.unit,
    stat: shown.stat,
    ...crop(answer.t, values, alarm.startedAt),
    lower: own ? alarm.lower : null,
    upper: own ? alarm.upper : null,
    startedAt: alarm.startedAt,
  }
}

/** Leaves off the empty time before a young series began, down to ten minutes around the alarm. */
function crop(t: number[], values: (number | null)[], startedAt: number) {
  const first = t[values.findIndex((value) => value !== null)] ?? 0
  const from = Math.min(first - 60_000, startedAt - 600_000)
  const skip = t.findIndex((at) => at >= from)
  return { t: t.slice(skip), values: values.slice(skip) }
}

interface Shown {
  metric: string
  stat: Stat
}

const BUILT_IN = /^(process|eventloop|gc|heap|host|agent|http)\./

/** For an alarm about a whole service: one of its own metrics, a counter if there is one, rather than one that every agent has. */
async function readBusiest(collector: Collector, alarm: Alarm, now: number): Promise<Shown | null> {
  const { service, subsystem } = alarm.group
  if (service === undefined) return null
  const question = { service, subsystem, since: now - 2 * HOUR, limit: 500 }
  const { entries } = await collector.ask("catalog", question, TIMEOUT_MS)
  const rank = (kind: string, metric: string) => (BUILT_IN.test(metric) ? 2 : 0) + (kind === "counter" ? 0 : 1)
  entries.sort((a, b) => rank(a.kind, a.metric) - rank(b.kind, b.metric))
  const best = entries[0]
  if (!best) return null
  const stat: Stat = best.kind === "counter" ? "rate" : best.kind === "gauge" ? "avg" : "count"
  return { metric: best.metric, stat }
}
