import { expect, it } from "vitest"
import { createReportRequest } from "./generated/dispatch.codec.ts"
import { Places } from "./places.ts"

const report = (run: string, more: object = {}) => ({
  ...createReportRequest(),
  ...{ run, tcp: `${run}:1`, ws: `ws://${run}`, region: "eu", connections: 10, capacity: 100, ...more },
})
const names = (places: Places, region = "eu") => places.best(region).map(({ tcp }) => tcp.split(":")[0])

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
  for (let i = 0; i < 1_000; i++) expect(places.report(report(`a${i}`))).toBe(true)
  expect(places.report(report("one more"))).toBe(false)
  expect(new Set(Array.from({ length: 50 }, () => names(places)[0])).size).toBeGreaterThan(10)
})
