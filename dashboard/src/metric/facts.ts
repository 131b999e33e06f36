import type { CatalogEntry, Dimension, Kind } from "@ossagent/wire"

/** What the catalog says about one metric, all subsystems together. */
export interface Facts {
  kind: Kind
  unit: string
  /** Every dimension and its known values, service first, labels last. */
  dims: { dim: Dimension; values: string[] }[]
  seriesCount: number
}

/** Null when there is no entry. Where kinds differ, the most recently seen one counts. */
export function toFacts(entries: readonly CatalogEntry[]): Facts | null {
  const newest = [...entries].sort((a, b) => b.lastSeen - a.lastSeen)[0]
  if (!newest) return null
  const values = new Map<Dimension, Set<string>>()
  const add = (dim: Dimension, some: readonly string[]): void => {
    const known = values.get(dim) ?? new Set()
    for (const value of some) known.add(value)
    values.set(dim, known)
  }
  for (const entry of entries) {
    add("service", [entry.service])
    add("subsystem", [entry.subsystem])
    add("version", entry.versions)
    add("host", entry.hosts)
  }
  for (const { labels } of entries) for (const [name, some] of Object.entries(labels)) add(`label.${name}`, some)
  return {
    kind: newest.kind,
    unit: newest.unit,
    dims: [...values].map(([dim, some]) => ({ dim, values: [...some] })),
    seriesCount: entries.reduce((sum, entry) => sum + entry.seriesCount, 0),
  }
}

/** A dimension as people call it: `label.route` is `route`. */
export const dimName = (dim: string): string => dim.replace(/^label\./, "")
