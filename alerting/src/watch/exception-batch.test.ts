import type { ExceptionRow, Rule } from "@ossagent/wire"
import { expect, test } from "vitest"
import { BUILT_IN } from "../rule/builtin.ts"
import { toExceptionConditions, toExceptionPrint, toTitle } from "./exception-batch.ts"

const NOW = 1_800_000_000_000
const rule: Rule = { ...BUILT_IN.exception, id: "9", builtIn: true, updatedAt: 0, updatedBy: "" }
const row = (more: Partial<ExceptionRow> = {}): ExceptionRow => ({
  ...{ fingerprint: "f1", service: "shop", subsystem: "checkout", type: "TypeError", message: "no price" },
  ...{ place: "checkout/pay.ts:41", versions: ["8.0.2"], count: 3, users: 2, total: { count: 17, users: 9 } },
  ...{ firstSeen: NOW - 60_000, lastSeen: NOW - 1_000, firstVersion: "8.0.2", versionBefore: "8.0.1", isNew: true },
  counts: [3],
  ...more,
})
const look = (rows: ExceptionRow[], more: Partial<Parameters<typeof toExceptionConditions>[1]> = {}) =>
  toExceptionConditions(rule, { rows, more: false, open: new Set(), closedAt: new Map(), at: NOW, ...more })

test.each([
  [{}, "shop 8.0.2: TypeError in checkout/pay.ts:41, 17 times, 9 users; not seen in 8.0.1"],
  [{ versionBefore: null }, "shop 8.0.2: TypeError in checkout/pay.ts:41, 17 times, 9 users; not seen before"],
  [{ place: "", total: { count: 1, users: 0 } }, "shop 8.0.2: TypeError, 1 time; not seen in 8.0.1"],
  [{ total: { count: 1, users: 1 } }, "shop 8.0.2: TypeError in checkout/pay.ts:41, 1 time, 1 user; not seen in 8.0.1"],
])("the title names version, error, file and line: %j", (more, title) => {
  expect(toTitle(row(more))).toBe(title)
})

test("a new error is bad since it was first seen; its alarm is the same in whichever subsystem and version it is seen", () => {
  const [bad] = look([row()])
  expect(bad).toMatchObject({
    verdict: "bad",
    value: 17,
    since: NOW - 60_000,
    group: { service: "shop", subsystem: "checkout", version: "8.0.2", exception: "f1" },
    why: "TypeError: no price – 17 times, 9 users since 2027-01-15 07:59:00 UTC, last at 2027-01-15 07:59:59 UTC",
  })
  const [moved] = look([row({ subsystem: "cart", firstVersion: "8.0.1", versions: ["8.0.2", "8.0.1"] })])
  expect(moved?.fingerprint).toBe(bad?.fingerprint)
  expect(look([row({ service: "other" })])[0]?.fingerprint).not.toBe(bad?.fingerprint)
})

test("an alarm whose error is not seen for as long as the rule says is good at once; where rows were left off it stays", () => {
  const print = toExceptionPrint(rule, row())
  const open = new Set([print])
  const old = row({ lastSeen: NOW - 3_601_000 })
  for (const rows of [[], [old]]) {
    const [quiet] = look(rows, { open })
    expect(quiet).toMatchObject({ fingerprint: print, verdict: "good", rule: { keepFiringSec: 0 } })
  }
  expect(look([], { open, more: true })).toMatchObject([{ verdict: "between" }])
  expect(look([old])).toEqual([])
})

test("what a person closed stays closed until the error is seen again", () => {
  const closedAt = new Map([[toExceptionPrint(rule, row()), NOW - 500]])
  expect(look([row()], { closedAt })).toEqual([])
  expect(look([row({ lastSeen: NOW - 400 })], { closedAt })).toMatchObject([{ verdict: "bad" }])
})

test("filters choose services, subsystems and versions", () => {
  const only = (dim: "service" | "subsystem" | "version" | "host", op: "in" | "notIn", value: string) =>
    toExceptionConditions(
      { ...rule, filters: [{ dim, op, values: [value] }] },
      { rows: [row()], more: false, open: new Set(), closedAt: new Map(), at: NOW },
    ).length
  expect([only("service", "in", "shop"), only("service", "notIn", "shop")]).toEqual([1, 0])
  expect([only("subsystem", "in", "cart"), only("version", "in", "8.0.2"), only("host", "in", "h1")]).toEqual([0, 1, 0])
})
