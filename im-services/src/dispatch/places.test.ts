import { expect, it } from "vitest"
import { createReportRequest } from "./generated/dispatch.codec.ts"
import { Places } from "./places.ts"

const report = (run: string, more: object = {}) => ({
  ...createReportRequest(),
  ...{ run, tcp: `${run}:1`, ws: `ws://${run}`, region: "eu", connections: 10, capacity: 100, ...more },
})
const names = (places: Places, region = "eu", carrier = "") =>
  places.best({ region, carrier }).map(({ tcp }) => tcp.split(":")[0])

it("the own region comes before others, less load before more", () => {
  const places = new Places(
    () => 0,
    () => 0,
  )
  places.report(report("busy", { connections: 50 }))
  places.report(report("far", { region: "us", connections: 0 }))
  places.report(report("idle"))
  expect(names(places)).toEqual(["idle", "busy", "far"])
  expect(names(places, "us")).toEqual(["far", "idle", "busy"])
})

it("an access that is full, stops, or is not heard of for six seconds is not named", () => {
  let now = 0
  const places = new Places(
    () => now,
    () => 0,
  )
  places.report(report("full", { connections: 100 }))
  places.report(report("stops"))
  places.report(report("silent"))
  places.report(report("stops", { draining: true }))
  expect(names(places)).toEqual(["silent"])
  now = 6_001
  expect(names(places)).toEqual([])
  expect(places.size).toBe(0)
})

it("those that are equal take turns, and no more than a thousand are kept", () => {
  const places = new Places(() => 0, Math.random)
  for (let i = 0; i < 1_001; i++) places.report(report(`a${i}`))
  expect(places.size).toBe(1_000)
  expect(new Set(Array.from({ length: 50 }, () => names(places)[0])).size).toBeGreaterThan(10)
})

it("the own carrier's network comes before another's that has a little less to do, and after one that is idle", () => {
  const places = new Places(
    () => 0,
    () => 0,
  )
  places.report(report("own", { carrier: "telecom", connections: 50 }))
  places.report(report("other", { carrier: "mobile", connections: 20 }))
  expect(names(places, "eu", "telecom")).toEqual(["own", "other"])
  places.report(report("own", { carrier: "telecom", connections: 95 }))
  expect(names(places, "eu", "telecom")).toEqual(["other", "own"])
})

it("an access that is drained is named no more, is told how long it has and where to send its clients, and may be kept", () => {
  let now = 0
  const places = new Places(
    () => now,
    () => 0,
  )
  places.report(report("a"))
  places.report(report("b"))
  expect(places.drain("nobody", 30)).toBe(false)
  expect(places.drain("a", 30)).toBe(true)
  expect(names(places)).toEqual(["b"])
  now = 2_000
  expect(places.report(report("a"))).toEqual({ drainSec: 28, tcp: ["b:1"], ws: ["ws://b"] })
  expect(places.all()).toMatchObject([
    { run: "a", drainUntil: 30_000 },
    { run: "b", drainUntil: 0 },
  ])
  places.drain("a", 0)
  expect(names(places)).toEqual(["b"]) // it still sends people away until it has heard
  expect(places.report(report("a"))).toEqual({})
  expect(names(places)).toEqual(["a", "b"])
})
