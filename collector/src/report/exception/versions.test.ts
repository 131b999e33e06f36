import fc from "fast-check"
import { expect, test } from "vitest"
import { compareVersions, toVersionBefore } from "./versions.ts"

test.each([
  ["8.0.10", "8.0.9", 1],
  ["8.0", "8.0.0", 0],
  ["v8.1", "8.0.9", 1],
  ["8.0.1-rc.1", "8.0.1", -1],
  ["8.0.1+build5", "8.0.1", 0],
  ["8.0.1-rc.1", "8.0.1-rc.2", -1],
  ["3f2a9c1", "8.0.1", null],
])("%s against %s", (a, b, order) => {
  const found = compareVersions(a, b)
  expect(found === null ? null : Math.sign(found)).toBe(order)
})

test("the order of versions is one: turned round it is the other way", () => {
  const version = fc
    .tuple(fc.nat(20), fc.nat(20), fc.constantFrom("", "-rc.1", "+b"))
    .map(([a, b, c]) => `${a}.${b}${c}`)
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(Math.sign(compareVersions(a, b) ?? 0)).toBe(-Math.sign(compareVersions(b, a) ?? 0) || 0)
    }),
  )
})

const age = (versions: Record<string, number>) => ({ since: 0, versions: new Map(Object.entries(versions)) })
const seen = (firstVersion: string, also: string[] = [], firstSeen = 100) => ({
  firstSeen,
  firstVersion,
  versions: new Set([firstVersion, ...also]),
})

test("the version before is the newest older one that ran before and has not shown the error", () => {
  const all = age({ "8.0.0": 1, "8.0.1": 20, "8.0.2": 50, "8.0.3": 90, "9.0": 200 })
  expect(toVersionBefore(all, seen("8.0.2"))).toBe("8.0.1")
  expect(toVersionBefore(all, seen("8.0.2", ["8.0.1"]))).toBe("8.0.0")
  expect(toVersionBefore(all, seen("8.0.0"))).toBe(null)
  expect(toVersionBefore(all, seen("8.0.2", [], 10))).toBe("8.0.0") // 8.0.1 did not run yet
  expect(toVersionBefore(age({ "8.0.2": 50 }), seen("8.0.2"))).toBe(null)
})

test("versions without numbers go by when they came", () => {
  expect(toVersionBefore(age({ aaf01: 10, c0ffee1: 30, "9b1": 80 }), seen("9b1"))).toBe("c0ffee1")
})
