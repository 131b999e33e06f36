import type { LatestAnswer } from "@ossagent/wire"
import { expect, test } from "vitest"
import { toCells } from "./figures.ts"

const answer = (
  rows: [metric: string, group: Record<string, string>, sum: number, avg: number | null][],
): LatestAnswer => ({
  ...{ from: 0, to: 1, kind: [], unit: [], lastAt: [] },
  metric: rows.map(([metric]) => metric),
  group: rows.map(([, group]) => group),
  values: { sum: rows.map((row) => row[2]), avg: rows.map((row) => row[3]), p95: rows.map((row) => row[3]) },
})
const at = (side: string, group: string, region = "eu") => ({
  version: "8.0.1",
  "label.region": region,
  "label.side": side,
  "label.group": group,
})

test("a stratum that called has all its groups on both sides: one without a call is a figure too", () => {
  const cells = toCells(
    answer([
      ["logic.calls", at("new", "3"), 10, null],
      ["logic.errors", at("new", "3"), 1, null],
      ["logic.duration", at("new", "3"), 250, 25],
      ["logic.calls", at("old", "0"), 12, null],
      ["logic.errors", at("old", "15", "us"), 0, null],
    ]),
  )
  expect(cells).toHaveLength(32)
  expect(cells.filter(({ calls }) => calls > 0)).toEqual([
    { stratum: "8.0.1 eu", side: "old", calls: 12, faults: 0, meanMs: null, p95Ms: null },
    { stratum: "8.0.1 eu", side: "new", calls: 10, faults: 1, meanMs: 25, p95Ms: 25 },
  ])
})

test("what is of no group is left out", () => {
  for (const group of ["", "other", "16"])
    expect([group, toCells(answer([["logic.calls", at("old", group), 1, null]]))]).toEqual([group, []])
})
