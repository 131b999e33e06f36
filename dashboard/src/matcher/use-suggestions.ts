"use client"
import type { CatalogEntry } from "@ossagent/wire"
import { useMemo } from "react"
import { useCatalog } from "../catalog/use-catalog.ts"

const MOST = 500
const DETECTIONS = ["threshold", "absence", "history", "change", "ratio", "burn", "versions", "exception", "release"]

/** Known values of the dimensions, to choose from. */
export function useSuggestions(): Record<string, readonly string[]> {
  const { entries } = useCatalog({}, 10_000)
  return useMemo(() => toSuggestions(entries ?? []), [entries])
}

function toSuggestions(entries: readonly CatalogEntry[]): Record<string, readonly string[]> {
  const distinct = (values: string[]): string[] => [...new Set(values)].sort().slice(0, MOST)
  return {
    service: distinct(entries.map(({ service }) => service)),
    subsystem: distinct(entries.map(({ subsystem }) => subsystem)),
    metric: distinct(entries.map(({ metric }) => metric)),
    version: distinct(entries.flatMap(({ versions }) => versions)),
    severity: ["critical", "warning", "info"],
    detection: DETECTIONS,
  }
}
