import type { LatestAnswer, Stat } from "@ossagent/wire"
import { EVERYTHING } from "./words.ts"

/** One service as overload control sees it, over the window that was asked for. */
export interface ServiceRow {
  service: string
  subsystem: string
  /** Lowest of the window; null: not told. */
  level: number | null
  /** Largest mean wait of a judged window, ms. */
  waitMs: number | null
  calls: number
  /** Refused here. */
  shed: number
  /** Not sent by callers that knew the level. */
  heldBack: number
}

/** What was refused or held back of one method and business priority. */
export interface ShedRow {
  /** The service that had too much to do. */
  to: string
  method: string
  priority: string
  shed: number
  heldBack: number
}

interface Entry {
  metric: string
  group: Readonly<Record<string, string>>
  value: (stat: Stat) => number | null
}

export function* entriesOf(answer: LatestAnswer): Generator<Entry> {
  for (const [i, metric] of answer.metric.entries())
    yield { metric, group: answer.group[i] ?? {}, value: (stat) => answer.values[stat]?.[i] ?? null }
}

/** The name by which callers know a service: that of its subsystem where it is a part of a larger one. */
const nameOf = ({ service = "", subsystem = "" }: Readonly<Record<string, string>>): string => subsystem || service

/** Whether it refused anything, or let less in than everything. */
export const isOverloaded = ({ level, shed, heldBack }: ServiceRow): boolean =>
  shed + heldBack > 0 || (level !== null && level < EVERYTHING)

/** Services in trouble first, then by name. `own`: split by service and subsystem; `held`: by the caller's service and the one called. */
export function toServices(own: LatestAnswer, held: LatestAnswer): ServiceRow[] {
  const rows = new Map<string, ServiceRow>()
  for (const { metric, group, value } of entriesOf(own)) {
    const { service = "", subsystem = "" } = group
    const key = `${service}/${subsystem}`
    const row = rows.get(key) ?? { service, subsystem, level: null, waitMs: null, calls: 0, shed: 0, heldBack: 0 }
    rows.set(key, row)
    if (metric === "rpc.server.overload_level") row.level = value("min")
    else if (metric === "rpc.server.overload_wait") row.waitMs = value("max")
    else if (metric === "rpc.server.calls") row.calls = value("sum") ?? 0
    else row.shed = value("sum") ?? 0
  }
  for (const { group, value } of entriesOf(held)) {
    const named = [...rows.values()].filter(({ service, subsystem }) => (subsystem || service) === group["label.to"])
    const row = named.find(({ service }) => service === group.service) ?? named[0]
    if (row !== undefined) row.heldBack += value("sum") ?? 0
  }
  const trouble = (row: ServiceRow): number => row.shed + row.heldBack
  return [...rows.values()].sort(
    (a, b) => trouble(b) - trouble(a) || `${a.service}/${a.subsystem}`.localeCompare(`${b.service}/${b.subsystem}`),
  )
}

/** By method and priority, most first. */
export function toSheds(own: LatestAnswer, held: LatestAnswer): ShedRow[] {
  const rows = new Map<string, ShedRow>()
  const rowOf = (to: string, method = "", priority = ""): ShedRow => {
    const key = `${to} ${method} ${priority}`
    const row = rows.get(key) ?? { to, method, priority, shed: 0, heldBack: 0 }
    rows.set(key, row)
    return row
  }
  for (const { group, value } of entriesOf(own))
    rowOf(nameOf(group), group["label.method"], group["label.priority"]).shed += value("sum") ?? 0
  for (const { group, value } of entriesOf(held))
    rowOf(group["label.to"] ?? "", group["label.method"], group["label.priority"]).heldBack += value("sum") ?? 0
  return [...rows.values()]
    .filter(({ shed, heldBack }) => shed + heldBack > 0)
    .sort((a, b) => b.shed + b.heldBack - a.shed - a.heldBack)
}
