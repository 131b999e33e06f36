import type { LatestAnswer } from "@ossagent/wire"
import { expect, test } from "vitest"
import { changeOf, newestFirst, toMatrix } from "./table.ts"

const latest = (rows: [subsystem: string, version: string, value: number][]): LatestAnswer => ({
  from: 0,
  to: 10_000,
  metric: rows.map(() => "m"),
  kind: rows.map(() => "timer"),
  unit: rows.map(() => "ms"),
  group: rows.map(([subsystem, version]) => ({ service: "shop", subsystem, version })),
  values: { count: rows.map(([, , value]) => value) },
  lastAt: rows.map(() => 0),
})

test("rows are subsystems, columns versions with the newest first, cells a second where calls are meant", () => {
  const now = latest([
    ["pay", "8.9.0", 10],
    ["pay", "8.10.0", 20],
    ["cart", "8.9.0", 30],
  ])
  const of = { rowDims: ["service", "subsystem"], columnDim: "version", stat: "calls" as const }
  const matrix = toMatrix(now, latest([["pay", "8.10.0", 40]]), of)
  expect(matrix.rows.map(({ name }) => name)).toEqual(["shop / cart", "shop / pay"])
  expect(matrix.columns).toEqual(["8.10.0", "8.9.0"])
  expect(matrix.cells).toEqual([
    [null, 3],
    [2, 1],
  ])
  expect(matrix.before).toEqual([
    [null, null],
    [4, null],
  ])
})

test("versions go by their numbers", () => {
  expect(["1.9.0", "1.10.0", "beta"].sort(newestFirst)).toEqual(["beta", "1.10.0", "1.9.0"])
})

test("twice and half are equally strong, and nothing before is no change", () => {
  expect(changeOf(20, 10)?.strength).toBe(1)
  expect(changeOf(5, 10)?.strength).toBe(-1)
  expect(changeOf(0, 10)).toEqual({ ratio: -1, strength: -1 })
  expect(changeOf(5, null)).toBeNull()
  expect(changeOf(5, 0)).toBeNull()
})
