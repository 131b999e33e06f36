import type { LatestAnswer, RangeAnswer } from "@ossagent/wire"
import { expect, it } from "vitest"
import { beganAt, toMissed } from "./missed.ts"
import { toServices, toSheds } from "./services.ts"

type Row = [metric: string, group: Record<string, string>, value: number]

const toLatest = (rows: readonly Row[]): LatestAnswer => ({
  from: 0,
  to: 60_000,
  metric: rows.map(([metric]) => metric),
  kind: rows.map(() => "counter"),
  unit: rows.map(() => ""),
  group: rows.map(([, group]) => group),
  values: { sum: rows.map(([, , value]) => value), min: rows.map((row) => row[2]), max: rows.map((row) => row[2]) },
  lastAt: rows.map(() => 0),
})

const by = (subsystem: string, to: string) => ({ service: "im", subsystem, "label.to": to })

it("an optional dependency is missed by who called it, as a part of the calls", () => {
  const answer = toLatest([
    ["rpc.client.calls", by("message", "spam"), 100],
    ["rpc.client.optional_missed", by("message", "spam"), 12],
    ["rpc.client.calls", by("mailbox", "async"), 1_000],
    ["rpc.client.optional_missed", by("mailbox", "async"), 5],
    ["rpc.client.calls", by("access", "dispatch"), 30],
    ["rpc.client.optional_missed", by("access", "dispatch"), 30],
  ])
  expect(toMissed(answer)).toEqual([
    { service: "im", subsystem: "access", to: "dispatch", part: 1 },
    { service: "im", subsystem: "message", to: "spam", part: 0.12 },
  ])
})

it("a loss began with the first of its minutes, short gaps left aside", () => {
  const toRange = (sum: (number | null)[]): RangeAnswer => ({
    ...{ metric: "rpc.client.optional_missed", kind: "counter", unit: "", stepSec: 60, leftOff: 0, tierSec: 60 },
    t: sum.map((_, i) => i * 60_000),
    series: [{ group: {}, values: { sum } }],
  })
  expect(beganAt(toRange([3, 0, 0, 0, 2, null, 4, 1, null]))).toBe(4 * 60_000)
  expect(beganAt(toRange([0, 0, null, null]))).toBe(null)
})

it("services in trouble come first, with what their callers held back", () => {
  const own = toLatest([
    ["rpc.server.calls", { service: "im", subsystem: "auth" }, 50],
    ["rpc.server.overload_level", { service: "im", subsystem: "auth" }, 256],
    ["rpc.server.calls", { service: "im", subsystem: "play" }, 100],
    ["rpc.server.shed", { service: "im", subsystem: "play" }, 10],
    ["rpc.server.overload_level", { service: "im", subsystem: "play" }, 60.25],
  ])
  const held = toLatest([["rpc.client.shed", { "label.to": "play" }, 90]])
  expect(toServices(own, held)).toMatchObject([
    { subsystem: "play", calls: 100, shed: 10, heldBack: 90, level: 60.25 },
    { subsystem: "auth", calls: 50, shed: 0, heldBack: 0, level: 256 },
  ])
})

it("what was shed stands by method and priority, most first", () => {
  const at = (method: string, priority: string) => ({ "label.method": method, "label.priority": priority })
  const own = toLatest([["rpc.server.shed", { service: "im", subsystem: "play", ...at("Shake", "60") }, 5]])
  const held = toLatest([
    ["rpc.client.shed", { "label.to": "play", ...at("Shake", "60") }, 20],
    ["rpc.client.shed", { "label.to": "play", ...at("Near", "50") }, 1],
  ])
  expect(toSheds(own, held)).toEqual([
    { to: "play", method: "Shake", priority: "60", shed: 5, heldBack: 20 },
    { to: "play", method: "Near", priority: "50", shed: 0, heldBack: 1 },
  ])
})
