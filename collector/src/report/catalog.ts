import { setImmediate as nextTurn } from "node:timers/promises"
import type { CatalogAnswer, CatalogEntry } from "@ossagent/wire"
import type { z } from "zod"
import type { Registry } from "../head/registry.ts"
import type { ReportContext } from "./context.ts"
import type { CATALOG } from "./question.ts"

const MOST_VALUES = 50
/** Series looked at in one turn of the event loop, some 5 ms. */
const SLOTS_A_TURN = 4_096
const DAY_MS = 86_400_000

type Question = z.output<typeof CATALOG>

/** What there is, from memory: a metric is here with its first point. By service, subsystem and metric. */
export async function catalog(question: Question, { registry }: ReportContext): Promise<CatalogAnswer> {
  const since = question.since ?? Date.now() - DAY_MS
  const words = (question.search ?? "").toLowerCase().split(/\s+/).filter(Boolean)
  const entries = new Map<string, Draft>()
  let looked = 0
  for (const slot of slotsOf(registry, question)) {
    if (++looked % SLOTS_A_TURN === 0) await nextTurn()
    if ((registry.lastSeen[slot] as number) < since || !matches(registry, slot, question, words)) continue
    addSlot(entries, registry, slot)
  }
  const all = [...entries.values()].sort(byName)
  return { entries: all.slice(0, question.limit).map(toEntry), leftOff: Math.max(0, all.length - question.limit) }
}

function slotsOf(registry: Registry, question: Question): Iterable<number> {
  return question.metric === undefined ? registry : (registry.byMetric.get(question.metric) ?? [])
}

function matches(
  registry: Registry,
  slot: number,
  { service, subsystem }: Question,
  words: readonly string[],
): boolean {
  if (service !== undefined && registry.text("service", slot) !== service) return false
  if (subsystem !== undefined && registry.text("subsystem", slot) !== subsystem) return false
  if (words.length === 0) return true
  const text =
    `${registry.text("metric", slot)} ${registry.text("service", slot)} ${registry.text("subsystem", slot)} ${registry.text("version", slot)}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

interface Draft extends Omit<CatalogEntry, "versions" | "hosts" | "labels"> {
  versions: Map<string, number>
  hosts: Map<string, number>
  labels: Map<string, Set<string>>
}

function addSlot(entries: Map<string, Draft>, registry: Registry, slot: number): void {
  const { columns } = registry
  const key = `${columns.metric[slot]} ${columns.service[slot]} ${columns.subsystem[slot]} ${registry.kind[slot]}`
  let draft = entries.get(key)
  const lastSeen = registry.lastSeen[slot] as number
  const firstSeen = registry.firstSeen[slot] as number
  if (draft === undefined) {
    const { metric, kind, unit, service, subsystem } = registry.series(slot)
    draft = {
      metric,
      kind,
      unit,
      service,
      subsystem,
      versions: new Map(),
      hosts: new Map(),
      labels: new Map(),
      seriesCount: 0,
      firstSeen,
      lastSeen,
    }
    entries.set(key, draft)
  }
  draft.seriesCount++
  draft.firstSeen = Math.min(draft.firstSeen, firstSeen)
  draft.lastSeen = Math.max(draft.lastSeen, lastSeen)
  newest(draft.versions, registry.text("version", slot), lastSeen)
  newest(draft.hosts, registry.text("host", slot), lastSeen)
  for (const [name, value] of Object.entries(registry.labelsOf(slot))) {
    const values = draft.labels.get(name) ?? new Set()
    if (values.size < MOST_VALUES) values.add(value)
    draft.labels.set(name, values)
  }
}

const newest = (seen: Map<string, number>, value: string, at: number): void => {
  seen.set(value, Math.max(at, seen.get(value) ?? 0))
}

const byNewest = (seen: Map<string, number>): string[] =>
  [...seen]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? 1 : -1))
    .slice(0, MOST_VALUES)
    .map(([value]) => value)

const toEntry = ({ versions, hosts, labels, ...rest }: Draft): CatalogEntry => ({
  ...rest,
  versions: byNewest(versions),
  hosts: byNewest(hosts),
  labels: Object.fromEntries([...labels].map(([name, values]) => [name, [...values].sort()])),
})

const byName = (a: Draft, b: Draft): number =>
  a.service.localeCompare(b.service) || a.subsystem.localeCompare(b.subsystem) || a.metric.localeCompare(b.metric)
