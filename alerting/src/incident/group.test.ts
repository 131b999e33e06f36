import { describe, expect, test } from "vitest"
import { type Groupable, type OpenIncident, toIncidents } from "./group.ts"

const MIN = 60_000
const alarm = (service: string, subsystem: string, more: Partial<Groupable> = {}): Groupable => ({
  group: { service, subsystem },
  routeKey: null,
  fingerprint: `${service}/${subsystem}`,
  ...more,
})
const open = (service: string, subsystem: string, grownAt: number): OpenIncident => ({
  key: `known ${service}`,
  group: { service, subsystem },
  grownAt,
  startedAt: grownAt,
})
const keys = (alarms: Groupable[], known: OpenIncident[] = [], now = 0) =>
  toIncidents(alarms, known, now).map(({ key }) => key)

describe("alarms are one incident", () => {
  test("when they are of one subsystem, also an hour later", () => {
    expect(keys([alarm("shop", "pay")], [open("shop", "pay", 0)], 59 * MIN)).toEqual(["known shop"])
    expect(keys([alarm("shop", "pay")], [open("shop", "pay", 0)], 61 * MIN)).not.toEqual(["known shop"])
  })
  test("when they are of one service and begin together", () => {
    expect(new Set(keys([alarm("shop", "pay"), alarm("shop", "cart")])).size).toBe(1)
    expect(keys([alarm("shop", "cart")], [open("shop", "pay", 0)], 3 * MIN)).not.toEqual(["known shop"])
  })
  test("when a version or a host that several services share breaks", () => {
    const group = (service: string) => ({ service, subsystem: "x", version: "8.0.2" })
    const [a, b] = ["shop", "feed"].map((service) => alarm(service, "x", { group: group(service) })) as [
      Groupable,
      Groupable,
    ]
    expect(new Set(keys([a, b])).size).toBe(1)
  })
  test("when many services break at once, and whatever breaks right after", () => {
    const five = ["a", "b", "c", "d", "e"].map((service) => alarm(service, "x"))
    const [key, ...rest] = keys(five)
    expect(rest.every((other) => other === key)).toBe(true)
    const storm = { key: key ?? "", group: {}, grownAt: 0, startedAt: 0 }
    expect(keys([alarm("f", "x")], [storm], MIN)).toEqual([key])
    expect(keys([alarm("f", "x")], [storm], 3 * MIN)).not.toEqual([key])
  })
})

test("four services that have nothing to do with each other are four incidents", () => {
  expect(new Set(keys(["a", "b", "c", "d"].map((service) => alarm(service, "x")))).size).toBe(4)
})

test("a route that groups by its own dimensions is obeyed, whatever the time and place", () => {
  const [a, b, c] = [
    alarm("shop", "pay", { routeKey: "route team-a" }),
    alarm("shop", "pay", { routeKey: "route team-b" }),
    alarm("feed", "x", { routeKey: "route team-a" }),
  ]
  expect(keys([a, b, c])).toEqual(["route team-a", "route team-b", "route team-a"])
})
