import type { CatalogEntry } from "@ossagent/wire"
import { type Place, toPlaces } from "../catalog/entries.ts"
import { type Figure, figuresOf } from "./figures.ts"

/** A place without its metrics: what the menu and a card show, some hundred bytes where the catalog has some hundred thousand. */
export interface PlaceSummary extends Pick<Place, "service" | "subsystem" | "versions" | "firstSeen" | "lastSeen"> {
  metricCount: number
  /** What its card shows. */
  figures: Figure[]
}

export const toSummaries = (entries: readonly CatalogEntry[]): PlaceSummary[] =>
  toPlaces(entries).map((place) => {
    const { service, subsystem, versions, firstSeen, lastSeen, entries: own } = place
    return { service, subsystem, versions, firstSeen, lastSeen, metricCount: own.length, figures: figuresOf(place) }
  })
