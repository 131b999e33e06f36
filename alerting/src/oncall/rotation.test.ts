import type { Layer, Schedule } from "@ossagent/wire"
import { DateTime } from "luxon"
import { describe, expect, test } from "vitest"
import { findOnCall, findTurns } from "./rotation.ts"

const zone = "Europe/Berlin"
const at = (local: string) => DateTime.fromISO(local, { zone }).toMillis()
const weekly: Layer = {
  name: "Main",
  contacts: ["ann", "bob"],
  start: "2026-10-05T09:00",
  turn: { unit: "week", count: 1 },
}
const schedule = (layers: Layer[], overrides: Schedule["overrides"] = []): Schedule => ({
  name: "S",
  timeZone: zone,
  layers,
  overrides,
})

describe("a rotation", () => {
  test("changes at the hour of its start, also over a change of clocks", () => {
    const one = schedule([weekly])
    expect(findOnCall(one, at("2026-10-12T08:59"))).toBe("ann")
    expect(findOnCall(one, at("2026-10-12T09:00"))).toBe("bob")
    expect(findOnCall(one, at("2026-10-26T08:59"))).toBe("ann") // clocks were set back on the 25th
    expect(findOnCall(one, at("2026-10-26T09:00"))).toBe("bob")
  })
  test("covers nobody before it begins", () => {
    expect(findOnCall(schedule([weekly]), at("2026-10-05T08:59"))).toBeNull()
  })
  test("by days and hours", () => {
    const daily = schedule([{ ...weekly, turn: { unit: "day", count: 2 } }])
    expect(["05", "06", "07", "08", "09"].map((day) => findOnCall(daily, at(`2026-10-${day}T12:00`)))).toEqual([
      "ann",
      "ann",
      "bob",
      "bob",
      "ann",
    ])
    const hourly = schedule([{ ...weekly, turn: { unit: "hour", count: 12 } }])
    expect(findOnCall(hourly, at("2026-10-05T20:59"))).toBe("ann")
    expect(findOnCall(hourly, at("2026-10-05T21:00"))).toBe("bob")
  })
})

test("a later layer wins in its hours, those that pass midnight too, and an override wins over all", () => {
  const night: Layer = {
    ...weekly,
    name: "Night",
    contacts: ["eve"],
    only: { days: [5], from: "22:00", to: "06:00" },
  }
  const override = { contactId: "zoe", from: at("2026-10-09T23:00"), to: at("2026-10-09T23:30") }
  const one = schedule([weekly, night], [override])
  expect(findOnCall(one, at("2026-10-09T21:59"))).toBe("ann")
  expect(findOnCall(one, at("2026-10-09T22:00"))).toBe("eve")
  expect(findOnCall(one, at("2026-10-09T23:15"))).toBe("zoe")
  expect(findOnCall(one, at("2026-10-10T05:59"))).toBe("eve")
  expect(findOnCall(one, at("2026-10-10T06:00"))).toBe("ann")
  expect(findOnCall(one, at("2026-10-10T22:30"))).toBe("ann")
})

test("the turn under way and the next one are told", () => {
  const { now, next } = findTurns(schedule([weekly]), at("2026-10-10T12:00"))
  expect(now).toEqual({ contactId: "ann", from: at("2026-10-10T12:00"), until: at("2026-10-12T09:00") })
  expect(next).toMatchObject({ contactId: "bob", from: at("2026-10-12T09:00") })
  expect(findTurns(schedule([weekly]), at("2026-10-01T12:00"))).toMatchObject({ now: null, next: { contactId: "ann" } })
})
