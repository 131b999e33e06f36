import type { CatalogEntry } from "@ossagent/wire"

/** One part of one service, with what is known of it. */
export interface Place {
  service: string
  subsystem: string
  entries: CatalogEntry[]
  /** Newest first. */
  versions: string[]
  hosts: string[]
  firstSeen: number
  lastSeen: number
}

export const placeKey = (service: string, subsystem: string): string => `${service}\u0001${subsystem}`

/** By service and subsystem, in the order of their names. */
export function toPlaces(entries: readonly CatalogEntry[]): Place[] {
  const places = new Map<string, Place>()
  for (const entry of entries) {
    const key = placeKey(entry.service, entry.subsystem)
    const place = places.get(key) ?? newPlace(entry)
    places.set(key, place)
    place.entries.push(entry)
    place.lastSeen = Math.max(place.lastSeen, entry.lastSeen)
    place.firstSeen = Math.min(place.firstSeen, entry.firstSeen)
    for (const version of entry.versions) if (!place.versions.includes(version)) place.versions.push(version)
    for (const host of entry.hosts) if (!place.hosts.includes(host)) place.hosts.push(host)
  }
  return [...places.values()].sort(
    (a, b) => a.service.localeCompare(b.service) || a.subsystem.localeCompare(b.subsystem),
  )
}

const newPlace = ({ service, subsystem, firstSeen, lastSeen }: CatalogEntry): Place => ({
  service,
  subsystem,
  entries: [],
  versions: [],
  hosts: [],
  firstSeen,
  lastSeen,
})

/** Families that come with the agent; everything else is the service's own and stands first. */
const BUILT_IN_FAMILIES = ["http", "rpc", "host", "process", "eventloop", "gc", "heap", "agent"]

const familyOf = (metric: string): string => metric.split(/[._:/]/, 1)[0] || metric
export const isOwn = (metric: string): boolean => !BUILT_IN_FAMILIES.includes(familyOf(metric))

/** Services of the platform itself; a reader's own are what they came for. */
const PLATFORM = ["alerting", "clickhouse", "collector", "dashboard", "im", "machine", "postgres"]
export const isPlatform = (service: string): boolean => PLATFORM.includes(service)

/** A family of its own is worth a heading from so many metrics on. */
const LEAST_FAMILY = 3
const OWN_METRICS = "Own metrics"

/**
 * Metrics by the first part of their name: the service's own first, then the agent's in the order people look at them. Own families
 * that are small stand together.
 */
export function toFamilies(entries: readonly CatalogEntry[]): { family: string; entries: CatalogEntry[] }[] {
  const families = new Map<string, CatalogEntry[]>()
  for (const entry of entries) {
    const family = familyOf(entry.metric)
    families.set(family, [...(families.get(family) ?? []), entry])
  }
  for (const [family, list] of families) {
    if (BUILT_IN_FAMILIES.includes(family) || family === OWN_METRICS || list.length >= LEAST_FAMILY) continue
    families.set(OWN_METRICS, [...(families.get(OWN_METRICS) ?? []), ...list])
    families.delete(family)
  }
  const rank = (family: string): number => BUILT_IN_FAMILIES.indexOf(family)
  return [...families]
    .map(([family, list]) => ({ family, entries: list.sort((a, b) => a.metric.localeCompare(b.metric)) }))
    .sort(
      (a, b) =>
        Number(b.family === OWN_METRICS) - Number(a.family === OWN_METRICS) ||
        rank(a.family) - rank(b.family) ||
        a.family.localeCompare(b.family),
    )
}
