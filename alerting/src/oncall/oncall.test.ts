import type { Contact, Maintenance, Route } from "@ossagent/wire"
import { DateTime } from "luxon"
import { describe, expect, test } from "vitest"
import { findEnd } from "./maintenance.ts"
import { type Facts, isLike, matchesAll } from "./matcher.ts"
import { DEFAULT_PREFERENCE, toPreference } from "./preference.ts"
import { findPaths } from "./route.ts"

const facts: Facts = {
  group: { service: "shop", subsystem: "checkout" },
  metric: "http.server.errors",
  rule: "Errors",
  severity: "critical",
  detection: "threshold",
  owner: "payments",
}
const matcher = (dim: string, op: "in" | "notIn" | "like", ...values: string[]) => ({ dim, op, values })

describe("matchers", () => {
  test("see dimensions, metric, rule, severity, detection and owner", () => {
    expect(matchesAll(facts, [matcher("service", "in", "shop"), matcher("owner", "in", "payments")])).toBe(true)
    expect(matchesAll(facts, [matcher("severity", "notIn", "critical")])).toBe(false)
    expect(matchesAll(facts, [matcher("host", "in", "")])).toBe(true)
    expect(matchesAll(facts, [])).toBe(true)
  })
  test("like takes * for any text", () => {
    const cases: [string, string, boolean][] = [
      ["http.server.errors", "http.*", true],
      ["http.server.errors", "*.errors", true],
      ["http.server.errors", "http.*.errors", true],
      ["http.errors", "http.*.errors", false],
      ["aXbXc", "a*b*c", true],
      ["ab", "ab*ab", false],
      ["plain", "plain", true],
      ["anything", "*", true],
    ]
    for (const [value, pattern, is] of cases)
      expect([value, pattern, isLike(value, pattern)]).toEqual([value, pattern, is])
  })
})

describe("a routing tree", () => {
  const node = (name: string, more: Partial<Route> = {}): Route => ({
    name,
    matchers: [],
    continue: false,
    policyId: "1",
    groupBy: [],
    groupWaitSec: 0,
    children: [],
    ...more,
  })
  const names = (root: Route) => findPaths(root, facts).map((path) => path.map(({ name }) => name).join(" > "))
  test("gives an alarm to the deepest node of the first child that takes it", () => {
    const shop = node("shop", {
      matchers: [matcher("service", "in", "shop")],
      children: [node("cart", { matchers: [matcher("subsystem", "in", "cart")] })],
    })
    expect(names(node("all", { children: [shop, node("never")] }))).toEqual(["all > shop"])
  })
  test("gives it to later siblings too where a node says so", () => {
    const audit = node("audit", { continue: true })
    expect(names(node("all", { children: [audit, node("team"), node("never")] }))).toEqual([
      "all > audit",
      "all > team",
    ])
  })
  test("keeps at the root what nobody takes", () => {
    const feed = node("feed", { matchers: [matcher("service", "in", "feed")] })
    expect(names(node("all", { children: [feed] }))).toEqual(["all"])
  })
})

describe("a contact", () => {
  const contact: Contact = {
    name: "Ann",
    language: "en",
    timeZone: "Asia/Shanghai",
    preferences: [
      { ...DEFAULT_PREFERENCE, severities: ["critical"], channels: ["sms"] },
      { ...DEFAULT_PREFERENCE, hours: { from: "22:00", to: "07:00" }, channels: [] },
    ],
  }
  const at = (local: string) => DateTime.fromISO(local, { zone: contact.timeZone }).toMillis()
  test("is told as the first preference that fits severity and local hour says", () => {
    expect(toPreference(contact, "critical", at("2026-11-02T23:00")).channels).toEqual(["sms"])
    expect(toPreference(contact, "warning", at("2026-11-02T23:00")).channels).toEqual([])
    expect(toPreference(contact, "warning", at("2026-11-02T12:00"))).toBe(DEFAULT_PREFERENCE)
  })
})

describe("a maintenance", () => {
  const zone = "Europe/Berlin"
  const at = (local: string) => DateTime.fromISO(local, { zone }).toMillis()
  const weekly: Maintenance = {
    name: "Backup",
    matchers: [],
    timeZone: zone,
    start: "2026-11-01T23:30",
    durationMin: 60,
    repeat: "weekly",
    days: [7],
    until: "2026-11-15",
  }
  test("comes on its days, over midnight too, until its last date", () => {
    expect(findEnd(weekly, at("2026-11-08T23:29"))).toBeNull()
    expect(findEnd(weekly, at("2026-11-09T00:15"))).toBe(at("2026-11-09T00:30"))
    expect(findEnd(weekly, at("2026-11-09T00:30"))).toBeNull()
    expect(findEnd(weekly, at("2026-11-15T23:45"))).not.toBeNull()
    expect(findEnd(weekly, at("2026-11-22T23:45"))).toBeNull()
  })
  test("that does not repeat comes once", () => {
    const once = { ...weekly, repeat: "none" as const }
    expect(findEnd(once, at("2026-11-01T23:45"))).toBe(at("2026-11-02T00:30"))
    expect(findEnd(once, at("2026-11-08T23:45"))).toBeNull()
  })
})
