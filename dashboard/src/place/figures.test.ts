import type { CatalogEntry, Kind } from "@ossagent/wire"
import { expect, test } from "vitest"
import { toFamilies, toPlaces } from "../catalog/entries.ts"
import { figuresOf, toAsks } from "./figures.ts"

const entry = (metric: string, kind: Kind, more: Partial<CatalogEntry> = {}): CatalogEntry => ({
  metric,
  kind,
  unit: "",
  service: "shop",
  subsystem: "main",
  versions: ["1"],
  hosts: ["a"],
  labels: {},
  seriesCount: 1,
  firstSeen: 0,
  lastSeen: 0,
  ...more,
})
const labels = (entries: CatalogEntry[]): string[] => {
  const [place] = toPlaces(entries)
  return place ? figuresOf(place).map(({ label }) => label) : []
}

test("a web service shows requests, errors, latency, its own figures and its process", () => {
  const entries = [
    entry("http.server.duration", "timer", { labels: { status: ["200"] } }),
    entry("order.paid", "counter"),
    entry("process.cpu", "gauge"),
    entry("process.memory.rss", "gauge"),
    entry("agent.sent", "counter"),
  ]
  expect(labels(entries)).toEqual(["Requests", "Errors", "Latency p99", "order.paid", "Process CPU", "Process memory"])
})

test("a script with one counter shows that counter", () => {
  expect(labels([entry("ticks", "counter")])).toEqual(["ticks"])
})

test("never more than six, and a question serves all cards", () => {
  const many = ["a", "b", "c", "d", "e", "f", "g"].map((name) => entry(`${name}.count`, "counter"))
  const entries = [...many, ...many.map((one) => ({ ...one, subsystem: "other" })), entry("process.cpu", "gauge")]
  const figures = toPlaces(entries).flatMap((place) => figuresOf(place))
  for (const place of toPlaces(entries)) expect(figuresOf(place).length).toBeLessThanOrEqual(6)
  const asks = toAsks(figures)
  expect(new Set([...asks.values()].map(({ metric }) => metric)).size).toBe(asks.size)
})

test("a service's own families stand before the agent's", () => {
  const families = toFamilies([
    entry("process.cpu", "gauge"),
    entry("http.server.active", "gauge"),
    entry("order.paid", "counter"),
  ])
  expect(families.map(({ family }) => family)).toEqual(["Own metrics", "http", "process"])
})
