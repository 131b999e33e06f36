import { describe, expect, test } from "vitest"
import { type Condition, type ConditionInput, toCondition } from "./condition.ts"
import { toPlan, toSilenceWrites } from "./plan.ts"
import type { AlarmRow } from "./row.ts"
import { toSilencedBy } from "./silence.ts"

const rule = {
  id: "1",
  name: "Disk",
  detection: "threshold",
  severity: "critical",
  forSec: 0,
  keepFiringSec: 0,
} as const
const input: ConditionInput = {
  rule,
  verdict: "bad",
  title: "disk is full",
  why: "it is 97 %",
  metric: "host.disk.used",
  stat: "avg",
  unit: "1",
  group: { service: "shop", host: "web-1" },
  value: 0.97,
  score: 0.9,
}
const look = (more: Partial<ConditionInput> = {}): Condition => toCondition({ ...input, ...more })
const plan = (
  open: AlarmRow[],
  conditions: Condition[],
  silences = [] as Parameters<typeof toSilencedBy>[1],
  flaps = 0,
) =>
  toPlan({
    open,
    batch: { ruleIds: ["1"], conditions, at: 10_000 },
    silences,
    flaps: new Map(conditions.map(({ fingerprint }) => [fingerprint, flaps])),
  })
const silence = { id: "9", until: 20_000, matchers: [{ dim: "host", op: "in" as const, values: ["web-1"] }] }

function open(silences: (typeof silence)[] = []): AlarmRow {
  const row = plan([], [look()], silences).opened[0]?.row
  if (!row) throw new Error("nothing opened")
  return { ...row, id: "5" }
}

describe("a plan", () => {
  test("opens one alarm for what is bad, with its history and mail", () => {
    const { opened, changed } = plan([], [look(), look({ verdict: "good", group: { service: "shop", host: "web-2" } })])
    expect(changed).toEqual([])
    expect(opened).toHaveLength(1)
    expect(opened[0]).toMatchObject({
      row: { state: "firing", fired_at: new Date(10_000) },
      event: { from: null, to: "firing" },
    })
  })
  test("keeps an open alarm with its newest figures and no further history", () => {
    const { opened, changed } = plan([open()], [look({ value: 0.99, why: "it is 99 %" })])
    expect(opened).toEqual([])
    expect(changed[0]).toMatchObject({ row: { id: "5", value: 0.99, why: "it is 99 %" }, event: null })
  })
  test("resolves what is good, and what no longer reports", () => {
    expect(plan([open()], [look({ verdict: "good" })]).changed[0]).toMatchObject({
      row: { state: "resolved" },
      event: { from: "firing", to: "resolved" },
    })
    const gone = { ...open(), good_since: new Date(-60_000) }
    expect(plan([gone], []).changed[0]?.event?.why).toContain("no longer reports")
  })
  test("tells in its history when a silence over it begins and ends", () => {
    const silenced = open([silence])
    expect(silenced.silenced_by).toBe("9")
    expect(toSilenceWrites([silenced], [], 30_000)[0]).toMatchObject({
      row: { silenced_by: null },
      event: { from: "firing", to: "firing", why: "the silence over it has ended" },
    })
    expect(toSilenceWrites([silenced], [silence], 15_000)).toEqual([])
  })
  test("opens what fired and resolved again and again as flapping", () => {
    expect(plan([], [look()], [], 3).opened[0]).toMatchObject({
      row: { state: "flapping", fired_at: new Date(10_000) },
      event: { why: expect.stringContaining("fires for the 4th time within an hour") },
    })
  })
})

test("the fingerprint does not depend on the order of dimensions", () => {
  const turned = look({ group: { host: "web-1", service: "shop" } })
  expect(turned.fingerprint).toBe(look().fingerprint)
  expect(look({ group: { service: "shop", host: "web-2" } }).fingerprint).not.toBe(look().fingerprint)
})

test("a silence needs all its matchers and its time", () => {
  const alarm = { group: { service: "shop" }, metric: "m", ruleName: "Disk" }
  const both = {
    id: "1",
    until: 100,
    matchers: [
      { dim: "service", op: "in" as const, values: ["shop"] },
      { dim: "rule", op: "notIn" as const, values: ["Disk"] },
    ],
  }
  expect(toSilencedBy(alarm, [both], 50)).toBeNull()
  expect(toSilencedBy({ ...alarm, ruleName: "CPU" }, [both], 50)).toBe("1")
  expect(toSilencedBy({ ...alarm, ruleName: "CPU" }, [both], 100)).toBeNull()
})
