import type { Matcher } from "@ossagent/wire"
import { expect, test } from "vitest"
import { describe, emptyDraft, toDraftFault, toDrafts, toMatchers } from "./draft.ts"

test("matchers survive being typed, a comma in a value and all", () => {
  const matchers: Matcher[] = [
    { dim: "service", op: "in", values: ["shop", "pay, old"] },
    { dim: "metric", op: "like", values: ["http.*"] },
    { dim: "severity", op: "notIn", values: ["info"] },
  ]
  expect(toMatchers(toDrafts(matchers))).toEqual(matchers)
  expect(matchers.map(describe)).toEqual([
    "service is shop or pay, old",
    "metric is like http.*",
    "severity is not info",
  ])
})

test("one without a value is a fault, none at all is not", () => {
  expect(toDraftFault([emptyDraft("service")])).toContain("at least one value")
  expect(toDraftFault([])).toBeNull()
})
