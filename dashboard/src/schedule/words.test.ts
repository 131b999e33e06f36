import { expect, test } from "vitest"
import { describeLayer } from "./words.ts"

test("a layer reads as a line", () => {
  const names: Record<string, string> = { "1": "Ann", "2": "Ben" }
  const layer = {
    name: "Day",
    contacts: ["1", "2"],
    start: "2026-11-02T09:00",
    turn: { unit: "week", count: 1 },
  } as const
  const nameOf = (id: string): string => names[id] ?? id
  expect(describeLayer({ ...layer, contacts: ["1", "2"] }, nameOf)).toBe("Ann, Ben: a week each, from 2 Nov 2026 09:00")
  const only = { days: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" }
  expect(describeLayer({ ...layer, contacts: ["1"], turn: { unit: "hour", count: 12 }, only }, nameOf)).toBe(
    "Ann: 12 hours, from 2 Nov 2026 09:00; only Mon–Fri 08:00–18:00",
  )
})
