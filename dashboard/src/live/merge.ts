/**
 * Live seconds laid over a fetched answer. `keepSeconds` gathers what the stream sends, `mergeLive` puts it on top: exact where the
 * step is one second, and at coarser steps an estimate for the newest step only, which the next fetch replaces.
 */
import type { Group, LiveEvent, RangeAnswer, RangeSeries, Stat, Values } from "@ossagent/wire"
import { isAdditive } from "../number/unit.ts"

type Second = Partial<Record<Stat, number | null>>
/** Group key → second's start (Unix ms) → its values. */
export interface LiveSeconds {
  kind: LiveEvent["kind"]
  unit: string
  groups: Map<string, { group: Group; seconds: Map<number, Second> }>
  newest: number
}

const KEEP_MS = 700_000

/** The identity of a group, whatever the order of its names. */
export const groupKey = (group: Group): string =>
  Object.keys(group)
    .sort()
    .map((name) => `${name}=${group[name]}`)
    .join("\u0001")

/** A new store with the event's seconds in it; a second that comes again replaces the older one. Changes `before` in place. */
export function keepSeconds(before: LiveSeconds | null, event: LiveEvent): LiveSeconds {
  const store = before ?? { kind: event.kind, unit: event.unit, groups: new Map(), newest: 0 }
  store.newest = Math.max(store.newest, event.t.at(-1) ?? 0)
  for (const { group, values } of event.series) {
    const key = groupKey(group)
    const kept = store.groups.get(key) ?? { group, seconds: new Map<number, Second>() }
    store.groups.set(key, kept)
    event.t.forEach((at, i) => {
      const second: Second = {}
      let some = false
      for (const stat of Object.keys(values) as Stat[]) {
        second[stat] = values[stat]?.[i] ?? null
        some ||= second[stat] !== null
      }
      if (some) kept.seconds.set(at, second)
    })
    forget(kept.seconds, store.newest - KEEP_MS)
  }
  return { ...store }
}

function forget(seconds: Map<number, Second>, before: number): void {
  for (const at of seconds.keys()) if (at < before) seconds.delete(at)
}

/** The answer with live seconds on top, from `from` on. The answer itself is not changed. */
export function mergeLive(answer: RangeAnswer, live: LiveSeconds | null, from: number, top = 10): RangeAnswer {
  if (!live || live.newest === 0) return answer
  const stepMs = answer.stepSec * 1_000
  const last = answer.t.at(-1) ?? Math.floor(from / stepMs) * stepMs
  const t = extend(answer.t, { last, to: live.newest, stepMs })
  const series = withNewGroups(answer, live, top).map((one) => layOver(one, { t, last, stepMs, live }))
  const cut = Math.max(
    0,
    t.findIndex((at) => at + stepMs > from),
  )
  return cut === 0
    ? { ...answer, t, series }
    : { ...answer, t: t.slice(cut), series: series.map((one) => dropHead(one, cut)) }
}

function extend(t: number[], { last, to, stepMs }: { last: number; to: number; stepMs: number }): number[] {
  const all = t.length > 0 ? [...t] : [last]
  for (let at = (all.at(-1) ?? last) + stepMs; at <= to; at += stepMs) all.push(at)
  return all
}

function withNewGroups(answer: RangeAnswer, live: LiveSeconds, top: number): RangeSeries[] {
  const known = new Set(answer.series.map(({ group }) => groupKey(group)))
  const fresh = [...live.groups].filter(([key]) => !known.has(key)).map(([, { group }]) => ({ group, values: {} }))
  return [...answer.series, ...fresh].slice(0, Math.max(top, answer.series.length))
}

interface Lay {
  t: number[]
  /** Start of the newest fetched step. */
  last: number
  stepMs: number
  live: LiveSeconds
}

function layOver(one: RangeSeries, lay: Lay): RangeSeries {
  const seconds = lay.live.groups.get(groupKey(one.group))?.seconds
  const stats = Object.keys(one.values).length > 0 ? (Object.keys(one.values) as Stat[]) : statsOf(seconds)
  const values: Partial<Record<Stat, Values>> = {}
  for (const stat of stats) values[stat] = layStat(one.values[stat] ?? [], stat, seconds, lay)
  return { ...one, values }
}

const statsOf = (seconds: Map<number, Second> | undefined): Stat[] =>
  Object.keys(seconds?.values().next().value ?? {}) as Stat[]

function layStat(fetched: Values, stat: Stat, seconds: Map<number, Second> | undefined, lay: Lay): Values {
  const { t, last, stepMs } = lay
  const all = t.map((_, i) => fetched[i] ?? null)
  if (!seconds || seconds.size === 0) return all
  const growing = isAdditive(stat) ? growingSeconds(stat, seconds, lay.live.newest) : new Set<number>()
  const oldest = Math.min(...seconds.keys())
  t.forEach((start, i) => {
    if (stepMs > 1_000 && (start < last || (start === last && oldest > start && all[i] !== null))) return
    const inside: number[] = []
    for (let at = start; at < start + stepMs; at += 1_000) {
      const value = growing.has(at) ? null : seconds.get(at)?.[stat]
      if (value !== null && value !== undefined) inside.push(value)
    }
    if (inside.length > 0) all[i] = fold(stat, inside)
    else if (growing.has(start)) all[i] = null
  })
  return all
}

/**
 * Seconds that not every agent has sent yet, and that are smaller than the last whole one: drawn, they would make the line's end dip
 * each time. One that is larger already is news and is shown.
 */
function growingSeconds(stat: Stat, seconds: Map<number, Second>, newest: number): Set<number> {
  const whole = [...seconds.keys()].filter((at) => at < newest - 1_000)
  const before = whole.length > 0 ? (seconds.get(Math.max(...whole))?.[stat] ?? null) : null
  const growing = new Set<number>()
  for (const at of [newest - 1_000, newest])
    if (before !== null && (seconds.get(at)?.[stat] ?? 0) < before) growing.add(at)
  return growing
}

/** One step's value from its seconds; percentiles and averages are not exact without their counts, good enough until the next fetch. */
function fold(stat: Stat, values: number[]): number {
  const sum = values.reduce((a, b) => a + b, 0)
  if (stat === "sum" || stat === "count") return sum
  if (stat === "min") return Math.min(...values)
  if (stat === "max") return Math.max(...values)
  if (stat === "last") return values.at(-1) ?? 0
  return sum / values.length
}

function dropHead(one: RangeSeries, cut: number): RangeSeries {
  const drop = (values: Partial<Record<Stat, Values>>) =>
    Object.fromEntries(Object.entries(values).map(([stat, list]) => [stat, list.slice(cut)]))
  const compare = one.compare && Object.fromEntries(Object.entries(one.compare).map(([ago, v]) => [ago, drop(v)]))
  return { ...one, values: drop(one.values), compare }
}
